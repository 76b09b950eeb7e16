"""Files written whole or not at all, under names of their own; nothing but files opened; what to say where it fails."""

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

from gdm_studio.errors import StorageError

PART = ".part"  # of temporary files: hidden, in the folder of the final file so that the rename is atomic
_ABANDONED = 3600.0  # seconds after which a temporary file cannot belong to a writer that is still alive


class NewFile:
    """A file to be written under the first of `names` in `folder` that nothing has when it is whole.

    However many processes write at once, each has a file of its own. `names`, which may have folders in them, do not
    run out and lie in one folder. `path` is the name that would be tried now, and the file's once it is there.
    """

    def __init__(self, folder: Path, names: Iterator[str]) -> None:
        self._paths = (folder / name for name in names)
        self.path = self._free(next(self._paths))

    @contextlib.contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[IO[bytes]]:
        """A binary file that has its name at the end of the block; after an error there is none. As `replacing`."""
        make_folder(self.path.parent)
        with _written(self.path, self._settle, durable=durable) as file:
            yield file

    def write(self, data: bytes, *, durable: bool = True) -> Path:
        """All of `data`, or nothing; where it is. Raises StorageError."""
        with self.writing(durable=durable) as file:
            file.write(data)
        return self.path

    def take(self, source: Path) -> Path:
        """Gives the name to a file or folder on the same disk; where it is then. Raises OSError."""
        self._settle(source)
        return self.path

    def _settle(self, source: Path) -> None:
        while True:
            try:
                rename_new(source, self.path)
                return
            except FileExistsError:
                self.path = self._free(next(self._paths))

    def _free(self, path: Path) -> Path:
        """The first from `path` on that nothing has for now: it is taken only when the file is whole."""
        while os.path.lexists(path):
            path = next(self._paths)
        return path


def numbered(stem: str, suffix: str = "") -> Iterator[str]:
    """The name, then "stem (2)", "stem (3)", … for where it is taken."""
    yield stem + suffix
    for number in itertools.count(2):
        yield f"{stem} ({number}){suffix}"


def writing(file: Path | NewFile) -> contextlib.AbstractContextManager[IO[bytes]]:
    """What a new file is written through, or one that takes the place of what has its path. Raises StorageError."""
    return file.writing() if isinstance(file, NewFile) else replacing(file)


def path_of(file: Path | NewFile) -> Path:
    """Where it is to be written."""
    return file.path if isinstance(file, NewFile) else file


@contextlib.contextmanager
def replacing(path: Path, *, durable: bool = True) -> Iterator[IO[bytes]]:
    """A binary file that takes the place of `path` at the end of the block; after an error the old one stays.

    Temporary file, fsync, rename, fsync of the folder; `durable` False leaves out both fsyncs, for what can be
    made again. The folder must exist. Raises StorageError.
    """
    with _written(path, lambda part: os.replace(part, path), durable=durable) as file:
        yield file


def write(path: Path, data: bytes, *, durable: bool = True) -> None:
    """All of `data` under `path`, or nothing; as `replacing`."""
    with replacing(path, durable=durable) as file:
        file.write(data)


def rename_new(source: Path, target: Path) -> None:
    """`source`, a file or folder, becomes `target` in one moment; raises FileExistsError where something has that name.

    By the system's own rename, by a second name, or, on disks that know neither, behind a file that stands for the
    name meanwhile. Raises OSError.
    """
    if os.name == "nt":
        os.rename(source, target)  # which refuses there
    elif not (_renamed(source, target) or _linked(source, target)):
        _guarded(source, target)


def open_file(path: Path) -> FileIO:
    """A file opened for reading, unbuffered. Raises StorageError, and at once where it is a pipe, socket or device.

    Opening a pipe would wait for whoever writes into it, and a device may never end.
    """
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        kind = os.fstat(handle).st_mode
        if stat.S_ISREG(kind):
            return FileIO(handle)
        os.close(handle)
    except ValueError as error:  # a zero in it, or half a letter
        raise StorageError(f"{str(path)!r} is not what a file can be called; choose another.") from error
    except OSError as error:
        if error.errno != errno.ENXIO:  # of a socket
            raise problem(path, error) from error
        kind = 0
    if stat.S_ISDIR(kind):
        raise problem(path, IsADirectoryError(errno.EISDIR, ""))
    raise StorageError(f"{path} is not a file but something that a program or device writes into; choose a file.")


def read(path: Path) -> bytes:
    """The whole file. Raises StorageError, as `open_file`."""
    with open_file(path) as file:
        try:
            return file.read()
        except OSError as error:
            raise problem(path, error) from error


