"""Bringing the index up to date with files that came, changed or went behind its back."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from gdm_studio.errors import StorageError
from gdm_studio.gallery import files, sources
from gdm_studio.gallery.folder import SLICE, Stamp, Walk, looked_at
from gdm_studio.gallery.index import Index

Ask = Callable[[Callable[[Index], Any]], Any]  # a question to the index, answered
_NONE = 0  # for a device: that of no folder
_AT_ONCE = 5_000  # rows compared between two looks at the clock


@dataclass(frozen=True)
class Root:
    """A folder whose pictures are shown: `source` is "" for the library's own."""

    folder: Path
    source: str = ""


class Scan:
    """One look through all folders; `folders` has those it read with their times, for `is_outdated`."""

    def __init__(self, ask: Ask, library: Path, *, again: bool = False) -> None:
        self._ask, self._library = ask, library
        self._again = again  # whether files are read that are known and have not changed
        self.folders: dict[Path, int] = {}

    def steps(self) -> Iterator[tuple[int, int]]:
        """(differences dealt with, differences found), each step short enough for other calls to wait for it.

        Files that are new or changed are read first, the newest before the others; only then are those forgotten
        that are gone, so that what was moved is never missing. A folder that is not there, or that its disk has left
        empty, is not a folder whose pictures are gone. Raises StorageError at the end where that is the library.
        """
        self._ask(Index.begin_filling)
        roots = [Root(self._library), *(Root(folder, str(folder)) for folder in self._ask(_folders))]
        walks, changed, missing = [], [], None
        for root in roots:
            if not self.is_there(root):
                missing = missing or (None if root.source else root.folder)
                self.folders[root.folder] = _mtime(root.folder)  # it is outdated once the disk is back
                continue
            inside = [other.folder for other in roots if other is not root]
            walk = Walk(root.folder, root.source, inside)
            for piece in walk.pieces():
                changed += [(root, *file) for file in self._changed(piece)]
                yield 0, len(changed)
            walks.append(walk)
            self.folders |= walk.folders
        changed.sort(key=lambda file: file[2], reverse=True)
        yield from self._read(changed)
        gone = 0
        for walk in walks:
            for forgotten in self._forgotten(walk):
                gone += forgotten
                yield len(changed) + gone, len(changed) + gone
            self._finish(walk)
        yield len(changed) + gone, len(changed) + gone
        if missing is not None:
            raise _not_there(missing)

    def is_there(self, root: Root) -> bool:
        """Whether the folder is the one whose files are known: a mount point without its disk is an empty folder."""
        try:
            device = _device(root.folder)
            with os.scandir(root.folder) as entries:
                if any(entries):
                    return True
        except OSError:
            return not root.source and not self._ask(Index.has_pictures)
        with contextlib.suppress(StorageError):  # without an index nothing is known of it
            known = self._ask(lambda index: index.device(root.source))
            return known in (None, _NONE, device) or not self._ask(Index.has_pictures)
        return True

    def _finish(self, walk: Walk) -> None:
        device = _device_or_none(walk.root) or _NONE  # on first use there is no folder yet
        self._ask(partial(Index.mark_filled, source=walk.source, device=device))

    def _changed(self, piece: list[tuple[str, Stamp]]) -> list[tuple[str, Stamp]]:
        if self._again:
            return piece
        known = self._ask(lambda index: index.stamps([path for path, _ in piece]))
        return [(path, stamp) for path, stamp in piece if known.get(path) != stamp]

    def _read(self, changed: list[tuple[Root, str, Stamp]]) -> Iterator[tuple[int, int]]:
        read, until = [], time.perf_counter() + SLICE
        for number, (root, path, stamp) in enumerate(changed, 1):
            read.append(looked_at(self._library, path, stamp, source=root.source))
            if number == len(changed) or time.perf_counter() > until:
                self._ask(partial(Index.add, files=read))
                yield number, len(changed)
                read, until = [], time.perf_counter() + SLICE

    def _forgotten(self, walk: Walk) -> Iterator[int]:
        """Numbers of files forgotten, piece by piece: those that are gone for sure."""
        after = ""
        while known := self._ask(partial(Index.known, source=walk.source, after=after, limit=_AT_ONCE)):
            gone = [
                path
                for path in known
                if path not in walk.seen and walk.covers(path) and not os.path.lexists(self._library / path)
            ]
            self._ask(partial(Index.forget, paths=gone))
            yield len(gone)
            after = known[-1]


def make_library(folder: Path, ask: Ask) -> None:
    """The library's folder exists afterwards; raises StorageError where its disk has gone, which it must not hide.

    Then its parent has gone with it, or is a mount point, of another disk than the one that is known. A folder that is
    made here is known from now on: its disk may go before anybody looks through it.
    """
    is_new = not folder.is_dir()
    if is_new and not ask(Index.has_pictures):
        files.make_folder(folder)
        with contextlib.suppress(StorageError):  # no picture is lost for an index that takes nothing
            ask(partial(Index.mark_filled, source="", device=_device_or_none(folder) or _NONE))
    elif is_new and ask(lambda index: index.device("")) in (None, _device_or_none(folder.parent)):
        files.make_folder(folder, parents=False)
    elif is_new:
        raise _not_there(folder)
    else:
        check_library(folder, ask)


def check_library(folder: Path, ask: Ask) -> None:
    """Raises StorageError where the library's disk has gone: nothing is in its place, to be moved or written beside."""
    if not Scan(ask, folder).is_there(Root(folder)):
        raise _not_there(folder)


def is_outdated(folders: dict[Path, int]) -> bool:
    """Whether something came or went in one of these folders since their times were taken; a few µs for each."""
    return any(_mtime(folder) != mtime for folder, mtime in folders.items())


def _not_there(folder: Path) -> StorageError:
    return files.problem(folder, FileNotFoundError(errno.ENOENT, ""))


def _device(folder: Path) -> int:
    return folder.stat().st_dev % 2**63


def _device_or_none(folder: Path) -> int | None:
    try:
        return _device(folder)
    except OSError:
        return None


def _mtime(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


def _folders(index: Index) -> list[Path]:
    return sources.folders(index.connection)
