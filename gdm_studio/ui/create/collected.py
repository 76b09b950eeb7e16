"""Pictures of grids, sets and walks on their way into the gallery: at once, each board a collection there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from gdm_studio.ui.gallery.deeds import Work, made, made_back

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery, Picture
    from gdm_studio.run import Result
    from gdm_studio.ui.gallery.shelf import Shelf
    from gdm_studio.ui.tasks import Tasks


class Keeper:
    """Puts pictures into the gallery, each once however many boards show it: it knows them by their digests."""

    def __init__(self, shelf: Shelf, tasks: Tasks) -> None:
        self.shelf, self.tasks = shelf, tasks
        self.kept: dict[str, Picture] = {}  # by digest
        self._boards: list[Collected] = []  # of which something is not in its file yet
        self._turn = asyncio.Lock()

    def collection(self, name: str) -> Collected:
        """One to be, which is there in the gallery with its first picture."""
        return Collected(self, name)

    def see_to(self, board: Collected) -> None:
        """Writes what is new of it, soon."""
        if board not in self._boards:
            self._boards.append(board)
        self.tasks.start(self.settle(board))

    async def settle(self, board: Collected) -> None:
        """Once all of it is in the gallery; raises StorageError, to be tried again.

        Closing may cancel the one who waits, but never the writing: nothing is lost and nothing written twice.
        """
        await asyncio.shield(asyncio.ensure_future(self._settle(board)))

    async def leave(self) -> None:
        """Tries for the last time; raises StorageError."""
        for board in list(self._boards):
            await self.settle(board)

    async def keep(self, digest: str, result: Result) -> Picture:
        """The picture in the gallery, written unless it was."""
        if digest not in self.kept:
            self.kept[digest] = await self.shelf.keep(result)
        return self.kept[digest]

    def picture_id(self, digest: str) -> str:
        """In the gallery; "" where it is in none."""
        return self.kept[digest].id if digest in self.kept else ""

    async def picture(self, digest: str, result: Result) -> Picture:
        """The same, whoever else is writing; raises StorageError."""
        async with self._turn:
            return await self.keep(digest, result)

    async def favour(self, digest: str, result: Result) -> None:
        """Makes it a favourite; raises StorageError."""
        picture = await self.picture(digest, result)
        await self.shelf.deeds.favourite([picture.id], True)

    async def _settle(self, board: Collected) -> None:
        async with self._turn:
            await board.write()
            if board in self._boards:
                self._boards.remove(board)


class Collected:
    """What one board shows, as a collection. `name` is that in the gallery, "" before there is a picture.

    Who takes the collection apart or calls it otherwise in the gallery has the next pictures beside it, not in it.
    """

    def __init__(self, keeper: Keeper, wanted: str) -> None:
        self._keeper, self.wanted, self.name = keeper, wanted, ""
        self._shown: set[str] = set()  # digests
        self._unwritten: dict[str, Result] = {}  # in no file yet, shown or not any more
        self.pictures: dict[str, Picture] = {}  # that are in the collection, by digest
        self._new: list[str] = []  # ids of those that cannot be taken back yet
        self._is_there = False  # all of it, as far as it was to be made
        self.on_change: Callable[[], object] = lambda: None  # called once it is written, or taken back
        self._gone: dict[str, tuple[Picture, Result | None]] = {}  # that were taken back, by digest
        # called with each picture that was taken back, and what it returns once it is brought back
        self.on_gone: Callable[[str], Result | None] = lambda digest: None
        self.on_back: Callable[[str, Result], object] = lambda digest, result: None

    def add(self, digest: str, result: Result) -> None:
        """One more picture."""
        self._shown.add(digest)
        self._see_to({digest: result})

    def hold(self, results: Mapping[str, Result]) -> None:
        """These pictures and no others; what was in it besides stays in the gallery."""
        self._shown = set(results)
        self._see_to(results)

    def _see_to(self, results: Mapping[str, Result]) -> None:
        self._unwritten |= {digest: result for digest, result in results.items() if digest not in self.pictures}
        self._keeper.see_to(self)

    async def write(self) -> None:
        """Makes the collection what is shown; one at a time."""
        shelf, new = self._keeper.shelf, {}
        for digest, result in list(self._unwritten.items()):
            new[digest] = await self._keeper.keep(digest, result)
        ids = [picture.id for digest, picture in new.items() if digest in self._shown]
        if ids and self.name:
            await shelf.ask(lambda gallery: gallery.collect(self.name, ids))
        elif ids:
            self.name = await shelf.new_collection(self.wanted, ids)
        self.pictures |= new
        self._new += ids
        self._unwritten = {digest: result for digest, result in self._unwritten.items() if digest not in new}
        gone = [digest for digest in self.pictures if digest not in self._shown]
        if gone:
            out = [self.pictures.pop(digest).id for digest in gone]
            await shelf.ask(lambda gallery: gallery.collect(self.name, out, on=False))

    async def rename(self, wanted: str) -> None:
        """Calls the collection otherwise, or what is to be one; raises StorageError where there is such a one."""
        self.wanted = wanted
        if self.name:
            self.name = await self._keeper.shelf.deeds.name_collection(self.name, wanted)

    async def end(self) -> None:
        """All of it is made for now: from here on Ctrl+Z takes away what has come since the last time."""
        await self._keeper.settle(self)
        ids, self._new = tuple(self._new), []
        if ids:
            self._keeper.shelf.deeds.note_done(made("", ids, self._take_back(ids, asyncio.get_running_loop())))
        self._is_there = bool(self.name)
        self.on_change()

    def words(self) -> str:
        """Where it is, for the board to say; "" where it is nowhere yet, or was taken back."""
        return f"in the gallery as “{self.name}”" if self._is_there else ""

    def _take_back(self, ids: tuple[str, ...], loop: asyncio.AbstractEventLoop) -> Work:
        def work(gallery: Gallery) -> Work:
            back = made_back(name := self.name, ids)(gallery)
            is_there = name in {one.name for one in gallery.collections()}
            loop.call_soon_threadsafe(self._taken_back, ids, is_there)
            return lambda gallery: (back(gallery), loop.call_soon_threadsafe(self._brought_back, ids, name))

        return work

    def _taken_back(self, ids: tuple[str, ...], is_there: bool) -> None:
        if not is_there:
            self.name, self._is_there = "", False
        for digest in [digest for digest, picture in self.pictures.items() if picture.id in ids]:
            self._shown.discard(digest)
            self._keeper.kept.pop(digest, None)
            self._gone[digest] = self.pictures.pop(digest), self.on_gone(digest)
        self.on_change()

    def _brought_back(self, ids: tuple[str, ...], name: str) -> None:
        self.name, self._is_there = self.name or name, True
        for digest, (picture, result) in list(self._gone.items()):
            if picture.id in ids and digest not in self.pictures:  # not made anew meanwhile
                self.pictures[digest] = self._keeper.kept[digest] = self._gone.pop(digest)[0]
                self._shown.add(digest)
                if result is not None:
                    self.on_back(digest, result)
        self.on_change()
