"""Moves of the library to another folder. All files are copied and verified before the old files are deleted.

Even if the move is interrupted, one of the two folders is complete. Repeating the move does not copy files again.
"""

from __future__ import annotations

import contextlib
import filecmp
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from gdm_studio.common.errors import StorageError
from gdm_studio.common.text_safety import escape_unsafe
from gdm_studio.gallery.folder_scan import Stamp, stamp_of
from gdm_studio.gallery.storage import file_operations

# Name of the file that contains the new folder. It is left in a library that had files of other users.
NOTE = ".moved-to"
# Bytes copied at a time.
_CHUNK = 2**20
_MAX_NOTE = 4096
# Callback that switches this process to the new folder and saves that choice durably.
Switch = Callable[[Path], object]


def move_library(source: Path, target: Path, switch: Switch) -> Iterator[tuple[int, int]]:
    """Move all library files from `source` to `target`, yielding (bytes copied, total bytes). After all copies are
    verified, `switch(target)` is called and the originals are deleted. Raises StorageError, for example if a different
    file is in the way.
    """
    _check(source, target)
    found = _list_files(source)
    total = sum(path.stat().st_size for path in found)
    done = 0
    compared: dict[Path, Stamp] = {}
    yield 0, total
    for path in found:
        compared[path] = stamp_of(path.stat())
        copy = target / path.relative_to(source)
        file_operations.make_folder(copy.parent)
        if not _is_same(path, copy):
            if os.path.lexists(copy):
                raise StorageError(f"{copy} exists already and is another file; choose an empty folder.")
            _copy(path, copy)
            if not _is_same(path, copy):
                raise StorageError(f"{copy} differs from its original; check the disk of {target}.")
        _copy_time(path, copy)
        done += compared[path][1]
        yield done, total
    # Files that were added or changed during the copy.
    for path in _list_files(source):
        if compared.get(path) != (stamp := stamp_of(path.stat())):
            compared[path] = stamp
            copy = target / path.relative_to(source)
            file_operations.make_folder(copy.parent)
            _copy(path, copy)
            _copy_time(path, copy)
    file_operations.remove(target / NOTE)
    switch(target)
    if any(map(_is_owned_by_another_user, compared)):
        with contextlib.suppress(StorageError):
            file_operations.write(source / NOTE, os.fsencode(target.absolute()))
    for path, stamp in compared.items():
        if _is_unchanged(path, stamp):
            file_operations.remove(path)
    for folder, _, _ in sorted(os.walk(source), reverse=True):
        file_operations.remove_folder(Path(folder))
    yield total, total


def new_location(folder: Path) -> str:
    """Return the folder to which another user moved a shared library, as text for display, or "" if
    it was not moved.
    """
    try:
        with file_operations.open_file(folder / NOTE) as file:
            return escape_unsafe(os.fsdecode(file.read(_MAX_NOTE)))
    except (OSError, StorageError):
        return ""


def _is_owned_by_another_user(path: Path) -> bool:
    """Return True if a file in the library is owned by another user of this computer.

    The result is always False on Windows, which has no numeric owner ids.
    """
    try:
        return hasattr(os, "geteuid") and path.stat().st_uid != os.geteuid()
    except OSError:
        return False


def _check(source: Path, target: Path) -> None:
    if not source.is_dir():
        raise file_operations.storage_error(source, FileNotFoundError(2, ""))
    new = os.path.realpath(target)
    old = os.path.realpath(source)
    if new == old:
        raise StorageError(f"The pictures are in {source} already; choose another folder.")
    for one, other in ((new, old), (old, new)):
        if os.path.commonpath([one, other]) == other:
            raise StorageError(f"{target} and {source} contain one another; choose a separate folder.")
    file_operations.make_folder(target)
    file_operations.check_writable(target)
    needed = sum(
        path.stat().st_size for path in _list_files(source) if not (target / path.relative_to(source)).exists()
    )
    free = shutil.disk_usage(target).free
    if needed > free:
        short = (needed - free) / 1e9
        raise StorageError(f"The disk of {target} has {short:.1f} GB too little room; free some or choose another.")


def _list_files(folder: Path) -> list[Path]:
    """Return all regular files in a library folder in sorted order, including those in hidden folders but not temporary
    files.
    """
    found = (Path(place, name) for place, _, names in os.walk(folder) for name in names)
    return sorted(path for path in found if not path.name.endswith(file_operations.PART) and path.is_file())


def _copy(source: Path, target: Path) -> None:
    """Copy a file of the library to its new folder atomically."""
    try:
        with open(source, "rb") as original, file_operations.open_replacement(target) as copy:
            shutil.copyfileobj(original, copy, _CHUNK)
    except OSError as error:
        raise file_operations.storage_error(source, error) from error


def _copy_time(source: Path, target: Path) -> None:
    """Give a copied library file the modification time of its original, so that the gallery index does not see a
    changed file.
    """
    try:
        status = source.stat()
        if target.stat().st_mtime_ns != status.st_mtime_ns:
            os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
    except OSError as error:
        raise file_operations.storage_error(target, error) from error


def _is_unchanged(path: Path, stamp: Stamp) -> bool:
    """Return True if a library file has not changed since it was copied, so that the original can be deleted."""
    try:
        return stamp_of(path.stat()) == stamp
    except OSError:
        return False


def _is_same(one: Path, other: Path) -> bool:
    """Return True if a library file and its copy have equal bytes."""
    try:
        return other.is_file() and filecmp.cmp(one, other, shallow=False)
    except OSError as error:
        raise file_operations.storage_error(one, error) from error
