"""Scan of one folder (the library or an imported folder) for image files."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gdm_studio.common.errors import StorageError
from gdm_studio.common.image_file import COUNTED_SUFFIXES, SUFFIXES, is_picture_name
from gdm_studio.common.text_safety import is_encodable
from gdm_studio.gallery.metadata.containers import is_truncated
from gdm_studio.gallery.saved_image import Picture, load
from gdm_studio.gallery.storage import file_operations

# Seconds that one step of a long task may take while other calls wait.
SLICE = 0.01
# Directory entries between two time checks.
_CLOCK_INTERVAL = 64
# (mtime in ns, size in bytes): a file with the same stamp has not changed.
Stamp = tuple[int, int]


def count_vector_files(folder: Path) -> int:
    """Count the SVG and icon files in a folder and its subfolders, which a scan leaves out, except hidden ones."""
    count = 0
    for _, inside, names in os.walk(folder):
        inside[:] = [name for name in inside if not name.startswith(".")]
        count += sum(name.lower().endswith(COUNTED_SUFFIXES) and not name.startswith(".") for name in names)
    return count


@dataclass(frozen=True)
class File:
    """Image file that was read for the gallery index. `picture` is None if the file could not be read.

    `path` is relative to the library and uses "/", or is absolute in an imported folder. `source` is the imported
    folder, or "" for the library.
    """

    path: str
    stamp: Stamp
    picture: Picture | None
    source: str = ""


@dataclass
class FolderWalk:
    """Recursive search for image files in the folder `root`. Hidden files and the folders `skipped` are left out.

    In the library, abandoned temporary files are deleted. `source` and the paths in `seen` are given as in `File`.
    """

    root: Path
    source: str = ""
    # Folders inside `root` that are searched separately.
    skipped: Sequence[Path] = ()
    seen: set[str] = field(default_factory=set, init=False)
    # {folder that was read: its mtime in ns}
    folders: dict[Path, int] = field(default_factory=dict, init=False)
    # Prefixes of the paths in folders that could not be read.
    unread: list[str] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self._prefix_length = len(os.path.join(self.root, ""))

    def pieces(self) -> Iterator[list[tuple[str, Stamp]]]:
        """Search the folder for image files, and about every `SLICE` seconds yield a list of (path, (modification time,
        size)).
        """
        piece: list[tuple[str, Stamp]] = []
        waiting = [self.root]
        until = time.perf_counter() + SLICE
        while waiting:
            folder = waiting.pop()
            for number, entry in enumerate(self._list_entries(folder)):
                self._inspect_entry(entry, waiting, piece)
                if number % _CLOCK_INTERVAL == 0 and time.perf_counter() > until:
                    yield piece
                    piece = []
                    until = time.perf_counter() + SLICE
        yield piece

    def covers(self, path: str) -> bool:
        """Return True if the search could read the folder that contains the file `path`. If it could not, the file may
        exist although it was not found.
        """
        return not path.startswith(tuple(self.unread)) if self.unread else True

    def _list_entries(self, folder: Path) -> Iterator[os.DirEntry[str]]:
        try:
            # Taken before the folder is read, so that files added meanwhile make it outdated.
            self.folders[folder] = folder.stat().st_mtime_ns
            with os.scandir(folder) as entries:
                yield from entries
        except FileNotFoundError:
            pass
        except OSError:
            self.unread.append("" if folder == self.root else self._to_index_path(str(folder)) + "/")

    def _inspect_entry(self, entry: os.DirEntry[str], waiting: list[Path], piece: list[tuple[str, Stamp]]) -> None:
        # Suppressed for broken links and for files that have just been deleted.
        with contextlib.suppress(OSError):
            if entry.name.startswith("."):
                if entry.name.endswith(file_operations.PART) and not self.source:
                    file_operations.remove_abandoned(Path(entry.path))
            elif entry.is_dir(follow_symlinks=False):
                if (folder := Path(entry.path)) not in self.skipped:
                    waiting.append(folder)
            # The index cannot store a name with lone surrogates.
            elif self._is_listed(entry.name) and entry.is_file() and is_encodable(entry.path):
                path = self._to_index_path(entry.path)
                self.seen.add(path)
                piece.append((path, stamp_of(entry.stat())))

    def _is_listed(self, name: str) -> bool:
        """Return True for the names of images. Formats that are not read count as damaged in imported folders, so that
        the user learns of them.
        """
        return is_picture_name(name) if self.source else name.lower().endswith(SUFFIXES)

    def _to_index_path(self, path: str) -> str:
        """Convert an absolute path to the form used in the gallery index: relative for files in the library, absolute
        in imported folders.
        """
        return path if self.source else path[self._prefix_length :].replace(os.sep, "/")


def stamp_of(status: os.stat_result) -> Stamp:
    """Return the (modification time in ns, size in bytes) of a file, to detect changes.

    Times after the year 2262 are clipped to the 64 bits that SQLite stores.
    """
    return min(status.st_mtime_ns, 2**63 - 1), status.st_size


def read_file(root: Path, path: str, stamp: Stamp, *, source: str = "") -> File:
    """Read an image file and its generation settings. If the file is missing or not an image, the result has no
    `picture`.

    An incomplete file in an imported folder has no `picture` either: its pixels differ from the original's, so it would
    be shown as an edited version. In the library, its settings can still be used.
    """
    try:
        picture = load(root / path)
        if source and is_truncated(root / path):
            return File(path, stamp, None, source)
        return File(path, stamp, picture, source)
    except StorageError:
        return File(path, stamp, None, source)
