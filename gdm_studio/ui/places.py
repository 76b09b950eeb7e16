"""What stands behind the gallery's places: numbers that stay true, and collections that people change."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gdm_studio.ui.pages.gallery_sidebar import EVERYWHERE, search_of

if TYPE_CHECKING:
    from gdm_studio.gallery import Collection, Gallery, Picture, Removed
    from gdm_studio.ui.making import Say
    from gdm_studio.ui.pages.gallery_page import GalleryPage
    from gdm_studio.ui.shelf import Shelf
    from gdm_studio.ui.tasks import Tasks

REST = 0.15  # seconds between a change and counting anew: many changes come together


class Places:
    """Keeps the sidebar of the gallery page as the gallery is."""

    def __init__(self, page: GalleryPage, shelf: Shelf, *, tasks: Tasks, say: Say) -> None:
        self._page, self._shelf, self._tasks, self._say = page, shelf, tasks, say
        self._waiting = False
        sidebar = page.sidebar
        sidebar.rename_asked.connect(lambda name, wanted: tasks.start(self._rename(name, wanted)))
        sidebar.remove_asked.connect(lambda name: tasks.start(self._remove(name)))
        page.collect_asked.connect(lambda name, pictures: tasks.start(self._collect(name, pictures)))
        shelf.on_change = self.refresh
        self.refresh()

    def refresh(self) -> None:
        """Counts anew, soon."""
        if not self._waiting and not self._shelf.closing:
            self._waiting = True
            self._tasks.start(self._count(REST))

    async def open(self, collection: str) -> None:
        """Shows the pictures of a collection, which may have just been made."""
        await self._count()
        self._page.sidebar.choose(search_of(collection))

    async def _count(self, rest: float = 0.0) -> None:
        await asyncio.sleep(rest)
        self._waiting = False
        if not self._shelf.closing:
            counts, collections = await self._shelf.ask(_look)
            self._page.show_places(counts, collections)

    async def _rename(self, name: str, wanted: str) -> None:
        stored = await self._shelf.ask(lambda gallery: gallery.rename_collection(name, wanted))
        opened = self._page.sidebar.choice() == search_of(name)
        await self._count()
        if opened:
            self._page.sidebar.choose(search_of(stored))

    async def _remove(self, name: str) -> None:
        removed = await self._shelf.ask(lambda gallery: gallery.remove_collection(name))
        if removed is None:
            return
        if self._page.sidebar.choice() == search_of(name):
            self._page.sidebar.choose("")
        self._say(
            f"{name} is no collection any more",
            "Its pictures are still in the gallery.",
            action="Undo",
            on_action=lambda: self._tasks.start(self._restore(removed)),
        )
        await self._count()

    async def _restore(self, removed: Removed) -> None:
        await self._shelf.ask(lambda gallery: gallery.restore_collection(removed))
        await self._count()

    async def _collect(self, name: str, pictures: Sequence[Picture]) -> None:
        """Puts pictures into a collection; into a new one, to be named at once, where there is no name."""
        ids = [picture.id for picture in pictures]
        if name:
            await self._shelf.ask(lambda gallery: gallery.collect(name, ids))
            await self._count()
            self._say(f"Added to {name}", kind="success")
        else:
            made = await self._shelf.ask(lambda gallery: gallery.new_collection("New collection", ids))
            await self._count()
            self._page.sidebar.rename(made)


def _look(gallery: Gallery) -> tuple[dict[str, int], list[Collection]]:
    return {query: gallery.count(query, fill=False) for query in EVERYWHERE}, gallery.collections()
