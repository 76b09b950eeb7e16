"""A lock around the gallery's databases: whoever mends one is alone with them, all others use them side by side."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from gdm_studio.errors import StorageError

PATIENCE = 10.0  # seconds to wait for others
_GLANCE = 0.01  # seconds between two tries


class Guard:
    """A locked file, which the system lets go of when its holder ends. For one thread; the blocks are not nested.

    Where there can be none nothing is locked: on a disk that cannot be written nobody mends anything, and Windows
    lets no one remove a file that is open elsewhere.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = -1

    @contextlib.contextmanager
    def shared(self) -> Iterator[None]:
        """Nobody mends during the block. Raises StorageError where somebody does not come to an end with it."""
        with self._held(alone=False):
            yield

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """No other process asks the databases anything during the block. Raises StorageError where one goes on."""
        with self._held(alone=True):
            yield

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file = -1

    @contextlib.contextmanager
    def _held(self, *, alone: bool) -> Iterator[None]:
        end = time.monotonic() + PATIENCE
        while not _locked(self._opened(), alone=alone):
            if time.monotonic() > end:
                raise StorageError("Another GDM Studio is busy with the gallery; try again in a moment.")
            time.sleep(_GLANCE)
        try:
            yield
        finally:
            _let_go(self._file)

    def _opened(self) -> int:
        if self._file < 0:
            for flags in (os.O_RDWR | os.O_CREAT, os.O_RDONLY):
                with contextlib.suppress(OSError):
                    self._file = os.open(self._path, flags | getattr(os, "O_CLOEXEC", 0), 0o666)
                    break
        return self._file


if sys.platform == "win32":

    def _locked(file: int, *, alone: bool) -> bool:
        return True

    def _let_go(file: int) -> None:
        pass

else:
    import fcntl

    def _locked(file: int, *, alone: bool) -> bool:
        """Whether the lock is ours now, or there can be none."""
        try:
            fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except (OSError, ValueError):  # some network file systems have no locks; a file that could not be opened
            return True
        return True

    def _let_go(file: int) -> None:
        with contextlib.suppress(OSError, ValueError):
            fcntl.flock(file, fcntl.LOCK_UN)
