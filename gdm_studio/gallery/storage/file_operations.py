"""Functions that move and delete image files without data loss. (`common.atomic_files` reads and writes files.)"""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from gdm_studio.common.atomic_files import (
    PART,
    NewFile,
    check_writable,
    make_folder,
    numbered_names,
    open_file,
    open_replacement,
    read,
    remove_abandoned,
    storage_error,
    sync_folder,
    write,
)

__all__ = [
    "PART",
    "NewFile",
    "check_writable",
    "make_folder",
    "move",
    "move_beside",
    "new_file",
    "numbered_names",
    "open_file",
    "storage_error",
    "read",
    "remove",
    "remove_abandoned",
    "remove_folder",
    "open_replacement",
    "sync_folder",
    "write",
]


def move(source: Path, target: Path, *, durable: bool = True) -> None:
    """Move a file, even to another disk. On failure, raises StorageError and leaves `source` unchanged.

    Without `durable`, a power failure right after the move may undo it; see `sync_folder`.
    """
    try:
        make_folder(target.parent)
        os.rename(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise storage_error(source, error) from error
        _move_across(source, target)
    if durable:
        sync_folder(target.parent)


def move_beside(source: Path, target: Path) -> Path:
    """Move a file to `target`, or to a numbered name beside it if `target` exists, and return its new path. A power
    failure may undo the move; see `move`.
    """
    new = NewFile(target.parent, numbered_names(target.stem, target.suffix))
    try:
        make_folder(target.parent)
        return new.take(source)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise storage_error(source, error) from error
    new.write(read(source))
    _replace_by_copy(source, new.path)
    return new.path


def _move_across(source: Path, target: Path) -> None:
    write(target, read(source))
    _replace_by_copy(source, target)


def _replace_by_copy(source: Path, copy: Path) -> None:
    """Finish moving a file to another disk: give the copy the timestamps of the original, then delete the original.

    On failure, the copy is deleted.
    """
    try:
        status = source.stat()
        os.utime(copy, ns=(status.st_atime_ns, status.st_mtime_ns))
        source.unlink()
    except OSError as error:
        remove(copy)
        raise storage_error(source, error) from error


def remove(path: Path) -> None:
    """Delete a file if possible. Errors are ignored."""
    with contextlib.suppress(OSError):
        path.unlink()


def remove_folder(folder: Path) -> None:
    """Delete a folder if it is empty. Errors are ignored."""
    with contextlib.suppress(OSError):
        folder.rmdir()


def new_file(path: Path) -> NewFile:
    """Return a NewFile for `path` and create its folder. Raises StorageError if no file can be created there.

    If the name is taken, a number is appended.
    """
    make_folder(path.parent)
    check_writable(path.parent)
    return NewFile(path.parent, numbered_names(path.stem, path.suffix))
