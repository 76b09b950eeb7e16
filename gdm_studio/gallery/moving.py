"""Moving the library to another folder: copied and checked first, then switched over, and only then removed.

Interrupted at any moment, one of the two folders is whole; begun again, what was copied already is not copied twice.
"""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from gdm_studio.errors import StorageError
from gdm_studio.gallery import files
from gdm_studio.gallery.folder import Stamp, stamp_of

_CHUNK = 2**20  # bytes
Switch = Callable[[Path], object]  # makes the program use the new folder from now on, and remembers it durably


def moving(source: Path, target: Path, switch: Switch) -> Iterator[tuple[int, int]]:
    """Moves all that lies in `source` into the folder `target`: (bytes done, bytes in all) on the way.

    To stop it, take no further step: nothing is changed but that some copies lie in `target`. `switch(target)` is
    called once every file is there and has been compared; what is then removed is only what was copied. Files that
    `target` has already are kept where they are the same, and refused where they differ. Raises StorageError.
    """
    _check(source, target)
    found = _files(source)
    total, done = sum(path.stat().st_size for path in found), 0
    compared: dict[Path, Stamp] = {}
    yield 0, total
    for path in found:
        compared[path] = stamp_of(path.stat())
        copy = target / path.relative_to(source)
        files.make_folder(copy.parent)
        if not _is_same(path, copy):
            if os.path.lexists(copy):
                raise StorageError(f"{copy} is there already and is another file; choose an empty folder.")
            _copy(path, copy)
            if not _is_same(path, copy):
                raise StorageError(f"{copy} does not read back as it was written; check the disk of {target}.")
        _date(path, copy)
        done += compared[path][1]
        yield done, total
    for path in _files(source):
        if compared.get(path) != (stamp := stamp_of(path.stat())):  # made or changed while the others were copied
            compared[path] = stamp
            copy = target / path.relative_to(source)
            files.make_folder(copy.parent)
            _copy(path, copy)
            _date(path, copy)
    switch(target)
    for path, stamp in compared.items():
        if _is_still(path, stamp):
            files.remove(path)
    for folder, _, _ in sorted(os.walk(source), reverse=True):
        files.remove_folder(Path(folder))
    yield total, total


def _check(source: Path, target: Path) -> None:
    if not source.is_dir():
        raise files.problem(source, FileNotFoundError(2, ""))
    inside, outside = os.path.realpath(target), os.path.realpath(source)
    if inside == outside:
        raise StorageError(f"The pictures are in {source} already; choose another folder.")
    for one, other in ((inside, outside), (outside, inside)):
        if os.path.commonpath([one, other]) == other:
            raise StorageError(f"{target} and {source} lie one in the other; choose a folder beside it.")
    files.make_folder(target)
    files.check_writable(target)
    needed = sum(path.stat().st_size for path in _files(source) if not (target / path.relative_to(source)).exists())
    free = shutil.disk_usage(target).free
    if needed > free:
        short = (needed - free) / 1e9
        raise StorageError(f"The disk of {target} has {short:.1f} GB too little room; free some or choose another.")


def _files(folder: Path) -> list[Path]:
    """All of them but temporary ones, hidden folders included, in an order that stays; what is no file stays behind."""
    found = (Path(place, name) for place, _, names in os.walk(folder) for name in names)
    return sorted(path for path in found if not path.name.endswith(files.PART) and path.is_file())


def _copy(source: Path, target: Path) -> None:
    """Whole or not at all."""
    try:
        with open(source, "rb") as original, files.replacing(target) as copy:
            shutil.copyfileobj(original, copy, _CHUNK)
    except OSError as error:
        raise files.problem(source, error) from error


def _date(source: Path, target: Path) -> None:
    """Gives a copy the time its original was written at: the index knows files by that."""
    try:
        status = source.stat()
        if target.stat().st_mtime_ns != status.st_mtime_ns:
            os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
    except OSError as error:
        raise files.problem(target, error) from error


def _is_still(path: Path, stamp: Stamp) -> bool:
    """Whether a file is the one that was copied."""
    try:
        return stamp_of(path.stat()) == stamp
    except OSError:
        return False


def _is_same(one: Path, other: Path) -> bool:
    """Byte for byte."""
    try:
        return other.is_file() and filecmp.cmp(one, other, shallow=False)
    except OSError as error:
        raise files.problem(one, error) from error
