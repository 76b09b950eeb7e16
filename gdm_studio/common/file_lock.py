"""Lock between processes. The operating system releases it when its owner ends, even by a crash."""

from __future__ import annotations

import contextlib
import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

from gdm_studio.common import atomic_files

# `is_locked` holds the lock very briefly. A failed attempt is therefore repeated after a pause (in seconds).
TRIES, PAUSE = 3, 0.002
# Maximum length of the record of a lock's holder.
MOST_BYTES = 1_000


class FileLock:
    """A lock between processes, based on a file that exists only while a process holds the lock.

    If the file exists without a lock, the process that created it has crashed.
    """

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self._path = path
        self._file = file

    @classmethod
    def take(cls, path: Path, *, create: bool = True) -> FileLock | None:
        """Acquire the lock on the file `path`, or return None if any process, including this one, holds it. With
        `create=False`, the lock is acquired only if a crashed process left its file behind. Raises StorageError.
        """
        atomic_files.make_folder(path.parent)
        while True:
            try:
                file = open(path, "a+b" if create else "r+b")  # noqa: SIM115 - open as long as the lock is held
            except FileNotFoundError:
                return None
            except OSError as error:
                raise atomic_files.storage_error(path, error) from error
            if not _try_lock_repeatedly(file):
                file.close()
                return None
            if _is_at(file, path):
                return cls(path, file)
            # The previous holder removed the file after it was opened here, so the attempt is repeated.
            file.close()

    @classmethod
    def wait(cls, path: Path, seconds: float) -> FileLock | None:
        """Wait up to `seconds` for the lock on the file `path`, and take it.

        Returns None if another process still holds it.
        """
        end = time.monotonic() + seconds
        while (claim := cls.take(path)) is None and time.monotonic() < end:
            time.sleep(PAUSE)
        return claim

    def record_holder(self) -> None:
        """Write the id of this process into the lock file, so that `holder_of` can return it. Errors such as a full
        disk are ignored.
        """
        with contextlib.suppress(OSError):
            os.ftruncate(self._file.fileno(), 0)
            # Other processes cannot read the first byte on Windows, because it is locked.
            os.write(self._file.fileno(), f"\n{os.getpid()} {platform.node()}".encode())

    def release(self) -> None:
        """Release the lock and delete its file, so that other processes can take the lock."""
        # Windows cannot remove an open file.
        if os.name == "nt":
            self._file.close()
        with contextlib.suppress(OSError):
            self._path.unlink()
        self._file.close()


def is_locked(path: Path) -> bool:
    """Return True if any process holds the lock on the file `path`. Does not take the lock."""
    try:
        with open(path, "r+b") as file:
            return not _try_lock(file)
    except OSError:
        return False


def holder_of(path: Path) -> int:
    """Return the id of the process that holds the lock on the file `path`. Returns 0 if no process holds it, or if the
    id was not recorded or belongs to another computer.
    """
    try:
        with open(path, "rb", buffering=0) as file:
            file.seek(1)
            number, _, computer = file.read(MOST_BYTES).decode(errors="replace").partition(" ")
    except OSError:
        return 0
    is_known = number.isdecimal() and computer == platform.node()
    return int(number) if is_known and is_locked(path) else 0


def supports_locks(folder: Path) -> bool:
    """Return True if files in `folder` can be locked. Some network file systems support no locks."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            return _try_lock(file)
    except OSError as error:
        raise atomic_files.storage_error(folder, error) from error


def _try_lock_repeatedly(file: IO[bytes]) -> bool:
    """Try several times to lock an open file, in case another process is merely checking the lock.

    Return True on success.
    """
    for _ in range(TRIES - 1):
        if _try_lock(file):
            return True
        time.sleep(PAUSE)
    return _try_lock(file)


def _is_at(file: IO[bytes], path: Path) -> bool:
    with contextlib.suppress(OSError):
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    return False


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        """Try to lock an open file for this process, without waiting. Return True on success."""
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        """Try to lock an open file for this process, without waiting. Return True on success."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
