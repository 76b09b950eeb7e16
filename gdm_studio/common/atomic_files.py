"""Atomic writing of files, renaming without replacing, and error messages for failed file operations."""

from __future__ import annotations

import contextlib
import errno
import functools
import itertools
import os
import secrets
import stat
import sys
import time
from collections.abc import Callable, Iterator
from io import FileIO
from pathlib import Path
from typing import IO

from gdm_studio.common.errors import StorageError
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP, translatable

# The suffix of temporary files, which are hidden files in the folder of the final file, so that the rename is atomic.
PART = ".part"
# The age in seconds after which a temporary file cannot belong to a running writer.
_ABANDONED_SECONDS = 3600.0


class NewFile:
    """New file in `folder`. Once its content is complete, it is named with the first of `names` that is not in use.

    Several processes may write at the same time; each gets its own name. `names` must be endless and may contain
    folders, but all its names must lie in one folder. `path` is the next name to try and, after writing, the path of
    the file.
    """

    def __init__(self, folder: Path, names: Iterator[str]) -> None:
        self._paths = (folder / name for name in names)
        self.path = self._find_free_path(next(self._paths))

    @contextlib.contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[IO[bytes]]:
        """Context manager that opens the new file for writing. The file is given its name when the block ends, or is
        deleted if an error occurs. See `open_replacement` for `durable` and the errors.
        """
        make_folder(self.path.parent)
        with _write_then(self.path, self._settle, durable=durable) as file:
            yield file

    def write(self, data: bytes, *, durable: bool = True) -> Path:
        """Write `data` to a new file completely or not at all, and return its path. Raises StorageError."""
        with self.writing(durable=durable) as file:
            file.write(data)
        return self.path

    def take(self, source: Path) -> Path:
        """Move an existing file or folder on the same disk to the next unused name of this NewFile, and return the
        path. Raises OSError.
        """
        self._settle(source)
        return self.path

    def _settle(self, source: Path) -> None:
        while True:
            try:
                rename_without_replacing(source, self.path)
                return
            except FileExistsError:
                self.path = self._find_free_path(next(self._paths))

    def _find_free_path(self, path: Path) -> Path:
        """Return the first path that is not in use by a file, trying `path` and then the next names of this object."""
        while os.path.lexists(path):
            path = next(self._paths)
        return path


def numbered_names(stem: str, suffix: str = "") -> Iterator[str]:
    """Yield file names to try until one is not in use: "stem", "stem (2)", "stem (3)" and so on, each followed by the
    suffix.
    """
    yield stem + suffix
    for number in itertools.count(2):
        yield f"{stem} ({number}){suffix}"


def open_for_writing(file: Path | NewFile) -> contextlib.AbstractContextManager[IO[bytes]]:
    """Return a context manager that opens a file for atomic writing. A NewFile is created under an unused name; a file
    at a path is replaced. Raises StorageError.
    """
    return file.writing() if isinstance(file, NewFile) else open_replacement(file)


def path_of(file: Path | NewFile) -> Path:
    """Return the path of a file to be written by `open_for_writing`, which is given as a NewFile or as a path."""
    return file.path if isinstance(file, NewFile) else file


@contextlib.contextmanager
def open_replacement(path: Path, *, durable: bool = True) -> Iterator[IO[bytes]]:
    """Context manager that opens a temporary file for writing. When the block ends without an error, the file
    atomically replaces the file at `path`.

    After an error, the old file remains. The content is written to a temporary file and flushed, the file is renamed,
    and the folder is flushed. Pass `durable=False` to skip flushing for content that can be regenerated. The folder
    must exist. Raises StorageError.
    """
    with _write_then(path, lambda part: os.replace(part, path), durable=durable) as file:
        yield file


