"""Reading, moving and removing pictures' files so that none is ever lost; `gdm_studio.atomic` writes them."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from gdm_studio.atomic import (
    PART,
    NewFile,
    check_writable,
    make_folder,
    numbered,
    problem,
    read,
    remove_abandoned,
    replacing,
    sync_folder,
    write,
)

__all__ = [
    "PART", "NewFile", "check_writable", "make_folder", "move", "move_beside", "new_file", "numbered", "problem",
    "read", "remove", "remove_abandoned", "remove_folder", "replacing", "sync_folder", "write",
]  # fmt: skip


def move(source: Path, target: Path, *, lasting: bool = True) -> None:
    """`source` becomes `target`, also on another disk. Raises StorageError; `source` is then untouched.

    Without `lasting` a power cut right after it may find the file where it was; see `sync_folder`.
    """
    try:
        make_folder(target.parent)
        os.rename(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise problem(source, error) from error
        _move_across(source, target)
    if lasting:
        sync_folder(target.parent)


def move_beside(source: Path, target: Path) -> Path:
    """`source` becomes `target`, numbered where that is taken; where it is. As `move`, without lasting."""
    new = NewFile(target.parent, numbered(target.stem, target.suffix))
    try:
        make_folder(target.parent)
        return new.take(source)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise problem(source, error) from error
    new.write(read(source))
    _follow(source, new.path)
    return new.path


def _move_across(source: Path, target: Path) -> None:
    """To another disk."""
    write(target, read(source))
    _follow(source, target)


def _follow(source: Path, copy: Path) -> None:
    """Gives the copy the original's time and removes the original; where that cannot be, the copy."""
    try:
        status = source.stat()
        os.utime(copy, ns=(status.st_atime_ns, status.st_mtime_ns))
        source.unlink()
    except OSError as error:
        remove(copy)
        raise problem(source, error) from error


def remove(path: Path) -> None:
    """Deletes a file that is no longer needed; one that cannot be deleted stays."""
    with contextlib.suppress(OSError):
        path.unlink()


def remove_folder(folder: Path) -> None:
    """Deletes a folder if there is nothing in it."""
    with contextlib.suppress(OSError):
        folder.rmdir()


def new_file(path: Path) -> NewFile:
    """`path`, numbered where it is taken, in a folder that is there and takes files. Raises StorageError."""
    make_folder(path.parent)
    check_writable(path.parent)
    return NewFile(path.parent, numbered(path.stem, path.suffix))
