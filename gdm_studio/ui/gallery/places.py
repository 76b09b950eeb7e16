"""What stands behind the gallery's places: numbers that stay true, and what people make of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.ui.actions import Action
from gdm_studio.ui.gallery.sidebar import DELETED, EVERYWHERE, Place, search_of

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery, Removed
    from gdm_studio.ui.gallery.page import GalleryPage
    from gdm_studio.ui.gallery.shelf import Shelf
    from gdm_studio.ui.say import Say
    from gdm_studio.ui.tasks import Tasks

REST = 0.15  # seconds between a change and counting anew: many changes come together
MODELS = 6  # that are listed, the most used
ELSEWHERE = '-tool:"GDM Studio"'


class Places:
    """Keeps the sidebar of the gallery page as the gallery is."""

    def __init__(self, page: GalleryPage, shelf: Shelf, *, tasks: Tasks, say: Say) -> None:
        self._page, self._shelf, self._tasks, self._say = page, shelf, tasks, say
        self._waiting = False
        self._to_open: list[tuple[str, list[Place]]] = []  # by what they are called
        self._titles: Mapping[str, str] = {}
        self._renamed = 0  # times that a collection was
        start, sidebar = tasks.start, page.sidebar
        sidebar.rename_asked.connect(lambda place, wanted: start(self._rename(place, wanted)))
        sidebar.remove_asked.connect(lambda place: start(self._remove(place)))
        page.collect_asked.connect(lambda name, ids: start(self._collect(name, ids)))
        page.take_out_asked.connect(lambda name, ids: start(shelf.deeds.collect(name, ids, on=False)))
        page.save_search_asked.connect(lambda query: start(self._save_search(query)))
        page.search.completions_wanted.connect(lambda query, cursor: start(self._complete(query, cursor)))
        shelf.on_change = self.refresh
        shelf.deeds.on_renamed = self._on_renamed
        self.refresh()

    def set_model_titles(self, titles: Mapping[str, str]) -> None:
        """What people call the models, by name."""
        self._titles = titles
        self.refresh()

    def _on_renamed(self, before: str, now: str) -> None:
        self._renamed += 1
        self._page.sidebar.follow(search_of(before), now)

    def refresh(self) -> None:
        """Counts anew, soon."""
        if not self._waiting and not self._shelf.closing:
            self._waiting = True
            self._tasks.start(self._count(REST))

    def actions(self) -> list[Action]:
        """To open each place."""
        return [
            Action(place.title, group=group, page="gallery", act=partial(self._page.sidebar.choose, place.search))
            for group, places in self._to_open
            for place in places
        ]

    async def open(self, collection: str) -> None:
        """Shows the pictures of a collection, which may have just been made."""
        await self._count()
        self._page.sidebar.choose(search_of(collection))

    async def _count(self, rest: float = 0.0) -> None:
        await asyncio.sleep(rest)
        self._waiting, renamed = False, self._renamed
        if self._shelf.closing:
            return
        sections = await self._shelf.ask(lambda gallery: _made_by_people(gallery))
        models = await self._shelf.ask(lambda gallery: _models(gallery, self._titles))
        everywhere = [await self._counted(place) for place in EVERYWHERE]
        own, folders, searches, deleted = sections
        if not self._shelf.closing and renamed == self._renamed:  # else they are told by their former name
            shown = [("", everywhere), ("Collections", own), ("Models", models), ("Imported folders", folders)]
            self._page.sidebar.show_places([*shown, ("Saved searches", searches), ("Recently deleted", deleted)])
            self._to_open = [("Collection", own), ("Pictures of", models), ("Folder", folders), ("Search", searches)]
            self._page.bar.set_collections([place.name for place in own])
            self._page.tag_entry.set_tags(await self._shelf.ask(lambda gallery: [tag.name for tag in gallery.tags()]))

    async def _counted(self, place: Place) -> Place:
        return replace(place, count=await self._shelf.ask(lambda gallery: gallery.count(place.search, fill=False)))

    async def _complete(self, query: str, cursor: int) -> None:
        self._page.search.offer(query, await self._shelf.ask(lambda gallery: gallery.complete(query, cursor)))

    async def _save_search(self, query: str) -> None:
        """Keeps the search, with the place it is in, to be named at once."""
        whole = " ".join(filter(None, (self._page.sidebar.choice(), query)))
        await self._shelf.ask(lambda gallery: gallery.save_search(whole, whole))
        await self._count()
        self._page.sidebar.rename(whole)

    async def _rename(self, place: Place, wanted: str) -> None:
        if place.kind == "search":
            await self._shelf.ask(lambda gallery: _rename_search(gallery, place, wanted))
        else:
            await self._shelf.deeds.rename_collection(place.name, wanted)
        await self._count()

    async def _remove(self, place: Place) -> None:
        work = {"collection": self._remove_collection, "search": self._remove_search, "folder": self._remove_folder}
        await work[place.kind](place)
        if self._page.sidebar.choice() == place.search:
            self._page.sidebar.choose("")
        await self._count()

    async def _remove_collection(self, place: Place) -> None:
        removed = await self._shelf.ask(lambda gallery: gallery.remove_collection(place.name))
        if removed is not None:
            words = "Its pictures are still in the gallery."
            self._say(f"{place.name} is no collection any more", words, undo=lambda: self._restore(removed))

    async def _remove_search(self, place: Place) -> None:
        await self._shelf.ask(lambda gallery: gallery.remove_search(place.name))
        self._say(f"{place.name} is forgotten", undo=lambda: self._keep_search(place))

    async def _remove_folder(self, place: Place) -> None:
        folder = Path(place.name)
        await self._shelf.ask(lambda gallery: gallery.remove_source(folder))
        self._shelf.refresh()
        words = "Its files stay where they are; tags and notes of them are kept."
        self._say(f"{folder.name} is shown no more", words, undo=lambda: self._tasks.start(self.add_folder(folder)))

    async def add_folder(self, folder: Path) -> None:
        """Shows the pictures of a folder where they are; raises StorageError."""
        place = await self._shelf.ask(lambda gallery: gallery.add_source(folder))
        await self._count()
        self._page.sidebar.choose(_folder_search(place))
        await self._shelf.look()
        self._shelf.refresh()

    async def _keep_search(self, place: Place) -> None:
        await self._shelf.ask(lambda gallery: gallery.save_search(place.name, place.search))
        await self._count()

    async def _restore(self, removed: Removed) -> None:
        await self._shelf.ask(lambda gallery: gallery.restore_collection(removed))
        await self._count()

    async def _collect(self, name: str, ids: Sequence[str]) -> None:
        """Puts pictures into a collection; into a new one, to be named at once, where there is no name."""
        if name:
            await self._shelf.deeds.collect(name, ids)
            await self._count()
        else:
            made = await self._shelf.deeds.new_collection(ids)
            await self._count()
            self._page.sidebar.rename(search_of(made))


def _made_by_people(gallery: Gallery) -> tuple[list[Place], list[Place], list[Place], list[Place]]:
    """Collections, imported folders, saved searches, and what is deleted."""
    own = [Place(search_of(one.name), one.name, one.count, "collection", one.name) for one in gallery.collections()]
    folders = [
        Place(_folder_search(one.folder), one.folder.name or str(one.folder), one.pictures, "folder", str(one.folder))
        for one in gallery.sources()
    ]
    searches = [Place(one.query, one.name, None, "search", one.name) for one in gallery.saved_searches()]
    waiting = sum(held := [undo.count for undo in gallery.held()])
    words = "1 picture" if waiting == 1 else f"{waiting} pictures"
    words += f" · last {held[0]}" if held[1:] else ""  # which the button brings back
    return own, folders, searches, [Place(DELETED, words, button="undo")] if waiting else []


def _models(gallery: Gallery, titles: Mapping[str, str]) -> list[Place]:
    """The models most used here, and whatever other tools made."""
    ours = 'tool:"GDM Studio"'
    names = gallery.models(MODELS)
    places = [Place(f'model:"{name}" {ours}', titles.get(name, name), count) for name, count in names]
    elsewhere = gallery.count(ELSEWHERE, fill=False)
    return [*places, Place(ELSEWHERE, "From other tools", elsewhere)] if elsewhere else places


def _rename_search(gallery: Gallery, place: Place, wanted: str) -> None:
    gallery.save_search(wanted, place.search)
    gallery.remove_search(place.name)


def _folder_search(folder: Path) -> str:
    return f'in:"{folder.as_posix()}"'
