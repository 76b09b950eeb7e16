"""Comparing at work: where pictures come from, their order, and what becomes of the comparison."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from gdm_studio.errors import StorageError
from gdm_studio.request import Request
from gdm_studio.ui import actions
from gdm_studio.ui.actions import Action
from gdm_studio.ui.compare.facts import differing
from gdm_studio.ui.folders import say_saved
from gdm_studio.ui.widgets.drop_zones import PICTURES
from gdm_studio.ui.widgets.panes.difference import difference
from gdm_studio.ui.widgets.panes.item import MOST, Item

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery, Picture
    from gdm_studio.ui.compare.page import ComparePage
    from gdm_studio.ui.create.desk import Desk

NAMED = 60  # characters of a prompt in a picture's title


class Comparing:
    """What is compared now: `items`. `open_page(id)` turns to a page, `use(request)` sets everything as it says."""

    def __init__(
        self, desk: Desk, page: ComparePage, open_page: Callable[[str], object], use: Callable[[Request], object]
    ) -> None:
        self._theme, self._page, self._shelf = desk.theme, page, desk.shelf
        self._tasks, self._say, self._open_page, self._use = desk.tasks, desk.say, open_page, use
        self._cards = desk.library.cards
        self.items: list[Item] = []
        self._connect()

    def open(self, items: Sequence[Item]) -> None:
        """Compares these pictures instead of what was compared, and turns to the page."""
        self.items = []
        self.add(items)

    def add(self, items: Sequence[Item]) -> None:
        """Compares these pictures too, as far as there is room, and turns to the page."""
        room = MOST - len(self.items)
        if len(items) > room:
            self._say("Too many to compare", f"{MOST} pictures fit; the first of them are shown.")
        self._show([*self.items, *(replace(item, words=self._words(item)) for item in items[:room])])
        self._open_page("compare")

    def open_pictures(self, pictures: Sequence[Picture]) -> None:
        """The same for pictures of the gallery."""
        self._tasks.start(self._open_pictures(pictures[: MOST + 1]))

    def add_files(self, paths: Sequence[Path]) -> None:
        """Compares picture files of any tool too; those that cannot be read are named in a notice."""
        self._tasks.start(self._add_files(paths))

    def move(self, place: int, by: int) -> None:
        """Moves a picture in the order."""
        items = list(self.items)
        items.insert(place + by, items.pop(place))
        self._show(items)

    def remove(self, place: int) -> None:
        """Takes a picture out of the comparison; it can be put back."""
        gone = self.items[place]
        self._show([*self.items[:place], *self.items[place + 1 :]])
        self._say(f"{gone.title} is not compared any more", undo=lambda: self._put_back([gone], place))

    def clear(self) -> None:
        """An empty page; what was compared can be put back."""
        before = self.items
        self._show([])
        self._say("The comparison is cleared", undo=lambda: self._put_back(before, 0))

    async def save(self) -> None:
        """Writes the comparison as one labelled picture beside those of the gallery. Raises StorageError."""
        from gdm_studio.ui.create.grids import sheet_picture

        items = list(self.items)
        labelled = [
            sheet_picture.Labelled(item.title, note, item.rgba)
            for item, note in zip(items, differing(items), strict=True)
        ]
        sheet = sheet_picture.drawn(self._theme, "Comparison", f"{len(items)} pictures", labelled)
        request = items[0].request or Request(prompt=items[0].title)
        path = await asyncio.to_thread(sheet_picture.save, sheet, request, kind="comparison")
        text = f"{path.name} lies with your pictures."
        say_saved(self._say, self._tasks, "Comparison saved", text, path.parent)

    def actions(self) -> list[Action]:
        """What the command palette offers."""
        return [
            actions.COMPARE_FILES.does(self._ask_for_files),
            actions.SAVE_COMPARISON.keyless.does(self._save),  # the button has the key
            actions.CLEAR_COMPARISON.does(self.clear),
        ]

    async def _open_pictures(self, pictures: Sequence[Picture]) -> None:
        items = []
        for picture in pictures:
            rgba = await self._shelf.pixels(picture)
            items.append(Item(_title(picture.request, picture.path), rgba, picture.request))
        self.open(items)

    async def _add_files(self, paths: Sequence[Path]) -> None:
        items, unread = [], []
        for path in paths[: MOST + 1]:
            try:
                items.append(await self._shelf.ask(lambda gallery, path=path: _read(gallery, path)))  # type: ignore[misc]
            except StorageError:
                unread.append(path.name)
        if items:
            self.add(items)
        if unread:
            self._say("Not a picture that can be read", f"Left out: {', '.join(unread)}.", kind="error")

    async def _find_difference(self) -> None:
        """Away from the window's thread: that of large pictures takes a while."""
        items = self.items
        found = await asyncio.to_thread(difference, items[0].rgba, items[1].rgba)
        if items is self.items:
            self._page.panes.set_difference(found)

    def _ask_for_files(self) -> None:
        """Lets people choose files; the dialog blocks nothing."""
        kinds = " ".join(f"*{suffix}" for suffix in PICTURES)
        dialog = QFileDialog(self._page, "Pictures to compare", "", f"Pictures ({kinds})")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self.add_files([Path(name) for name in names]))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _words(self, item: Item) -> dict[str, str]:
        """What the item's model calls its styles, and what it is told."""
        cards = (card for card in self._cards() if item.request and card.name == item.request.model)
        return next((card.words() for card in cards), {})

    def _show(self, items: list[Item]) -> None:
        self.items = items
        self._page.set_items(items)

    def _put_back(self, items: list[Item], place: int) -> None:
        self._show([*self.items[:place], *items, *self.items[place:]][:MOST])

    def _use_settings(self, place: int) -> None:
        request = self.items[place].request
        if request is not None:
            self._use(replace(request, count=1))

    def _save(self) -> None:
        if self.items:
            self._tasks.start(self.save())

    def _connect(self) -> None:
        page = self._page
        page.files_dropped.connect(self.add_files)
        page.add_asked.connect(self._ask_for_files)
        page.gallery_asked.connect(lambda: self._open_page("gallery"))
        page.panes.difference_asked.connect(lambda: self._tasks.start(self._find_difference()))
        page.swapped.connect(lambda: self._show(self.items[::-1]))
        page.save_asked.connect(self._save)
        page.cleared.connect(self.clear)
        page.table.used.connect(self._use_settings)
        page.table.moved.connect(self.move)
        page.table.removed.connect(self.remove)


def _read(gallery: Gallery, path: Path) -> Item:
    import numpy as np

    from gdm_studio.gallery import read
    from gdm_studio.picture_file import read_rgba

    request = read(path).request
    return Item(_title(request, path), np.asarray(read_rgba(path)), request, path.name)


def _title(request: Request | None, path: Path) -> str:
    words = request.subject if request is not None else ""
    return words if 0 < len(words) <= NAMED else f"{words[: NAMED - 1]}…" if words else path.stem
