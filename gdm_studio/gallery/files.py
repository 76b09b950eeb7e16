"""Reading and moving pictures' files so that none is ever lost; they are written by `gdm_studio.atomic`."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

from gdm_studio.atomic import (
    PART,
    check_writable,
    make_folder,
    problem,
    remove_abandoned,
    sync_folder,
    write,
)

__all__ = [
    "PART", "check_writable", "free_name", "make_folder", "move", "problem", "read", "remove_abandoned", "write",
]  # fmt: skip


def move(source: Path, target: Path) -> None:
    """`source` becomes `target`, also on another disk. Raises StorageError; `source` is then untouched."""
    try:
        make_folder(target.parent)
        os.rename(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise problem(source, error) from error
        write(target, read(source))
        status = source.stat()
        os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
        source.unlink()
    sync_folder(target.parent)


def read(path: Path) -> bytes:
    """The whole file. Raises StorageError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise problem(path, error) from error


def free_name(folder: Path, names: Iterator[str]) -> Path:
    """The first of `names` that nothing in `folder` has. Raises StorageError."""
    try:
        return next(path for name in names if not os.path.lexists(path := folder / name))
    except OSError as error:
        raise problem(folder, error) from error