def write(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Replace the content of the file at `path` with `data` atomically. After an error, the file is unchanged. See
    `open_replacement` for `durable` and the errors.
    """
    with open_replacement(path, durable=durable) as file:
        file.write(data)


def create(path: Path, write: Callable[[IO[bytes]], object]) -> bool:
    """Create the file at `path` with the content that `write` produces, atomically and durably. Returns False if the
    file exists, which is then unchanged.

    Of several processes that create the same file, exactly one gets True. The folder must exist. Raises StorageError.
    """
    is_created = True

    def settle(part: Path) -> None:
        nonlocal is_created
        try:
            rename_without_replacing(part, path)
        except FileExistsError:
            is_created = False
            part.unlink()

    with _write_then(path, settle, durable=True) as file:
        write(file)
    return is_created


def rename_without_replacing(source: Path, target: Path) -> None:
    """Rename a file or folder atomically. Raises FileExistsError if `target` exists, and other OSErrors.

    Uses the system's exclusive rename, a hard link or, on disks that support neither, a guard file.
    """
    if os.name == "nt":
        # On Windows, this call refuses to replace a file.
        os.rename(source, target)
    elif not (_rename_exclusively(source, target) or _rename_by_link(source, target)):
        _rename_with_guard(source, target)


def open_file(path: Path) -> FileIO:
    """Open a file for reading without a buffer. Raises StorageError. Pipes, sockets and devices are refused, since
    opening a pipe would block and reading a device may never end.
    """
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        kind = os.fstat(handle).st_mode
        if stat.S_ISREG(kind):
            return FileIO(handle)
        os.close(handle)
    except ValueError as error:
        # The path contains a NUL or a lone surrogate.
        raise StorageError(f"{str(path)!r} is not a valid file name; choose another.") from error
    except OSError as error:
        # ENXIO is raised for a socket.
        if error.errno != errno.ENXIO:
            raise storage_error(path, error) from error
        kind = 0
    if stat.S_ISDIR(kind):
        raise storage_error(path, IsADirectoryError(errno.EISDIR, ""))
    raise StorageError(f"{path} is not a file but a pipe or a device; choose a file.")


def read(path: Path, *, max_bytes: int | None = None) -> bytes:
    """Return the content of a file as bytes. With `max_bytes`, at most `max_bytes + 1` bytes are read, so that the
    caller can detect a longer file. Raises the errors of `open_file`.
    """
    with open_file(path) as file:
        try:
            return file.read() if max_bytes is None else _read_at_most(file, max_bytes + 1)
        except OSError as error:
            raise storage_error(path, error) from error


def _read_at_most(file: FileIO, size: int) -> bytes:
    parts = []
    while size and (part := file.read(min(size, 2**20))):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def make_folder(folder: Path, *, parents: bool = True) -> None:
    """Create a folder if it does not exist. Raises StorageError, for example if a file with its name is in the way."""
    try:
        folder.mkdir(parents=parents, exist_ok=True)
    except OSError as error:
        if parents and error.errno == errno.ENOENT:
            raise StorageError(translatable(_NOT_CREATED, folder=folder)) from error
        raise storage_error(folder, error) from error


def check_writable(folder: Path) -> None:
    """Raise StorageError if a file cannot be created in `folder`, for example because the disk is full."""
    part = folder / f".{secrets.token_hex(16)}{PART}"
    try:
        part.touch(exist_ok=False)
        part.unlink()
    except OSError as error:
        raise storage_error(folder, error) from error


def remove_abandoned(part: Path) -> None:
    """Delete a temporary file more than an hour old, which a killed process must have left behind."""
    with contextlib.suppress(OSError):
        if time.time() - part.stat().st_mtime > _ABANDONED_SECONDS:
            part.unlink()


def sync_folder(folder: Path) -> None:
    """Flush the renames in a folder to the disk. Does nothing on Windows and some network file systems, which can only
    flush file contents.
    """
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def storage_error(path: Path, error: OSError) -> StorageError:
    """Convert an OSError at `path` to a StorageError with a message that tells the user what to do."""
    template = _SENTENCES.get(error.errno or 0, QT_TRANSLATE_NOOP("Errors", "{path} cannot be used: {error}."))
    folder = path if os.path.isdir(path) else path.parent
    values = {"path": path, "name": path.name, "folder": folder, "error": error.strerror or error}
    return StorageError(translatable(template, **values))


_NOT_CREATED = QT_TRANSLATE_NOOP("Errors", "The folder {folder} cannot be created; choose another.")
_FULL = QT_TRANSLATE_NOOP("Errors", "The disk of {folder} is full; free some space, then try again.")
_FORBIDDEN = QT_TRANSLATE_NOOP(
    "Errors", "{path} cannot be used: permission is missing; choose another place or allow it."
)
_NO_ANSWER = QT_TRANSLATE_NOOP(
    "Errors", "The disk of {folder} does not answer; check that it is connected, or choose another folder."
)
_SENTENCES = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: QT_TRANSLATE_NOOP("Errors", "{name} is too large for the disk of {folder}; choose another disk."),
    errno.EIO: _NO_ANSWER,
    errno.ENODEV: _NO_ANSWER,
    errno.ENXIO: _NO_ANSWER,
    # A network disk that was disconnected. Windows does not define this error.
    getattr(errno, "ESTALE", errno.EIO): _NO_ANSWER,
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EROFS: QT_TRANSLATE_NOOP("Errors", "{folder} is read-only; choose another folder."),
    errno.ENOENT: QT_TRANSLATE_NOOP(
        "Errors", "{path} is not there; check that its disk is connected, or choose another."
    ),
    errno.ENOTDIR: QT_TRANSLATE_NOOP(
        "Errors", "{path} cannot be used: a part of it is a file, not a folder; choose another."
    ),
    errno.EEXIST: QT_TRANSLATE_NOOP("Errors", "{path} is a file, not a folder; choose another."),
    errno.EISDIR: QT_TRANSLATE_NOOP("Errors", "{path} is a folder, not a file; choose a file."),
    errno.ENAMETOOLONG: QT_TRANSLATE_NOOP("Errors", "The path {path} is too long for this disk; choose a shorter one."),
}


@contextlib.contextmanager
def _write_then(path: Path, settle: Callable[[Path], object], *, durable: bool) -> Iterator[IO[bytes]]:
    """Context manager that writes a temporary file in the folder of `path`. When the block ends, it calls `settle` to
    rename the file to its final name. Raises StorageError.
    """
    part = path.parent / f".{secrets.token_hex(16)}{PART}"
    try:
        with _remove_on_failure(part):
            with open(part, "xb") as file:
                yield file
                file.flush()
                if durable:
                    os.fsync(file.fileno())
            settle(part)
    except OSError as error:
        raise storage_error(path, error) from error
    if durable:
        sync_folder(path.parent)


@contextlib.contextmanager
def _remove_on_failure(part: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


_UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM, errno.EACCES, errno.EMLINK}


def _rename_exclusively(source: Path, target: Path) -> bool:
    """Rename a file with the operating system's exclusive rename, which never replaces a file.

    Returns False if the system or the disk does not support it.
    """
    rename = _rename_call()
    if rename is None:
        return False
    # Python's own os.rename raises the same audit event.
    sys.audit("os.rename", source, target, -1, -1)
    code = rename(os.fsencode(source), os.fsencode(target))
    if code and code not in _UNSUPPORTED:
        raise OSError(code, os.strerror(code), str(target))
    return code == 0


@functools.cache
def _rename_call() -> Callable[[bytes, bytes], int] | None:
    """Return the operating system's function for renaming a file without replacing another one.

    The function returns 0 or an errno. It is renameat2 with RENAME_NOREPLACE on Linux, and renamex_np with RENAME_EXCL
    on macOS.
    """
    # This import is late, so that the window starts faster.
    import ctypes

    system = ctypes.CDLL(None, use_errno=True)
    # AT_FDCWD, for paths relative to the working directory.
    here = -100
    if sys.platform == "darwin" and hasattr(system, "renamex_np"):
        return lambda old, new: ctypes.get_errno() if system.renamex_np(old, new, 4) else 0
    if hasattr(system, "renameat2"):
        return lambda old, new: ctypes.get_errno() if system.renameat2(here, old, here, new, 1) else 0
    return None


def _rename_by_link(source: Path, target: Path) -> bool:
    """Rename a file without replacing another one, by creating a hard link and removing the old name.

    Returns False for folders, and on disks without hard links.
    """
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno in _UNSUPPORTED:
            return False
        raise
    # If this fails, the hidden file is removed as abandoned later.
    with contextlib.suppress(OSError):
        source.unlink()
    return True


def _rename_with_guard(source: Path, target: Path) -> None:
    """Rename a file without replacing another one, while a guard file reserves the name for this process.

    The guard file is created exclusively and respected by other processes of the same program. It is needed because a
    plain rename would replace an existing file.
    """
    guard = target.with_name(f".{target.name}{PART}")
    os.close(os.open(guard, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    try:
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
        os.rename(source, target)
    finally:
        guard.unlink()
