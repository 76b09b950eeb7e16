"""The gallery as the window meets it: its one thread, the lists that show it, and what people do to pictures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from gdm_studio.errors import StorageError
from gdm_studio.run import Result
from gdm_studio.ui.gallery_model import PictureModel
from gdm_studio.ui.session import Session

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.gallery import Gallery, Metadata, Picture, Undo
    from gdm_studio.ui.gallery_panel import GalleryPanel
    from gdm_studio.ui.making import Say
    from gdm_studio.ui.pages.gallery_page import GalleryPage
    from gdm_studio.ui.tasks import Tasks
    from gdm_studio.ui.theme import Theme

T = TypeVar("T")

THUMBNAIL = 256  # pixels a side: sharp in a cell on screens of twice the usual density


class Shelf:
    """Every call of the gallery goes through one executor thread, which opens it on the first."""

    def __init__(self, theme: Theme, *, tasks: Tasks, say: Say) -> None:
        self.beside, self.all = PictureModel(theme), PictureModel(theme)  # of the Create and the Gallery page
        self._tasks, self._say = tasks, say
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="gallery")
        self._gallery: Gallery | None = None
        self._last: dict[PictureModel, Picture] = {}  # where a list's next page goes on
        self._undos: list[Undo] = []
        self.on_change: Callable[[], object] = lambda: None  # called whenever pictures come, go or are marked
        self.closing = False
        for model in (self.beside, self.all):
            model.page_wanted.connect(partial(self._on_page_wanted, model))
            model.thumbnail_wanted.connect(lambda picture: tasks.start(self._show_thumbnail(picture)))

    def serve(self, panel: GalleryPanel | GalleryPage) -> None:
        """Carries out what people do on a panel."""
        panel.favourite.connect(lambda picture, on: self._tasks.start(self._favourite(picture, on)))
        panel.delete.connect(lambda pictures: self._tasks.start(self._delete(pictures)))

    async def open(self) -> None:
        """Fills the lists, then looks for pictures that came or went behind the index's back.

        The look goes batch by batch, newest files first, so that people's own calls find their turn in between.
        """
        self._show_all()
        steps = await self._do(lambda gallery: gallery.syncing())
        seen = 0
        while not self.closing and (step := await self._do(lambda gallery: next(steps, None))):
            looked, changed = step
            if looked > seen and (seen == 0 or looked == changed):  # the newest are worth showing before the rest
                self._show_all()
            seen = looked

    def stop_looking(self) -> None:
        """Ends a long look through the files after its present batch; the next start goes on with it."""
        self.closing = True

    async def keep(self, result: Result, device: str) -> Picture:
        """Saves a picture and shows it first; raises StorageError."""
        picture = await self._do(lambda gallery: gallery.keep(result, note={"device": device}))
        for model in (self.beside, self.all):
            if max(picture.size) <= THUMBNAIL:
                model.set_thumbnail(picture.id, result.rgba)
            if model.query():
                self._tasks.start(self._show_if_found(model, picture))
            else:
                model.add_newest(picture)
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

    async def pixels(self, picture: Picture) -> np.ndarray:
        """The picture itself as RGBA (height, width, 4); raises StorageError."""
        return await self._do(lambda gallery: _rgba(picture.path))

    async def read(self, path: Path) -> Metadata:
        """What a picture file says about how it was made; raises StorageError."""
        from gdm_studio.gallery import read

        return await self._do(lambda gallery: read(path))

    async def remember(self, session: Session, folder: Path) -> None:
        """Writes the window's state; raises StorageError."""
        await self._do(lambda gallery: session.save(folder))

    async def undo(self, deletion: Undo | None = None) -> None:
        """Brings back what was deleted together, the last time unless told; raises StorageError, to be tried again."""
        deletion = deletion or (self._undos[-1] if self._undos else None)
        if deletion is None or deletion not in self._undos:
            return
        self._undos.remove(deletion)
        try:
            await self._do(lambda gallery: gallery.restore(deletion))
        except StorageError:
            self._undos.append(deletion)
            raise
        self._show_all()

    async def close(self) -> None:
        """Lets what was begun end, then closes the index."""
        self.stop_looking()
        if self._gallery is not None:
            await self._do(lambda gallery: gallery.close())
        self._disk.shutdown(wait=False)

    async def _favourite(self, picture: Picture, on: bool) -> None:
        await self._do(lambda gallery: gallery.favourite(picture.id, on))
        await self._show_anew(picture.id)

    async def _show_anew(self, picture_id: str) -> None:
        picture = await self._do(lambda gallery: gallery.get(picture_id))
        if picture is not None:
            for model in (self.beside, self.all):
                model.update_picture(picture)
        self.on_change()

    async def _delete(self, pictures: Sequence[Picture]) -> None:
        ids = [picture.id for picture in pictures]
        undo = await self._do(lambda gallery: gallery.delete(ids))
        self._undos.append(undo)
        for model in (self.beside, self.all):
            model.remove(ids)
        self.on_change()
        self._say(
            "Picture deleted" if len(ids) == 1 else f"{len(ids)} pictures deleted",
            "Ctrl+Z brings it back." if len(ids) == 1 else "Ctrl+Z brings them back.",
            action="Undo",
            on_action=lambda: self._tasks.start(self.undo(undo)),
        )

    def _show_all(self) -> None:
        for model in (self.beside, self.all):
            model.set_query(model.query())
        self.on_change()

    def _on_page_wanted(self, model: PictureModel, query: str, offset: int, limit: int) -> None:
        self._tasks.start(self._add_page(model, query, offset, limit))

    async def _add_page(self, model: PictureModel, query: str, offset: int, limit: int) -> None:
        after = self._last.get(model) if offset else None
        try:
            pictures = await self._do(lambda gallery: gallery.page(query, after=after, limit=limit, fill=False))
        except StorageError:
            model.page_failed(query, offset)
            raise
        if pictures and query == model.query():
            self._last[model] = pictures[-1]
        model.add_page(query, offset, pictures, more=len(pictures) == limit)

    async def _show_if_found(self, model: PictureModel, picture: Picture) -> None:
        """Adds a new picture to a list that is searched, where it matches: then it is the newest that does."""
        query = model.query()
        found = await self._do(lambda gallery: gallery.page(query, limit=1, fill=False))
        if query == model.query() and [newest.id for newest in found] == [picture.id]:
            model.add_newest(picture)

    async def _show_thumbnail(self, picture: Picture) -> None:
        try:
            rgba = await self._do(lambda gallery: _rgba(gallery.thumbnail(picture, THUMBNAIL)))
        except StorageError:
            return  # the file has just gone, or is damaged: its cell stays empty
        for model in (self.beside, self.all):
            model.set_thumbnail(picture.id, rgba)

    async def _do(self, work: Callable[[Gallery], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._disk, self._with_gallery, work)

    def _with_gallery(self, work: Callable[[Gallery], Any]) -> Any:
        if self._gallery is None:
            from gdm_studio.gallery import Gallery  # brings Pillow and SQLite, which the first paint does not wait for

            self._gallery = Gallery.open()
        return work(self._gallery)


def _rgba(path: Path) -> np.ndarray:
    import numpy as np
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            return np.asarray(image.convert("RGBA"))
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError) as error:
        raise StorageError(f"{path} cannot be shown: it is missing or damaged.") from error
