"""The gallery: pictures kept as files, an index over them, what people added beside them. The room's one door."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from gdm_studio import mended, paths, preferences
from gdm_studio.drive import Drive
from gdm_studio.errors import StorageError
from gdm_studio.gallery import collections, copies, database, files, hidden, marks, moving, soundness, sources
from gdm_studio.gallery.collections import Collection, Removed
from gdm_studio.gallery.folder import File, looked_at, stamp_of
from gdm_studio.gallery.guard import Guard
from gdm_studio.gallery.holding import MONTH, HeldFolder, Trash, Undo
from gdm_studio.gallery.index import LAST, Index
from gdm_studio.gallery.marks import SavedSearch, Tag
from gdm_studio.gallery.mending import ANEW, Mender, is_lost, make_anew
from gdm_studio.gallery.picture import Picture, SaveSettings, load, save
from gdm_studio.gallery.query import Styles
from gdm_studio.gallery.scanning import Scan, check_library, is_outdated, make_library
from gdm_studio.gallery.sources import Source
from gdm_studio.gallery.steps_files import StepsFiles
from gdm_studio.gallery.terms import completions
from gdm_studio.gallery.thumbnails import Thumbnails
from gdm_studio.gallery.using import Claims
from gdm_studio.run import Result

if TYPE_CHECKING:
    import numpy as np

Progress = Callable[[int, int], object]  # (files looked at, files to look at)
T = TypeVar("T")
P = ParamSpec("P")


class Gallery:
    """All calls come from one thread, which also opens the index on the first of them.

    The files are the truth. The index is made from them, by itself, where it is missing, damaged or of
    another version; what people added has a database of its own, of which copies are kept: damaged, all is
    brought back that can be. What was mended is in `gdm_studio.mended`. Methods raise StorageError.
    """

    def __init__(self, pictures: Path, data: Path, cache: Path, *, saving: SaveSettings | None = None) -> None:
        self.saving = saving or SaveSettings()  # how new pictures are written; it may be changed at any time
        self.favourites_path = data / "favourites.sqlite"
        self._data, self._cache = data, cache
        self._thumbnails = Thumbnails(cache / "thumbnails.sqlite")
        self._index: Index | None = None
        self._guard = Guard(data / "favourites.lock")
        self._has_added = False  # whether people added something since the last copy of it
        self.styles: Styles = ()  # that are known here
        self._made_anew = self._scanned = 0  # times that the index was found damaged, and when it was last filled
        self._folders: dict[Path, int] = {}
        self._versions: object = None  # of the index and of what people added, as they were looked at last
        self._is_usual = False  # whether its folder is the one that the settings name
        self._use(pictures)

    @classmethod
    def open(cls, pictures: Path | None = None) -> Gallery:
        """The gallery in this machine's usual folders, or of other `pictures`, saving as people set it."""
        saving = SaveSettings.wanted(preferences.load())
        gallery = cls(pictures or preferences.pictures_dir(), paths.data_dir(), paths.cache_dir(), saving=saving)
        gallery._is_usual = pictures is None
        return gallery

    # new pictures

    def keep(self, result: Result, *, note: Mapping[str, str] | None = None, picture_id: str = "") -> Picture:
        """The result as a new file in the pictures folder, its steps beside it.

        `note` says more of what it was made with, as `save` has it. Steps that cannot be written cost no picture. Where
        there is a picture of that `picture_id`, it is that one, kept before a crash.
        """
        self.make_folder()
        if picture_id and (found := self.kept(picture_id)):
            return found
        picture = save(result, self.pictures, note=note, saving=self.saving, picture_id=picture_id)
        self._drive.wrote(picture.path)
        if result.steps:
            with contextlib.suppress(StorageError):
                self.steps.write(picture.id, result.steps)
        try:
            return self._ask(partial(self._added, path=picture.path, picture=picture), fill=False)
        except StorageError:
            return picture  # it is safe in its file, and the next `sync` finds it

    def check_writable(self) -> None:
        """Raises StorageError where `keep` could not write; makes the pictures folder on first use."""
        self.make_folder()
        files.check_writable(self.pictures)

    def make_folder(self) -> None:
        """Makes the pictures folder on first use; raises StorageError where its disk has gone, also since last time."""
        self.hold()
        self._drive.check()
        make_library(self.pictures, partial(self._ask, fill=False))

    def steps_file(self, picture_id: str) -> Path:
        """Where the steps of a picture are, if they were kept."""
        return self.steps.path(picture_id)

    def prune_steps(self, limit: float) -> int:
        """Drops the oldest steps until the rest take `limit` bytes at most; the number of pictures that lost them."""
        return self.steps.prune(limit)

    # finding

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

    def moments(self, query: str = "", *, before: int = LAST, limit: int = 20_000) -> list[int]:
        """When the pictures that match were made, in µs since 1970, newest first: no two share one.

        A view that scrolls freely over all of them keeps these, and asks `at` for those in sight; never fills.
        """
        return self._ask(lambda index: index.moments(query, before=before, limit=limit), fill=False)

    def at(self, moments: Sequence[int]) -> list[Picture]:
        """The pictures made at these `moments` that are still there, newest first."""
        return self._ask(lambda index: index.at(moments), fill=False)

    def ids_at(self, moments: Sequence[int]) -> list[str]:
        """The ids of the pictures made at these `moments` that are still there, newest first."""
        return self._ask(lambda index: index.ids_at(moments), fill=False)

    def models(self, most: int) -> list[tuple[str, int]]:
        """(name, number of pictures) of the models most used by this program."""
        return self._ask(lambda index: index.models(most), fill=False)

    def prompts(self, most: int) -> list[str]:
        """At most so many prompts of pictures, each once, the latest first."""
        return self._ask(lambda index: index.prompts(most), fill=False)

    def get(self, picture_id: str) -> Picture | None:
        """The picture with this id; None where there is none any more."""
        return self._ask(lambda index: index.get(picture_id))

    def kept(self, picture_id: str) -> Picture | None:
        """The picture with this id that the index knows already, if its file is there."""
        found = self._ask(lambda index: index.get(picture_id), fill=False)
        return found if found is not None and found.path.is_file() else None

    def kept_of(self, ids: set[str]) -> set[str]:
        """Those of these ids whose pictures came into a file: the index may not know of it yet, or no more."""
        if any(self.steps.path(each).is_file() and not self.kept(each) for each in ids):  # written after the picture
            with contextlib.suppress(StorageError):
                self.sync()
        found = {each for each in ids if self.kept(each)}
        for path in (path for undo in self._holding.waiting() if found < ids for path in undo.files()):
            with contextlib.suppress(StorageError):
                found |= {picture.id} & ids if (picture := load(path)) else set()
        return found

    def family(self, picture_id: str) -> list[Picture]:
        """The picture, those it branched from and all that branched from them, newest first.

        One is the child of another where its `parent` is the other's `digest`.
        """
        return self._ask(lambda index: index.family(picture_id), fill=False)

    def complete(self, query: str, cursor: int) -> list[str]:
        """What the word before `cursor` in a query could become, the likeliest first; see `terms.completed`."""

        def values(field: str) -> list[str]:
            found, titles = self._ask(partial(Index.values, field=field), fill=False), dict(self.styles)
            return list(dict.fromkeys(titles.get(value, value) for value in found)) if field == "style" else found

        return completions(query, cursor, values)

    # what people add

    def favourite(self, picture_id: str | Iterable[str], on: bool) -> None:
        """Marks or unmarks pictures; the mark outlives the index and any renaming or copying of the file."""
        self._kept(marks.favourite, [picture_id] if isinstance(picture_id, str) else list(picture_id), on)

    def tags(self) -> list[Tag]:
        """All tags, by name, with the numbers of their pictures that are there."""
        return self._kept(marks.tags)

    def tag(self, ids: Iterable[str], name: str, on: bool = True) -> None:
        """Puts a tag on pictures or takes it off."""
        pictures = list(ids)
        self._kept(marks.tag, pictures, name, on)
        self._ask(lambda index: index.refresh_words(pictures), fill=False)

    def note(self, picture_id: str, text: str) -> None:
        """Writes a note on a picture, which is then found by its words; "" takes it away."""
        self._kept(marks.note, picture_id, text)
        self._ask(lambda index: index.refresh_words([picture_id]), fill=False)

    def saved_searches(self) -> list[SavedSearch]:
        """By name."""
        return self._kept(marks.searches)

    def save_search(self, name: str, query: str) -> str:
        """Keeps a query under a name, replacing one of that name; the name as it was stored."""
        return self._kept(marks.save_search, name, query)

    def remove_search(self, name: str) -> None:
        """Forgets a saved search."""
        self._kept(marks.remove_search, name)

    def collections(self) -> list[Collection]:
        """All collections, newest first, with the numbers of their pictures that are there."""
        return self._kept(collections.all_of)

    def new_collection(self, name: str, ids: Iterable[str]) -> str:
        """A collection of these pictures; its name, numbered where there is such a one already."""
        return self._kept(collections.create, name, list(ids))

    def collect(self, name: str, ids: Iterable[str], on: bool = True) -> None:
        """Puts pictures into a collection that is there, or takes them out of it."""
        self._kept(collections.add if on else collections.take_out, name, list(ids))

    def rename_collection(self, name: str, wanted: str) -> str:
        """Its new name as it was stored; raises StorageError where another collection has it."""
        return self._kept(collections.rename, name, wanted)

    def remove_collection(self, name: str) -> Removed | None:
        """Takes a collection apart, its pictures untouched; None where there is none of that name."""
        return self._kept(collections.remove, name)

    def fade_collection(self, name: str) -> None:
        """Lists a collection only while pictures of it are there: it comes back with them."""
        self._kept(collections.fade, name)

    def restore_collection(self, removed: Removed) -> None:
        """Puts a collection together again."""
        self._kept(collections.restore, removed)

    # imported folders

    def sources(self) -> list[Source]:
        """The imported folders in the order they were added, with the numbers of their pictures."""
        return self._kept(sources.all_of)

    def add_source(self, folder: Path) -> Path:
        """Shows the pictures of a folder where they are, never writing there; the next `syncing` reads them."""
        self._folders = {}
        return self._kept(sources.add, folder, self.pictures)

    def remove_source(self, folder: Path) -> None:
        """Shows the pictures of an imported folder no more; the files and what people added to them stay."""
        self._kept(sources.remove, folder)
        self._ask(lambda index: index.forget_source(str(folder)), fill=False)

    # deleting

    def delete(self, ids: Iterable[str]) -> Undo:
        """Takes these pictures, copies included, out of the gallery; they wait to be restored, their steps too.

        Files in imported folders stay where they are and are no longer shown. Raises StorageError, also where the
        library's disk has gone.
        """
        self.hold()
        wanted = list(ids)
        found = self._ask(lambda index: index.files_of(wanted))
        own = [path for source, path in found if not source]
        if own:
            self._check_there()
        beside = [self.steps.inside(picture_id) for picture_id in wanted if self.steps.path(picture_id).is_file()]
        undo = self._holding.take([*own, *beside], len(wanted))
        self._ask(lambda index: index.forget(own))
        imported = self._ask(lambda index: [picture_id for picture_id in wanted if index.files_of([picture_id])])
        self._kept(hidden.add, imported, undo.name)
        self._ask(lambda index: index.hide(imported))
        return undo

    def restore(self, undo: Undo) -> None:
        """Puts deleted pictures back where they were, beside whatever has taken their name since; as `delete`."""
        self.hold()
        self._check_there()
        shown = self._kept(hidden.restore, undo.name)
        back = [("", path.relative_to(self.pictures).as_posix()) for path in self._holding.put_back(undo)]
        self._ask(partial(self._read_again, paths=back))
        self._ask(lambda index: self._read_again(index, index.files_of(shown)))

    def restore_one(self, undo: Undo, path: Path) -> Picture | None:
        """Puts back one of the pictures deleted together, by its path in `undo.files()`, with its steps."""
        self.hold()
        self._check_there()
        picture = load(path)
        only = [path, undo.folder / self.steps.inside(picture.id)] if picture else [path]
        (back,) = list(self._holding.put_back(undo, only))
        return self._ask(partial(self._added, path=back, picture=picture)) if picture else None

    def held(self) -> list[Undo]:
        """Deletions that can be restored, whichever session they are of, the last first."""
        waiting = {undo.name: undo for undo in self._holding.waiting()}
        for name, count in self._kept(hidden.counts).items():
            there = waiting.get(name) or self._holding.named(name)
            waiting[name] = Undo(there.folder, there.count + count, there.deleted)
        return sorted(waiting.values(), key=lambda undo: undo.deleted, reverse=True)

    def empty_held(self, trash: Trash, *, older_than: float = MONTH) -> int:
        """Gives to `trash` the files of what was deleted `older_than` seconds ago; how many."""
        return self._holding.empty(trash, older_than=older_than)

    # the folder

    def hold(self) -> None:
        """No other process moves the library from now on until `close`; whatever writes into it does this by itself.

        Where it was moved since this gallery was opened, this one works in the new folder. Raises StorageError while
        it is being moved.
        """
        if not self._using.begin() or not self._is_usual:
            return
        if (now := preferences.pictures_dir()) != self.pictures:
            self.close()
            self._use(now)
            self.hold()

    def moving(self, folder: Path, remember: Callable[[Path], object]) -> Iterator[tuple[int, int]]:
        """Moves the library to `folder` in steps of (bytes done, bytes in all); see `moving.moving`.

        `remember` is called with it once all is there; from then on this gallery works in it. No other process
        writes into the library meanwhile: where one is at it, StorageError is raised.
        """

        def switch(folder: Path) -> None:
            remember(folder)
            self.close()
            before = self.index_path
            self._use(folder)
            with contextlib.suppress(OSError):  # what it says still holds, and if need be it is made anew
                os.replace(before, self.index_path)
            self.hold()

        with self._using.alone():
            self._check_there()
            yield from moving.moving(self.pictures, folder, switch)

    def _check_there(self) -> None:
        """Raises StorageError where the library's disk has gone."""
        check_library(self.pictures, partial(self._ask, fill=False))

    def _use(self, pictures: Path) -> None:
        self.pictures = pictures
        # Each pictures folder has an index of its own, so that two of them do not undo each other.
        digest = hashlib.sha256(os.fsencode(os.path.abspath(pictures))).hexdigest()[:12]
        self.index_path = self._cache / f"gallery-{digest}.sqlite"
        self.steps = StepsFiles(pictures)
        self._drive = Drive(pictures)
        self._using = Claims(self._data / "using", pictures)
        self._holding = HeldFolder(self._data / "deleted", pictures)
        self._folders = {}

    # following the files

    def rebuild(self, progress: Progress | None = None) -> int:
        """Makes the index anew from the files, favourites untouched; the number of pictures found.

        Every file is read again, and takes the place of what was known of it: whoever asks meanwhile finds all there
        is. An index in which anything is wrong is thrown away first.
        """
        self._drop_if_damaged()
        self._ask(Index.tidy, fill=False)
        self._check_on_disk()
        total = 0
        for looked, total in self._scanning(again=True):
            if progress:
                progress(looked, total)
        self._check_on_disk()
        return self.count()

    def _check_on_disk(self) -> None:
        """Raises StorageError where the index is in memory, and would be gone again."""
        if self._index and self._index.refused:
            raise self._problem(self._index.refused)

    def _drop_if_damaged(self) -> None:
        self._ask(lambda index: None, fill=False)  # brings it up to date, and what people added in order
        self._let_go()
        with self._guard.alone():
            if soundness.index_flaw(self.index_path):
                make_anew(self.index_path, self._data)

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

        A step takes about 10 ms. The newest files come first; what was done before an interruption need not be done
        again.
        """
        yield from self._scanning()
        self.prune_steps(self.saving.most_steps)

    def _scanning(self, *, again: bool = False) -> Iterator[tuple[int, int]]:
        made_anew = -1
        while made_anew != self._made_anew:  # what was found before the index was made anew is not in it
            made_anew = self._made_anew
            scan = Scan(partial(self._ask, fill=False), self.pictures, again=again)
            self._folders, self._scanned = scan.folders, made_anew
            yield from scan.steps()

    def is_outdated(self) -> bool:
        """Whether files came or went behind the index's back since the last look; cheap enough for every second."""
        return self._scanned != self._made_anew or is_outdated(self._folders)

    def changed_elsewhere(self) -> bool:
        """Whether another process has written to the index, or to what people added, since this was asked last."""
        before, self._versions = self._versions, self._ask(Index.versions, fill=False)
        return self._versions != before

    # showing

    def thumbnails(
        self, pictures: Sequence[Picture], side: int, *, seconds: float = 60.0
    ) -> dict[str, np.ndarray | None]:
        """{id: uint8 RGBA (height, width, 4)} of pictures, upright, `side` pixels (512 or less) or somewhat more.

        Those made before come first and take a fraction of a millisecond each; others are made until `seconds` are
        over, and one that is missing then can be asked for again. None stands for a file that is damaged or gone.
        Unlike all others, this may be called from any thread, and from several at once.
        """
        return self._thumbnails.get(pictures, side, seconds=seconds)

    def thumbnailing(self) -> Iterator[int]:
        """Makes the thumbnails that are missing, newest pictures first, in short steps; how many each made."""
        before = LAST
        while moments := self.moments(before=before, limit=500):
            missing = self._thumbnails.missing(self.ids_at(moments))
            pictures = self.at(moments) if missing else []
            yield from self._thumbnails.making([picture for picture in pictures if picture.id in missing])
            before = moments[-1]

    def close(self) -> None:
        """Lets go of the index; the next call opens it again."""
        self._thumbnails.close()
        if self._index and self._has_added and self._index.is_current and not self._index.refused:
            copies.keep(self._index.connection, self.favourites_path)
        self._has_added = False
        self._let_go()
        self._guard.close()
        self._using.end()

    def _ask(self, question: Callable[[Index], T], *, fill: bool = True) -> T:
        """The index's answer; where a database turns out to be damaged, that of a mended one.

        Where the disk takes nothing a copy of the index in memory answers; one that cannot, for what people add has to
        be kept, is tried on the disk once more: there may be room by now.
        """
        mending = Mender(self.index_path, self.favourites_path, self._guard)
        refused: sqlite3.Error | None = None
        is_again = False
        while True:
            opened: tuple[tuple[int, int], ...] = ()
            try:
                self._fill_if(fill)
                with self._guard.shared():
                    index = self._opened(refused)
                    opened = index.identity
                    return question(index)
            except sqlite3.Error as error:
                because = self._index.refused if self._index else None
                self._let_go()
                if self._mended(mending, error, opened):
                    continue
                if because is not None and not is_again:
                    is_again = True
                elif refused is None and database.is_refused(error):
                    refused = because or error
                else:
                    raise self._problem(refused or because or error) from error

    def _problem(self, error: sqlite3.Error) -> StorageError:
        """What went wrong; where nothing is written, what the system says of trying: SQLite does not pass that on."""
        if database.is_refused(error):
            for path in (self.favourites_path, self.index_path):
                if reason := _refusal(path):
                    return reason
        return database.problem(self._at_fault(error), error)

    def _at_fault(self, error: sqlite3.Error) -> Path:
        """Which of the two files an error is of, which SQLite does not say."""
        added = self.favourites_path
        forbidden = added.exists() and not os.access(added, os.R_OK | os.W_OK)
        is_added = forbidden or isinstance(error, database.DamagedKept) or soundness.kept_flaw_at(added)
        return added if is_added else self.index_path

    def _mended(self, mending: Mender, error: sqlite3.Error, opened: tuple[tuple[int, int], ...]) -> bool:
        try:
            was_mended = mending.mend(error, opened)
        except sqlite3.Error as another:
            raise database.problem(self.favourites_path, another) from another
        self._made_anew += mending.index_made_anew
        return was_mended

    def _kept(self, question: Callable[Concatenate[sqlite3.Connection, P], T], *of: P.args, **named: P.kwargs) -> T:
        """The answer of a function of what is kept beside the index."""

        def ask(index: Index) -> T:
            before = index.connection.total_changes
            answer = question(index.connection, *of, **named)
            if index.connection.total_changes > before:
                self._has_added = True
                self._copy_if_due(index)
            return answer

        return self._ask(ask, fill=False)

    def _fill_if(self, wanted: bool) -> None:
        """Where that is wanted the index has seen the files, or is being shown them."""
        if not wanted:
            return
        with self._guard.shared():
            is_filled = self._opened().filled
        if not is_filled:
            for _ in self.syncing():
                pass

    def _opened(self, refused: sqlite3.Error | None = None) -> Index:
        """The index; another one where somebody has put another file in its place, one in memory where it `refused`."""
        if self._index is not None and not (self._index.is_current and (refused is None or self._index.refused)):
            self._let_go()
        if self._index is None:
            for folder in (self.index_path.parent, self.favourites_path.parent):
                _make_if_writable(folder)
            if database.clear_the_way(*database.parts(self.index_path)):
                mended.note(self._data, ANEW)
                self._made_anew += 1
            self._check_added()
            beside, root = self.favourites_path, self.pictures
            self._index = Index(self.index_path, favourites=beside, root=root, refused=refused)
            self._copy_if_due(self._index)
        self._index.styles = self.styles
        return self._index

    def _copy_if_due(self, index: Index) -> None:
        """Copies what people added, once a day; some leave the window open for weeks."""
        if index.refused is None and copies.is_due(self.favourites_path):
            copies.keep(index.connection, self.favourites_path)

    def _check_added(self) -> None:
        """Raises database.DamagedKept, or StorageError where the disk is away that it was put on."""
        path, *journals = database.parts(self.favourites_path)
        database.clear_the_way(*journals)
        if path.is_symlink() and not path.exists():
            raise files.problem(path.readlink(), FileNotFoundError(errno.ENOENT, ""))
        if is_lost(path) or (path.exists() and not path.is_file()):
            raise database.DamagedKept("What was added is gone.")

    def _let_go(self) -> None:
        if self._index:
            self._index.close()
        self._index = None

    def _added(self, index: Index, path: Path, picture: Picture) -> Picture:
        """The picture as the index has it."""
        try:
            status = path.stat()
            index.add([File(path.relative_to(self.pictures).as_posix(), stamp_of(status), picture)])
            if path.parent in self._folders:
                self._folders[path.parent] = path.parent.stat().st_mtime_ns
        except OSError as error:
            raise files.problem(path, error) from error
        return index.get(picture.id) or picture

    def _read_again(self, index: Index, paths: Iterable[tuple[str, str]]) -> None:
        found = []
        for source, path in paths:
            with contextlib.suppress(OSError):  # gone meanwhile, or its drive is away: the next look finds it
                stamp = stamp_of((self.pictures / path).stat())
                found.append(looked_at(self.pictures, path, stamp, source=source))
        index.add(found)


def _refusal(path: Path) -> StorageError | None:
    """Why nothing can be written beside `path`, or where its folder would be made."""
    folder = next(place for place in path.absolute().parents if place.is_dir())
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(_PROBE))
    except OSError as error:
        return files.problem(folder / path.name, error)
    return None


_PROBE = 4096  # bytes, which an empty file takes none of
_TAKES_NOTHING = (errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM)


def _make_if_writable(folder: Path) -> None:
    """Where its disk takes nothing there is no folder, and what can be read is read without it. Raises StorageError."""
    try:
        files.make_folder(folder)
    except StorageError as error:
        if not isinstance(error.__cause__, OSError) or error.__cause__.errno not in _TAKES_NOTHING:
            raise
