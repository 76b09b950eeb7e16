"""What lies in a folder of pictures: the library's own, or an imported one."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gdm_studio.errors import StorageError
from gdm_studio.gallery import files
from gdm_studio.gallery.picture import Picture, load

SLICE = 0.01  # seconds that a piece of work may take: others wait for it
_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".avif")
_LOOKS = 64  # entries between two looks at the clock
Stamp = tuple[int, int]  # (mtime in ns, bytes): where it is the same, so is the file


@dataclass(frozen=True)
class File:
    """A file that was looked at; `picture` is None where it holds no settings."""

    path: str  # relative to the pictures folder, with "/"; absolute in an imported folder
    stamp: Stamp
    picture: Picture | None
    source: str = ""  # "" for the pictures folder


@dataclass
class Walk:
    """A folder gone through piece by piece, without its hidden files and what `skipped` names.

    Temporary files of the library that nobody writes any more are removed on the way.
    """

    root: Path
    source: str = ""  # as File has it
    skipped: Sequence[Path] = ()  # folders inside that are roots of their own
    seen: set[str] = field(default_factory=set, init=False)  # paths, as File has them
    folders: dict[Path, int] = field(default_factory=dict, init=False)  # {each that was read: its mtime in ns}
    unread: list[str] = field(default_factory=list, init=False)  # beginnings of paths in folders that could not be read

    def __post_init__(self) -> None:
        self._inside = len(os.path.join(self.root, ""))

    def pieces(self) -> Iterator[list[tuple[str, Stamp]]]:
        """(path, stamp) of every picture file, as many at a time as `SLICE` allows."""
        piece: list[tuple[str, Stamp]] = []
        waiting, until = [self.root], time.perf_counter() + SLICE
        while waiting:
            folder = waiting.pop()
            for number, entry in enumerate(self._entries(folder)):
                self._look(entry, waiting, piece)
                if number % _LOOKS == 0 and time.perf_counter() > until:
                    yield piece
                    piece, until = [], time.perf_counter() + SLICE
        yield piece

    def covers(self, path: str) -> bool:
        """Whether `path` would have been seen if it were there."""
        return not path.startswith(tuple(self.unread)) if self.unread else True

    def _entries(self, folder: Path) -> Iterator[os.DirEntry[str]]:
        try:
            self.folders[folder] = folder.stat().st_mtime_ns  # before its files: what comes meanwhile makes it newer
            with os.scandir(folder) as entries:
                yield from entries
        except FileNotFoundError:
            pass
        except OSError:
            self.unread.append("" if folder == self.root else self._name(str(folder)) + "/")

    def _look(self, entry: os.DirEntry[str], waiting: list[Path], piece: list[tuple[str, Stamp]]) -> None:
        with contextlib.suppress(OSError):  # a link to nowhere, or a file that has just gone
            if entry.name.startswith("."):
                if entry.name.endswith(files.PART) and not self.source:
                    files.remove_abandoned(Path(entry.path))
            elif entry.is_dir(follow_symlinks=False):
                if (folder := Path(entry.path)) not in self.skipped:
                    waiting.append(folder)
            elif entry.name.lower().endswith(_SUFFIXES) and entry.is_file() and _is_text(entry.path):
                path = self._name(entry.path)
                self.seen.add(path)
                piece.append((path, stamp_of(entry.stat())))

    def _name(self, path: str) -> str:
        """As File has it; `path` lies in the root."""
        return path if self.source else path[self._inside :].replace(os.sep, "/")


def stamp_of(status: os.stat_result) -> Stamp:
    """As SQLite takes it: some disks hold times beyond 64 bits of nanoseconds, the year 2262."""
    return min(status.st_mtime_ns, 2**63 - 1), status.st_size


def looked_at(root: Path, path: str, stamp: Stamp, *, source: str = "") -> File:
    """The file, read. One that is no picture, or has gone by now, counts as one without settings."""
    try:
        return File(path, stamp, load(root / path), source)
    except StorageError:
        return File(path, stamp, None, source)


def _is_text(name: str) -> bool:
    """A name with bytes of another encoding cannot be stored."""
    with contextlib.suppress(UnicodeEncodeError):
        return bool(name.encode())
    return False
