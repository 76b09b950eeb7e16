"""The family of the picture on the stage: how many it is, and the panel that leads from one to another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint

from gdm_studio.ui.create.steps.family import tree

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.gallery import Gallery, Picture
    from gdm_studio.ui.create.desk import Desk
    from gdm_studio.ui.create.steps.family_view import FamilyView

SIDE = 96  # pixels of a thumbnail: sharp on screens of twice the usual density


class Relatives:
    """`look_up(id)` whenever another picture is on the stage; `go(picture)` is called with the one that is chosen."""

    def __init__(self, desk: Desk, go: Callable[[Picture], object]) -> None:
        self._theme, self._strip, self._go = desk.theme, desk.page.stage.filmstrip, go
        self._shelf, self._tasks = desk.shelf, desk.tasks
        self._of = ""
        self.pictures: Sequence[Picture] = ()
        self.view: FamilyView | None = None  # while it is open
        self._strip.family_clicked.connect(self.open)

    def look_up(self, picture_id: str) -> None:
        """Says above the strip how large the family of a picture is; of "" none."""
        self._of, self.pictures = picture_id, ()
        self._strip.set_family(0)
        if picture_id:
            self._tasks.start(self._count(picture_id))

    def open(self) -> None:
        """Opens the tree above its button."""
        from gdm_studio.ui.create.steps.family_view import FamilyView

        if len(self.pictures) < 2:
            return
        self.view = view = FamilyView(self._theme, tree(self.pictures), self._of, parent=self._strip)
        view.chosen.connect(self._go)
        view.destroyed.connect(self._on_closed)
        button = self._strip.family
        view.open_above(button.mapToGlobal(QPoint(button.width(), 0)))
        self._tasks.start(self._show_thumbnails(view))

    async def _count(self, picture_id: str) -> None:
        found = await self._shelf.ask(lambda gallery: gallery.family(picture_id))
        if self._of == picture_id:
            self.pictures = found
            self._strip.set_family(len(found))

    async def _show_thumbnails(self, view: FamilyView) -> None:
        found = await self._shelf.ask(partial(_thumbnails, pictures=self.pictures))
        if self.view is view:
            view.set_thumbnails(found)

    def _on_closed(self) -> None:
        self.view = None


def _thumbnails(gallery: Gallery, *, pictures: Sequence[Picture]) -> dict[str, np.ndarray | None]:
    return gallery.thumbnails(pictures, SIDE)
