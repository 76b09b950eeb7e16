"""Which process has something to itself: a lock that the system lets go of when its holder ends, however it ends."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path
from typing import IO

from gdm_studio import atomic

TRIES, GLANCE = 3, 0.002  # whoever asks `is_held` has the lock for a moment (seconds)


class Claim:
    """A locked file; `take` makes one, `release` removes it. Found unlocked, it was that of a process that crashed."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self._path, self._file = path, file

    @classmethod
    def take(cls, path: Path, *, anew: bool = True) -> Claim | None:
        """The claim under this name; None while another one has it, here or in another process. Raises StorageError.

        Without `anew`, only one that was left behind.
        """
        atomic.make_folder(path.parent)
        while True:
            try:
                file = open(path, "a+b" if anew else "r+b")  # noqa: SIM115 - held as long as the claim
            except FileNotFoundError:
                return None
            except OSError as error:
                raise atomic.problem(path, error) from error
            if not _comes_to_be_locked(file):
                file.close()
                return None
            if _is_at(file, path):
                return cls(path, file)
            file.close()  # the former holder removed it between our opening and our locking

    @classmethod
    def wait(cls, path: Path, seconds: float) -> Claim | None:
        """As `take`, once whoever has it lets go; None where that takes longer than `seconds`."""
        end = time.monotonic() + seconds
        while (claim := cls.take(path)) is None and time.monotonic() < end:
            time.sleep(GLANCE)
        return claim

    def release(self) -> None:
        """Lets others have it, and leaves nothing behind."""
        if os.name == "nt":  # where a file that is open cannot be removed
            self._file.close()
        with contextlib.suppress(OSError):
            self._path.unlink()
        self._file.close()


def is_held(path: Path) -> bool:
    """Whether anybody has the claim under this name; nothing is changed by asking."""
    try:
        with open(path, "r+b") as file:
            return not _locked(file)
    except OSError:
        return False


def _comes_to_be_locked(file: IO[bytes]) -> bool:
    """Whether the lock is ours, also where another only looked at it just now."""
    for _ in range(TRIES - 1):
        if _locked(file):
            return True
        time.sleep(GLANCE)
    return _locked(file)


def _is_at(file: IO[bytes], path: Path) -> bool:
    with contextlib.suppress(OSError):
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    return False


if sys.platform == "win32":
    import msvcrt

    def _locked(file: IO[bytes]) -> bool:
        """Whether the lock is ours now."""
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _locked(file: IO[bytes]) -> bool:
        """Whether the lock is ours now."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