def make_folder(folder: Path, *, parents: bool = True) -> None:
    """`folder` exists afterwards. Raises StorageError, also where a file has its name."""
    try:
        folder.mkdir(parents=parents, exist_ok=True)
    except OSError as error:
        raise problem(folder, error) from error


def check_writable(folder: Path) -> None:
    """Raises StorageError where no file could be written into `folder`."""
    part = folder / f".{secrets.token_hex(16)}{PART}"
    try:
        part.touch(exist_ok=False)
        part.unlink()
    except OSError as error:
        raise problem(folder, error) from error


def remove_abandoned(part: Path) -> None:
    """Deletes a temporary file that a killed process left more than an hour ago."""
    with contextlib.suppress(OSError):
        if time.time() - part.stat().st_mtime > _ABANDONED:
            part.unlink()


def sync_folder(folder: Path) -> None:
    """Makes a rename last. Windows cannot, some network file systems refuse: there the file alone is safe."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def problem(path: Path, error: OSError) -> StorageError:
    """What went wrong with `path`, and what to do, in one sentence."""
    sentence = _SENTENCES.get(error.errno or 0, "{path} cannot be used: {error}.")
    return StorageError(sentence.format(path=path, folder=path.parent, error=error.strerror or error))


_FULL = "The disk of {folder} is full; free some space, then try again."
_FORBIDDEN = "{path} cannot be used: permission is missing; choose another place or allow it."
_SILENT = "The disk of {folder} does not answer; check that it is connected, or choose another folder."
_SENTENCES = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: "The disk of {folder} takes no file as large as {path.name}; choose another disk.",
    errno.EIO: _SILENT,
    errno.ENODEV: _SILENT,
    errno.ENXIO: _SILENT,
    getattr(errno, "ESTALE", errno.EIO): _SILENT,  # a network disk that went away; Windows has none
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EROFS: "{folder} is read-only; choose another folder.",
    errno.ENOENT: "{path} is not there; check that its disk is connected, or choose another.",
    errno.ENOTDIR: "{path} cannot be used: a part of it is a file, not a folder; choose another.",
    errno.EEXIST: "{path} is a file, not a folder; choose another.",
    errno.EISDIR: "{path} is a folder, not a file; choose a file.",
    errno.ENAMETOOLONG: "The path {path} is too long for this disk; choose a shorter one.",
}


@contextlib.contextmanager
def _written(path: Path, settle: Callable[[Path], object], *, durable: bool) -> Iterator[IO[bytes]]:
    """A temporary file in the folder of `path`, given to `settle` once it is whole."""
    part = path.parent / f".{secrets.token_hex(16)}{PART}"
    try:
        with _removed_on_failure(part):
            with open(part, "xb") as file:
                yield file
                file.flush()
                if durable:
                    os.fsync(file.fileno())
            settle(part)
    except OSError as error:
        raise problem(path, error) from error
    if durable:
        sync_folder(path.parent)


@contextlib.contextmanager
def _removed_on_failure(part: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


_UNKNOWN_HERE = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM, errno.EACCES, errno.EMLINK}


def _renamed(source: Path, target: Path) -> bool:
    """By a rename that replaces nothing; False where the system or this disk has none."""
    rename = _rename_call()
    if rename is None:
        return False
    sys.audit("os.rename", source, target, -1, -1)  # as Python's own does
    code = rename(os.fsencode(source), os.fsencode(target))
    if code and code not in _UNKNOWN_HERE:
        raise OSError(code, os.strerror(code), str(target))
    return code == 0


@functools.cache
def _rename_call() -> Callable[[bytes, bytes], int] | None:
    """renameat2 of Linux with RENAME_NOREPLACE, renamex_np of macOS with RENAME_EXCL: they give 0 or an errno."""
    import ctypes  # which the first paint does not wait for

    system, here = ctypes.CDLL(None, use_errno=True), -100  # AT_FDCWD
    if sys.platform == "darwin" and hasattr(system, "renamex_np"):
        return lambda old, new: ctypes.get_errno() if system.renamex_np(old, new, 4) else 0
    if hasattr(system, "renameat2"):
        return lambda old, new: ctypes.get_errno() if system.renameat2(here, old, here, new, 1) else 0
    return None


def _linked(source: Path, target: Path) -> bool:
    """By a second name, the first one taken away; False for folders, and where this disk has none."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno in _UNKNOWN_HERE:
            return False
        raise
    with contextlib.suppress(OSError):  # hidden, and removed as abandoned later
        source.unlink()
    return True


def _guarded(source: Path, target: Path) -> None:
    """By a plain rename, which would replace: a hidden file made exclusively keeps our other processes off the name."""
    guard = target.with_name(f".{target.name}{PART}")
    os.close(os.open(guard, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    try:
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
        os.rename(source, target)
    finally:
        guard.unlink()
