"""Reading, moving and removing pictures' files so that none is ever lost; `gdm_studio.atomic` writes them."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
from collections.abc import Iterator
from pathlib import Path

from gdm_studio.atomic import (
    PART,
    check_writable,
    make_folder,
    problem,
    remove_abandoned,
    replacing,
    sync_folder,
    write,
)

__all__ = [
    "PART", "check_writable", "free_name", "free_place", "make_folder", "move", "numbered", "problem", "read", "remove",
    "remove_abandoned", "remove_folder", "replacing", "sync_folder", "write",
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


def _move_across(source: Path, target: Path) -> None:
    """To another disk; where the original cannot be removed, the copy is."""
    write(target, read(source))
    try:
        status = source.stat()
        os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
        source.unlink()
    except OSError as error:
        remove(target)
        raise problem(source, error) from error


def read(path: Path) -> bytes:
    """The whole file. Raises StorageError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise problem(path, error) from error


def remove(path: Path) -> None:
    """Deletes a file that is no longer needed; one that cannot be deleted stays."""
    with contextlib.suppress(OSError):
        path.unlink()


def remove_folder(folder: Path) -> None:
    """Deletes a folder if there is nothing in it."""
    with contextlib.suppress(OSError):
        folder.rmdir()


def free_name(folder: Path, names: Iterator[str]) -> Path:
    """The first of `names` that nothing in `folder` has. Raises StorageError."""
    try:
        return next(path for name in names if not os.path.lexists(path := folder / name))
    except OSError as error:
        raise problem(folder, error) from error


def free_place(path: Path) -> Path:
    """`path`, numbered where it is taken, in a folder that is there afterwards and takes files. Raises StorageError."""
    make_folder(path.parent)
    check_writable(path.parent)
    return free_name(path.parent, numbered(path.stem, path.suffix))


def numbered(stem: str, suffix: str = "") -> Iterator[str]:
    """The name, then "stem (2)", "stem (3)", … for where it is taken."""
    yield stem + suffix
    for number in itertools.count(2):
        yield f"{stem} ({number}){suffix}"
