"""Scanner that updates the gallery index after other programs have added, changed or deleted image files."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from gdm_studio import preferences
from gdm_studio.common import paths
from gdm_studio.common.errors import StorageError
from gdm_studio.gallery.database_connection import Connection
from gdm_studio.gallery.folder_scan import SLICE, File, FolderWalk, Stamp, read_file, stamp_of
from gdm_studio.gallery.id_conflicts import resolve
from gdm_studio.gallery.imported_folders import source_folders
from gdm_studio.gallery.index import Index
from gdm_studio.gallery.library_location import Location
from gdm_studio.gallery.saved_image import Picture
from gdm_studio.gallery.storage import file_operations, library_move

# Runs an action on the index and returns its result; see `Connection.run`.
Run = Callable[[Callable[[Index], Any]], Any]
# The device number of a folder that does not exist.
_NO_DEVICE = 0
# Rows compared in one step.
_BATCH = 5_000


@dataclass(frozen=True)
class ScannedFolder:
    """A folder to scan for images, which is the library or an imported folder.

    `source` is the path of an imported folder, or "" for the library.
    """

    folder: Path
    source: str = ""


class Scan:
    """A scan of the library and all imported folders, which brings the gallery index up to date with the files."""

    def __init__(self, run: Run, library: Path, *, again: bool = False) -> None:
        self._run = run
        self._library = library
        # True if files that have not changed are read as well.
        self._reads_unchanged_files = again
        # {folder that was read: its mtime in ns}, for `is_outdated`.
        self.folders: dict[Path, int] = {}

    def steps(self) -> Iterator[tuple[int, int]]:
        """Scan the gallery's folders for changed files in short steps, yielding (changes processed, changes found).
        Deleted files are handled last. Images on a disconnected disk stay in the index; if it is the library's disk,
        StorageError is raised at the end.
        """
        _check_not_moved(self._library)
        self._run(Index.begin_filling)
        roots = [
            ScannedFolder(self._library),
            *(ScannedFolder(folder, str(folder)) for folder in self._run(_list_folders)),
        ]
        walks: list[tuple[ScannedFolder, FolderWalk]] = []
        changed: list[tuple[ScannedFolder, str, Stamp]] = []
        missing: Path | None = None
        for root in roots:
            if not self.is_there(root):
                missing = missing or (None if root.source else root.folder)
                # Makes the folder outdated as soon as the disk is back.
                self.folders[root.folder] = _read_mtime(root.folder)
                continue
            inside = [other.folder for other in roots if other is not root]
            walk = FolderWalk(root.folder, root.source, inside)
            for piece in walk.pieces():
                changed += [(root, *file) for file in self._select_changed(piece)]
                yield 0, len(changed)
            walks.append((root, walk))
            self.folders |= walk.folders
        changed.sort(key=lambda file: file[2], reverse=True)
        for processed, total in self._read(changed):
            # The last change counts as processed only after copies and edited files have been resolved.
            yield min(processed, total - 1), total
        for _ in resolve_copies(self._run, self._library):
            yield max(len(changed) - 1, 0), len(changed)
        yield len(changed), len(changed)
        gone = 0
        for root, walk in walks:
            if not self.is_there(root):
                # The disk was disconnected during the scan.
                missing = missing or (None if root.source else root.folder)
                for folder in walk.folders:
                    self.folders.pop(folder, None)
                self.folders[root.folder] = _read_mtime(root.folder)
                continue
            for forgotten in self._remove_deleted(walk):
                gone += forgotten
                yield len(changed) + gone, len(changed) + gone
            self._finish(walk)
        yield len(changed) + gone, len(changed) + gone
        if missing is not None:
            raise _build_missing_error(missing)

    def is_there(self, root: ScannedFolder) -> bool:
        """Return True if the library or imported folder exists and its disk is connected.

        (The mount point of a disconnected disk may remain as an empty folder.)
        """
        try:
            device = _read_device(root.folder)
            with os.scandir(root.folder) as entries:
                if any(entries):
                    return True
        except OSError:
            return not root.source and not self._run(Index.has_pictures)
        # Without a readable index, an empty folder counts as present.
        with contextlib.suppress(StorageError):
            known = self._run(lambda index: index.device(root.source))
            return known in (None, _NO_DEVICE, device) or not self._run(Index.has_pictures)
        return True

    def _finish(self, folder_walk: FolderWalk) -> None:
        # On first use there is no library folder yet.
        device = _read_device_or_none(folder_walk.root) or _NO_DEVICE
        self._run(partial(Index.mark_filled, source=folder_walk.source, device=device))

    def _select_changed(self, piece: list[tuple[str, Stamp]]) -> list[tuple[str, Stamp]]:
        if self._reads_unchanged_files:
            return piece
        known = self._run(lambda index: index.stamps([path for path, _ in piece]))
        return [(path, stamp) for path, stamp in piece if known.get(path) != stamp]

    def _read(self, changed: list[tuple[ScannedFolder, str, Stamp]]) -> Iterator[tuple[int, int]]:
        read: list[File] = []
        until = time.perf_counter() + SLICE
        for number, (root, path, stamp) in enumerate(changed, 1):
            read.append(read_file(self._library, path, stamp, source=root.source))
            if number == len(changed) or time.perf_counter() > until:
                self._run(partial(Index.add, files=read))
                yield number, len(changed)
                read = []
                until = time.perf_counter() + SLICE

    def _remove_deleted(self, folder_walk: FolderWalk) -> Iterator[int]:
        """Remove deleted image files from the gallery index, yielding the number removed in each batch.

        Files in unreadable folders are not removed.
        """
        after = ""
        while paths := self._run(partial(Index.indexed_paths, source=folder_walk.source, after=after, limit=_BATCH)):
            gone = [
                path
                for path in paths
                if path not in folder_walk.seen
                and folder_walk.covers(path)
                and not os.path.lexists(self._library / path)
            ]
            self._run(partial(Index.forget, paths=gone))
            yield len(gone)
            after = paths[-1]


class IndexUpdater:
    """Updater of the gallery index, for changes to files in the library or the imported folders."""

    def __init__(self, connection: Connection, location: Location) -> None:
        self._connection = connection
        self._location = location
        # `Connection.rebuilds` at the last scan: an index deleted since then is empty.
        self._scanned_rebuilds = 0

    def scan(self, *, again: bool = False) -> Iterator[tuple[int, int]]:
        """Scan the library and all imported folders for changed image files, yielding (changes processed, changes
        found). With `again`, unchanged files are reread too. If the index proves to be damaged and is deleted, the scan
        starts over.
        """
        rebuilds = -1
        while rebuilds != self._connection.rebuilds:
            rebuilds = self._connection.rebuilds
            scan = Scan(self._connection.run, self._location.folder, again=again)
            self._location.folder_times = scan.folders
            self._scanned_rebuilds = rebuilds
            yield from scan.steps()

    def is_outdated(self) -> bool:
        """Return True if image files were added or removed since the last scan. The check takes a few µs per folder."""
        times = self._location.folder_times
        return self._scanned_rebuilds != self._connection.rebuilds or is_outdated(times)

    def check_library(self) -> None:
        """Raise StorageError if the disk of the library folder is not connected."""
        check_library(self._location.folder, self._connection.run)

    def create_library(self) -> None:
        """Create the library folder if it is missing.

        Raises StorageError if the disk of the library is not connected.
        """
        self._location.drive.check()
        create_library(self._location.folder, self._connection.run)

    def add(self, path: Path, picture: Picture, *, fill: bool = False) -> Picture:
        """Add an image file of the library to the index and return the image as stored. Raises StorageError."""
        inside = path.relative_to(self._location.folder).as_posix()
        try:
            file = File(inside, stamp_of(path.stat()), picture)
            self._connection.run(lambda index: index.add([file]), fill=fill)
            times = self._location.folder_times
            if path.parent in times:
                times[path.parent] = path.parent.stat().st_mtime_ns
        except OSError as error:
            raise file_operations.storage_error(path, error) from error
        self.compare_copies()
        return self._connection.run(lambda index: index.get(index.picture_at(inside))) or picture

    def read_again(self, paths: Iterable[tuple[str, str]], *, fill: bool = False) -> None:
        """Reread image files into the index. `paths` are pairs of an imported folder ("" for the library) and a path.
        Unreadable files are left to the next scan.
        """
        found = []
        for source, path in paths:
            with contextlib.suppress(OSError):
                stamp = stamp_of((self._location.folder / path).stat())
                found.append(read_file(self._location.folder, path, stamp, source=source))
        self._connection.run(partial(Index.add, files=found), fill=fill)

    def compare_copies(self) -> None:
        """Compare all image files that contain the same id. Decide which are copies and which were edited by another
        program.
        """
        for _ in resolve_copies(self._connection.run, self._location.folder):
            pass

    def library_files(self, ids: Sequence[str]) -> list[str]:
        """Return the paths, relative to the library, of all files in it that contain the given images.

        Files that changed since they were indexed are reread first.
        """

        def own(index: Index) -> list[str]:
            return [path for source, path in index.files_of(ids) if not source]

        found = self._connection.run(own, fill=True)
        known = self._connection.run(lambda index: index.stamps(found), fill=True)
        changed = [
            ("", path) for path in found if _read_stamp(self._location.folder / path) not in (None, known.get(path))
        ]
        if changed:
            self.read_again(changed, fill=True)
            self.compare_copies()
            found = self._connection.run(own, fill=True)
        return found


def resolve_copies(run: Run, library: Path) -> Iterator[None]:
    """Compare the image files that share an id, and record which of them are copies and which are separate images.

    Only such files are decoded, at most one per step.
    """
    for claimed in run(Index.unresolved_ids):
        conflict = run(partial(Index.conflict, claimed=claimed))
        resolution = yield from resolve(conflict, library)
        changed = []
        for each in conflict.claimants:
            if resolution.images.get(each.path, each.image) != each.image:
                changed.append(read_file(library, each.path, each.stamp, source=each.source))
                yield
        run(partial(Index.decide, conflict=conflict, resolution=resolution, files=changed))
        yield


def create_library(folder: Path, run: Run) -> None:
    """Create the library folder if it is missing. Raises StorageError if its disk is not connected.

    The disk counts as disconnected if the index contains images but the parent folder is now on a different disk. The
    disk of a new library is recorded immediately, since it may be disconnected before the first scan.
    """
    is_new = not folder.is_dir()
    if is_new and not run(Index.has_pictures):
        file_operations.make_folder(folder)
        # An index that cannot be written does not stop the user from saving images.
        with contextlib.suppress(StorageError):
            run(partial(Index.mark_filled, source="", device=_read_device_or_none(folder) or _NO_DEVICE))
    elif is_new and run(lambda index: index.device("")) in (None, _read_device_or_none(folder.parent)):
        file_operations.make_folder(folder, parents=False)
    elif is_new:
        raise _build_missing_error(folder)
    else:
        check_library(folder, run)


def check_library(folder: Path, run: Run) -> None:
    """Raise StorageError if the disk of the library folder is not connected, or if another user moved the library."""
    _check_not_moved(folder)
    if not Scan(run, folder).is_there(ScannedFolder(folder)):
        raise _build_missing_error(folder)


def _check_not_moved(folder: Path) -> None:
    """Raise StorageError if another user of this computer has moved the library to another folder."""
    if place := library_move.new_location(folder):
        settings = paths.display_path(preferences.path())
        raise StorageError(
            f'Another user moved the pictures of {folder} to {place}; write that folder as "library" into {settings}.'
        )


def note_device(index: Index, folder: Path) -> None:
    """Record in the index which disk contains the library, so that a later scan can detect that the disk is not
    connected.
    """
    if index.device("") is not None:
        index.mark_filled("", _read_device_or_none(folder) or _NO_DEVICE)


def is_outdated(folders: dict[Path, int]) -> bool:
    """Return True if any folder's modification time differs from the recorded one, which means that files were added or
    removed. This takes a few µs per folder.
    """
    return any(_read_mtime(folder) != mtime for folder, mtime in folders.items())


def _build_missing_error(folder: Path) -> StorageError:
    return file_operations.storage_error(folder, FileNotFoundError(errno.ENOENT, ""))


def _read_device(folder: Path) -> int:
    return folder.stat().st_dev % 2**63


def _read_device_or_none(folder: Path) -> int | None:
    try:
        return _read_device(folder)
    except OSError:
        return None


def _read_mtime(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


def _list_folders(index: Index) -> list[Path]:
    return source_folders(index.connection)


def _read_stamp(path: Path) -> Stamp | None:
    try:
        return stamp_of(path.stat())
    except OSError:
        return None
