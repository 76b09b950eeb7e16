"""Locks between processes, for repairs of the gallery's databases and moves of a library."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from gdm_studio.common.errors import StorageError
from gdm_studio.common.file_lock import FileLock, is_locked
from gdm_studio.common.translation_markers import translatable

SUFFIX = ".lock"
# Seconds to wait for other processes, and seconds between two attempts.
TIMEOUT = 10.0
_RETRY = 0.01


class DatabaseLock:
    """A lock file for the gallery's databases, with shared locks for normal use and an exclusive lock for repair.

    Use it from one thread, and do not nest its `with` blocks. The operating system releases a lock when its process
    ends. On a file system without locks, nothing is locked. This is safe: a read-only disk cannot be repaired either,
    and Windows does not let a process delete a file that another process has open.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = -1

    @contextlib.contextmanager
    def shared(self) -> Iterator[None]:
        """Context manager for normal use of the gallery's databases, during which no process can repair them.

        Raises StorageError if a running repair takes too long.
        """
        with self._acquire(exclusive=False):
            yield

    @contextlib.contextmanager
    def exclusive(self) -> Iterator[None]:
        """Context manager for a repair of the gallery's databases, during which no other process can use them.

        Raises StorageError if they stay in use.
        """
        with self._acquire(exclusive=True):
            yield

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file = -1

    @contextlib.contextmanager
    def _acquire(self, *, exclusive: bool) -> Iterator[None]:
        end = time.monotonic() + TIMEOUT
        while not _lock(self._open_file(), exclusive=exclusive):
            if time.monotonic() > end:
                raise StorageError(translatable("Another GDM Studio is busy with the gallery; try again in a moment."))
            time.sleep(_RETRY)
        try:
            yield
        finally:
            _unlock(self._file)

    def _open_file(self) -> int:
        if self._file < 0:
            for flags in (os.O_RDWR | os.O_CREAT, os.O_RDONLY):
                with contextlib.suppress(OSError):
                    self._file = os.open(self._path, flags | getattr(os, "O_CLOEXEC", 0), 0o666)
                    break
        return self._file


if sys.platform == "win32":

    def _lock(file: int, *, exclusive: bool) -> bool:
        return True

    def _unlock(file: int) -> None:
        pass

else:
    import fcntl

    def _lock(file: int, *, exclusive: bool) -> bool:
        """Try to lock an open file without waiting. Return True on success, or if the file system supports no locks."""
        try:
            fcntl.flock(file, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except (OSError, ValueError):
            # A network file system without locks, or a file that could not be opened.
            return True
        return True

    def _unlock(file: int) -> None:
        with contextlib.suppress(OSError, ValueError):
            fcntl.flock(file, fcntl.LOCK_UN)


class LibraryLocks:
    """Lock files of a library: one for each process that writes to it, and one for a process that moves it.

    A writer takes its lock and then checks the mover's lock; a mover does the reverse. Whichever comes later therefore
    always detects the other.
    """

    def __init__(self, folder: Path, library: Path) -> None:
        self._folder = folder
        self._library = hashlib.sha256(os.fsencode(os.path.abspath(library))).hexdigest()[:12]
        self._own_path = folder / f"{self._library}-{uuid.uuid4().hex}{SUFFIX}"
        self._own_lock: FileLock | None = None
        self._is_moving = False

    def lock(self) -> bool:
        """Lock the library, so that no other process moves it to another folder.

        Returns False if this process has already locked it. Raises StorageError if the library is being moved or has
        been moved.
        """
        if self._own_lock is not None or self._is_moving:
            return False
        # If no lock file can be created, no new library folder can be saved in the preferences either.
        with contextlib.suppress(StorageError):
            self._own_lock = FileLock.take(self._own_path)
        if is_locked(self._mover_path):
            self.unlock()
            raise StorageError("The pictures are being moved to another folder; try again when that is done.")
        return True

    def unlock(self) -> None:
        """Release this process's lock on the library, so that other processes can move it to another folder."""
        if self._own_lock is not None:
            self._own_lock.release()
        self._own_lock = None

    @contextlib.contextmanager
    def exclusive(self) -> Iterator[None]:
        """Context manager for moving the library to another folder, during which no other process can write to it.

        Raises StorageError if another process uses it.
        """
        mover = FileLock.take(self._mover_path)
        if mover is None:
            raise StorageError("The pictures are being moved already; wait until that is done.")
        self._is_moving = True
        try:
            if any(map(self._is_used_by_another, self._folder.glob(f"{self._library}-*{SUFFIX}"))):
                raise StorageError("Another GDM Studio is using these pictures; close it or wait for its run.")
            yield
        finally:
            self._is_moving = False
            mover.release()

    @property
    def _mover_path(self) -> Path:
        return self._folder / f"{self._library}.moving{SUFFIX}"

    def _is_used_by_another(self, lock: Path) -> bool:
        """Return True if another process holds this lock on the library. A lock file left by a crash is deleted."""
        if lock == self._own_path:
            return False
        if is_locked(lock):
            return True
        if abandoned := FileLock.take(lock, create=False):
            abandoned.release()
        return False
