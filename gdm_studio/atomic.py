"""Files that are written whole or not at all, whatever fails and whenever; what to say where they cannot be."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from gdm_studio.errors import StorageError

PART = ".part"  # of temporary files: hidden, in the folder of the final file so that the rename is atomic
_ABANDONED = 3600.0  # seconds after which a temporary file cannot belong to a writer that is still alive


@contextlib.contextmanager
def replacing(path: Path, *, durable: bool = True) -> Iterator[IO[bytes]]:
    """A binary file that takes the place of `path` at the end of the block; after an error the old one stays.

    Temporary file, fsync, rename, fsync of the folder; `durable` False leaves out both fsyncs, for what can be
    made again. The folder must exist. Raises StorageError.
    """
    part = path.parent / f".{secrets.token_hex(16)}{PART}"
    try:
        with _removed_on_failure(part):
            with open(part, "xb") as file:
                yield file
                file.flush()
                if durable:
                    os.fsync(file.fileno())
            os.replace(part, path)
    except OSError as error:
        raise problem(path, error) from error
    if durable:
        sync_folder(path.parent)


def write(path: Path, data: bytes, *, durable: bool = True) -> None:
    """All of `data` under `path`, or nothing; as `replacing`."""
    with replacing(path, durable=durable) as file:
        file.write(data)


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
def _removed_on_failure(part: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
