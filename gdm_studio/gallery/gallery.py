"""The gallery: pictures kept as files, an index over them, favourites beside them. The room's one door."""

from __future__ import annotations

import errno
import hashlib
import itertools
import os
import shutil
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from gdm_studio import paths
from gdm_studio.errors import StorageError
from gdm_studio.gallery import collections, database, files
from gdm_studio.gallery.collections import Collection, Removed
from gdm_studio.gallery.folder import File, Stamp, looked_at, picture_files, stamp_of
from gdm_studio.gallery.index import Index
from gdm_studio.gallery.picture import Picture, load, save
from gdm_studio.gallery.thumbnails import Thumbnails
from gdm_studio.run import Result

Progress = Callable[[int, int], None]  # (files looked at, files to look at)
T = TypeVar("T")

_BATCH = 200  # files to a transaction: others get their turn to write in between
_HELD = 30 * 86_400  # seconds that deleted pictures wait


@dataclass(frozen=True)
class Undo:
    """Pictures deleted together; they wait in `folder`, each file under its path in the pictures folder."""

    folder: Path
    count: int


class Gallery:
    """All calls come from one thread, which also opens the index on the first of them.

    The files are the truth. The index is made from them, by itself, where it is missing, damaged or of
    another version; favourites have a database of their own. Methods raise StorageError.
    """

    def __init__(self, pictures: Path, data: Path, cache: Path) -> None:
        self.pictures = pictures
        self._held = data / "deleted"
        self.favourites_path = data / "favourites.sqlite"
        # Each pictures folder has an index of its own, so that two of them do not undo each other.
        digest = hashlib.sha256(os.fsencode(os.path.abspath(pictures))).hexdigest()[:12]
        self.index_path = cache / f"gallery-{digest}.sqlite"
        self._thumbnails = Thumbnails(cache / "thumbnails")
        self._index: Index | None = None

    @classmethod
    def open(cls) -> Gallery:
        """The gallery in this machine's usual folders."""
        return cls(paths.pictures_dir(), paths.data_dir(), paths.cache_dir())

    def keep(self, result: Result, *, note: Mapping[str, str] | None = None) -> Picture:
        """The result as a new PNG in the pictures folder; `note` says more of what it was made with ("device", …)."""
        self._make_folder()
        picture = save(result, self.pictures, note=note)
        try:
            return self._ask(partial(self._added, picture=picture), fill=False)
        except StorageError:
            return picture  # it is safe in its file, and the next `sync` finds it

    def check_writable(self) -> None:
        """Raises StorageError where `keep` could not write; makes the pictures folder on first use."""
        self._make_folder()
        files.check_writable(self.pictures)

    def page(
        self, query: str = "", *, after: Picture | None = None, limit: int = 200, fill: bool = True
    ) -> list[Picture]:
        """The newest pictures that match `query` (its language: `query.py`), or those that follow `after`.

        An index that has not yet seen the files is filled first, which can take minutes. With `fill` False the
        answer is what it holds already, for a caller who drives `syncing` and asks again as it goes on; once
        that has begun, no call fills.
        """
        return self._ask(lambda index: index.page(query, after=after, limit=limit), fill=fill)

    def count(self, query: str = "", *, fill: bool = True) -> int:
        """How many pictures match; `fill` as in `page`."""
        return self._ask(lambda index: index.count(query), fill=fill)

    def get(self, picture_id: str) -> Picture | None:
        """The picture with this id; None where there is none any more."""
        return self._ask(lambda index: index.get(picture_id))

    def favourite(self, picture_id: str, on: bool) -> None:
        """Marks or unmarks a picture; the mark outlives the index and any renaming or copying of the file."""
        self._ask(lambda index: index.favourite(picture_id, on), fill=False)

    def collections(self) -> list[Collection]:
        """All collections, newest first, with the numbers of their pictures that are there."""
        return self._ask(lambda index: collections.all_of(index.connection), fill=False)

    def new_collection(self, name: str, ids: Iterable[str]) -> str:
        """A collection of these pictures; its name, numbered where there is such a one already."""
        pictures = list(ids)
        return self._ask(lambda index: collections.create(index.connection, name, pictures), fill=False)

    def collect(self, name: str, ids: Iterable[str]) -> None:
        """Puts pictures into a collection that is there."""
        pictures = list(ids)
        self._ask(lambda index: collections.add(index.connection, name, pictures), fill=False)

    def rename_collection(self, name: str, wanted: str) -> str:
        """Its new name as it was stored; raises StorageError where another collection has it."""
        return self._ask(lambda index: collections.rename(index.connection, name, wanted), fill=False)

    def remove_collection(self, name: str) -> Removed | None:
        """Takes a collection apart, its pictures untouched; None where there is none of that name."""
        return self._ask(lambda index: collections.remove(index.connection, name), fill=False)

    def restore_collection(self, removed: Removed) -> None:
        """Puts a collection together again."""
        self._ask(lambda index: collections.restore(index.connection, removed), fill=False)

    def delete(self, ids: Iterable[str]) -> Undo:
        """Takes these pictures, copies included, out of the gallery; for a month they can be restored."""
        wanted = list(ids)
        found = self._ask(lambda index: index.files_of(wanted))
        undo = Undo(self._held / f"{int(time.time())}-{uuid.uuid4().hex[:8]}", len(wanted))
        try:
            for path in found:
                if (self.pictures / path).exists() or not self.pictures.is_dir():
                    files.move(self.pictures / path, undo.folder / path)
        except StorageError:
            self.restore(undo)
            raise
        self._ask(lambda index: index.forget(found))
        return undo

    def restore(self, undo: Undo) -> None:
        """Puts deleted pictures back where they were, beside whatever has taken their name since."""
        for held in sorted(path for path in undo.folder.rglob("*") if path.is_file()):
            wanted = self.pictures / held.relative_to(undo.folder)
            target = files.free_name(wanted.parent, _numbered(wanted))
            files.move(held, target)
            if picture := load(target):
                self._ask(partial(self._added, picture=picture))
        shutil.rmtree(undo.folder, ignore_errors=True)

    def rebuild(self, progress: Progress | None = None) -> int:
        """Makes the index anew from the files, favourites untouched; the number of pictures found."""
        self._ask(Index.clear, fill=False)
        self.sync(progress)
        return self.count()

    def sync(self, progress: Progress | None = None) -> int:
        """Brings the index up to date with files added, changed or removed behind its back; their number.

        Looks at every file's time and size and reads only those that differ.
        """
        total = 0
        for looked, total in self.syncing():
            if progress:
                progress(looked, total)
        return total

    def syncing(self) -> Iterator[tuple[int, int]]:
        """`sync` in steps of (differences seen to, differences found): other calls can come in between.

        The newest files come first; what was done before an interruption need not be done again.
        """
        self._discard_held()
        gone, changed = self._ask(self._differences, fill=False)
        total = len(gone) + len(changed)
        self._ask(lambda index: index.forget(gone), fill=False)
        for start in range(0, len(changed), _BATCH):
            batch = [looked_at(self.pictures, *file) for file in changed[start : start + _BATCH]]
            self._ask(partial(Index.add, files=batch), fill=False)
            yield len(gone) + start + len(batch), total
        self._ask(Index.mark_filled, fill=False)
        yield total, total

    def thumbnail(self, picture: Picture, side: int) -> Path:
        """A file with the picture in at most `side` × `side` pixels, made now or earlier."""
        return self._thumbnails.path(picture, side)

    def close(self) -> None:
        """Lets go of the index; the next call opens it again."""
        if self._index:
            self._index.close()
        self._index = None

    def _ask(self, question: Callable[[Index], T], *, fill: bool = True) -> T:
        """The index's answer; where the index turns out to be damaged, that of a new one."""
        try:
            try:
                return question(self._opened(fill))
            except sqlite3.DatabaseError as error:
                if not database.is_damaged(error):
                    raise
                self.close()
                database.remove(self.index_path)
                return question(self._opened(fill))
        except sqlite3.Error as error:
            raise database.problem(self.index_path, error) from error

    def _opened(self, fill: bool) -> Index:
        """The index; with `fill`, one that has seen the files or is being shown them."""
        if self._index is None:
            files.make_folder(self.index_path.parent)
            files.make_folder(self.favourites_path.parent)
            self._index = Index(self.index_path, favourites=self.favourites_path, root=self.pictures)
        if fill and not self._index.filled:
            for _ in self.syncing():
                pass
        return self._index

    def _differences(self, index: Index) -> tuple[list[str], list[tuple[str, Stamp]]]:
        """(files that are gone, files that are new or changed), these the newest first."""
        if not self.pictures.is_dir() and index.has_pictures():
            raise files.problem(self.pictures, FileNotFoundError(errno.ENOENT, ""))
        index.filled = True  # from here on it answers with what it has
        known = index.known()  # before the files: what another process adds in between is then new, not gone
        there = picture_files(self.pictures)
        changed = [(path, stamp) for path, stamp in there.items() if known.get(path) != stamp]
        return list(known.keys() - there.keys()), sorted(changed, key=lambda file: file[1], reverse=True)

    def _added(self, index: Index, picture: Picture) -> Picture:
        """The picture as the index has it."""
        try:
            status = picture.path.stat()
        except OSError as error:
            raise files.problem(picture.path, error) from error
        path = picture.path.relative_to(self.pictures).as_posix()
        index.add([File(path, stamp_of(status), picture)])
        return index.get(picture.id) or picture

    def _make_folder(self) -> None:
        if not self.pictures.is_dir():  # where its disk has gone, so has its parent: do not make up both
            files.make_folder(self.pictures, parents=not self._ask(Index.has_pictures, fill=False))

    def _discard_held(self) -> None:
        for folder in self._held.glob("*"):
            moment = folder.name.partition("-")[0]
            if moment.isdecimal() and time.time() - int(moment) > _HELD:
                shutil.rmtree(folder, ignore_errors=True)


def _numbered(path: Path) -> Iterator[str]:
    yield path.name
    for number in itertools.count(2):
        yield f"{path.stem} ({number}){path.suffix}"
