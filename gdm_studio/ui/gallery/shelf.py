"""The gallery as the window meets it: its one thread, the lists that show it, and its look for what has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from gdm_studio import mended, paths
from gdm_studio.errors import StorageError
from gdm_studio.run import Result
from gdm_studio.ui.gallery.deeds import Deeds
from gdm_studio.ui.gallery.list_model import PAGE, PictureModel
from gdm_studio.ui.gallery.thumbnails import ThumbnailReader
from gdm_studio.ui.gallery.trash import empty_bin
from gdm_studio.ui.session import Session

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.gallery import Gallery, Metadata, Picture
    from gdm_studio.ui.gallery.asks import Asks
    from gdm_studio.ui.look.theme import Theme
    from gdm_studio.ui.past import Past
    from gdm_studio.ui.say import Say
    from gdm_studio.ui.tasks import Tasks

T = TypeVar("T")

SLICE = 10_000  # moments asked for at once, so that another search does not wait for the rest of one
BATCH = 60  # pictures asked for at once
REST = 0.2  # seconds between two pieces of work that nobody waits for
Progress = Callable[[int, int], object]  # (differences seen to, differences found)


class Shelf:
    """Every call of the gallery goes through one executor thread, which calls `open_gallery` on the first."""

    def __init__(
        self, theme: Theme, open_gallery: Callable[[], Gallery], past: Past, *, tasks: Tasks, say: Say
    ) -> None:
        self.beside = PictureModel(theme, screens=1)  # on the Create page, where few are gone back to
        self.all = PictureModel(theme)  # on the Gallery page
        self.models = (self.beside, self.all)
        self._open, self._tasks, self._say = open_gallery, tasks, say
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="gallery")
        self._gallery: Gallery | None = None
        self.thumbnails = ThumbnailReader(lambda *wanted: self._opened().thumbnails(*wanted, seconds=0.03), tasks)
        self._searches = dict.fromkeys(self.models, 0)  # how many there have been: an older one is dropped
        self._answered = dict.fromkeys(self.models, 0)  # the latest whose answer is shown
        self._wishes: dict[PictureModel, list[int]] = {}  # moments of pictures to be fetched
        self.deeds = Deeds(self, past, tasks=tasks, say=say)
        self.on_change: Callable[[], object] = lambda: None  # called whenever pictures come, go or are marked
        self.on_progress: Progress = lambda seen, found: None
        self.closing = self.looked = False  # `looked` once the files have been looked through
        for model in self.models:
            model.set_reading(True)
            model.search_wanted.connect(partial(self._on_search_wanted, model))
            model.pictures_wanted.connect(partial(self._on_pictures_wanted, model))
            model.all_wanted.connect(lambda moments, act: tasks.start(self._act_on_pictures(moments, act)))
            model.ids_wanted.connect(lambda moments, act: tasks.start(self._act_on_ids(moments, act)))
            self.thumbnails.serve(model)

    def serve(self, asks: Asks) -> None:
        """Carries out what people ask for."""
        asks.favourite.connect(lambda ids, on: self._tasks.start(self.deeds.favourite(ids, on)))
        asks.delete.connect(lambda ids: self._tasks.start(self.deeds.delete(ids)))

    async def open(self) -> None:
        """Fills the lists, looks for pictures that came or went behind the index's back, makes missing thumbnails."""
        with suppress(StorageError):  # while another process moves the library there is nothing to hold
            await self._do(lambda gallery: gallery.hold())
        for model in self.models:
            model.set_query(model.query())
        try:
            await self.look()
        finally:
            self.looked = True
            for model in self.models:
                model.set_reading(False)
        steps = await self._do(lambda gallery: gallery.thumbnailing())
        while not self.closing and await self._do(lambda gallery: next(steps, None)) is not None:
            await asyncio.sleep(REST)

    async def look(self) -> None:
        """Brings the index up to date with the files, and the lists with the index.

        The look goes batch by batch, newest files first, so that people's own calls find their turn in between.
        """
        steps = await self._do(lambda gallery: gallery.syncing())
        seen = 0
        while not self.closing and (step := await self._do(lambda gallery: next(steps, None))):
            looked, changed = step
            self.on_progress(looked, changed)
            if looked > seen and (seen == 0 or looked == changed):  # the newest are worth showing before the rest
                self.refresh()
            seen = looked

    async def look_elsewhere(self) -> None:
        """Shows what another program has changed since this was last called."""
        if self.looked and not self.closing and await self._do(lambda gallery: gallery.changed_elsewhere()):
            self.refresh()

    def stop_looking(self) -> None:
        """Ends a long look through the files after its present batch; the next start goes on with it."""
        self.closing = True

    def refresh(self) -> None:
        """Shows in all lists what has come and gone."""
        for model in self.models:
            model.refresh()
        self.on_change()

    async def keep(self, result: Result, *, picture_id: str = "") -> Picture:
        """Saves a picture and shows it first; raises StorageError."""
        picture = await self._do(lambda gallery: gallery.keep(result, picture_id=picture_id))
        for model in self.models:
            if model.query():
                self._tasks.start(self._show_if_found(model, picture))
            else:
                model.add_newest(picture)
            if self._searches[model] != self._answered[model]:
                model.refresh()  # what is under way may have been read before the picture was there
        self.on_change()
        return picture

    async def ask(self, work: Callable[[Gallery], T]) -> T:
        """What `work(gallery)` returns, called in the gallery's thread; raises StorageError."""
        return await self._do(work)

    async def new_collection(self, name: str, ids: Sequence[str]) -> str:
        """A collection of these pictures, and the name that it has got; raises StorageError."""
        made = await self._do(lambda gallery: gallery.new_collection(name, ids))
        self.on_change()
        return made

    async def show_anew(self, ids: Sequence[str]) -> None:
        """Shows what the gallery says of these pictures now, where a list holds them."""
        for model in self.models:
            moments = model.moments_of(ids)
            for start in range(0, len(moments), BATCH):
                wanted = moments[start : start + BATCH]
                model.fill(await self._do(partial(_at, moments=wanted)))
            if model.query():
                model.refresh()
        self.on_change()

    async def pixels(self, picture: Picture) -> np.ndarray:
        """The picture itself as RGBA (height, width, 4); raises StorageError."""
        return await self._do(lambda gallery: _rgba_of_ours(picture.path))

    async def rgba(self, path: Path) -> np.ndarray:
        """The picture in a file as RGBA (height, width, 4); raises StorageError."""
        return await self._do(lambda gallery: _rgba(path))

    async def read(self, path: Path) -> Metadata:
        """What a picture file says about how it was made; raises StorageError."""
        from gdm_studio.gallery import read

        return await self._do(lambda gallery: read(path))

    async def remember(self, session: Session, folder: Path) -> None:
        """Writes the window's state; raises StorageError."""
        await self._do(lambda gallery: session.save(folder))

    async def close(self) -> None:
        """Lets what was begun end, then closes the index."""
        self.stop_looking()
        self.thumbnails.close()
        if self._gallery is not None:
            await self._do(empty_bin)
            await self._do(lambda gallery: gallery.close())
        self._disk.shutdown(wait=False)

    # answering the lists

    def _on_search_wanted(self, model: PictureModel, query: str) -> None:
        self._searches[model] += 1
        self._tasks.start(self._search(model, query, self._searches[model]))

    async def _search(self, model: PictureModel, query: str, number: int) -> None:
        """The newest that match at once, then the moments of all; drops out as soon as another search begins."""

        def is_past() -> bool:
            return self._searches[model] != number or self.closing

        def first(gallery: Gallery) -> list[Picture]:
            return [] if is_past() else gallery.page(query, limit=PAGE, fill=False)

        def some(gallery: Gallery) -> list[int]:
            before = {"before": moments[-1]} if moments else {}
            return [] if is_past() else gallery.moments(query, **before, limit=SLICE)

        moments: list[int] = []
        try:
            if model.is_waiting():
                pictures = await self._do(first)
                if not is_past():
                    model.begin(query, pictures)
            while found := await self._do(some):
                moments += found
        except StorageError:
            if not is_past():
                model.search_failed(query)
            raise
        finally:
            if not is_past():
                self._answered[model] = number
        if not is_past():
            model.show_moments(query, moments)

    def _on_pictures_wanted(self, model: PictureModel, moments: list[int]) -> None:
        idle = model not in self._wishes
        self._wishes[model] = moments
        if idle and not self.closing:
            self._tasks.start(self._fill(model))

    async def _fill(self, model: PictureModel) -> None:
        """Fetches what is in sight, batch by batch; a newer wish takes the place of what is left of the last."""
        try:
            while wanted := model.missing(self._wishes[model])[:BATCH]:
                found = await self._do(partial(_at, moments=wanted))
                model.fill(found)
                if not found or self.closing:
                    break
        finally:
            del self._wishes[model]

    async def _act_on_pictures(self, moments: list[int], act: Callable[[list[Picture]], object]) -> None:
        pictures: list[Picture] = []
        for start in range(0, len(moments), BATCH):
            pictures += await self._do(partial(_at, moments=moments[start : start + BATCH]))
        act(pictures)

    async def _act_on_ids(self, moments: list[int], act: Callable[[list[str]], object]) -> None:
        act(await self._do(lambda gallery: gallery.ids_at(moments)))

    async def _show_if_found(self, model: PictureModel, picture: Picture) -> None:
        """Adds a new picture to a list that is searched, where it matches: then it is the newest that does."""
        query = model.query()
        found = await self._do(lambda gallery: gallery.page(query, limit=1, fill=False))
        if query == model.query() and [newest.id for newest in found] == [picture.id]:
            model.add_newest(picture)

    async def _do(self, work: Callable[[Gallery], T]) -> T:
        def on_disk() -> tuple[T, list[str]]:
            return work(self._opened()), mended.unsaid(paths.data_dir())

        answer, unsaid = await asyncio.get_running_loop().run_in_executor(self._disk, on_disk)
        for sentence in unsaid:
            self._say("Something was mended", sentence)
        return answer

    def _opened(self) -> Gallery:
        if self._gallery is None:
            self._gallery = self._open()
        return self._gallery


def _at(gallery: Gallery, moments: list[int]) -> list[Picture]:
    return gallery.at(moments)


def _rgba_of_ours(path: Path) -> np.ndarray:
    from gdm_studio.picture_file import damaged

    try:
        return _rgba(path)
    except StorageError as error:
        if str(error) != str(damaged(path)):
            raise
        where = paths.shown(path.parent)
        sentence = f"{path.name} is damaged; put a sound copy of it into {where}, or use its settings to make it again."
        raise StorageError(sentence) from error


def _rgba(path: Path) -> np.ndarray:
    import numpy as np

    from gdm_studio.picture_file import read_rgba

    return np.asarray(read_rgba(path))
