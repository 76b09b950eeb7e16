"""What stands beside a picture that is close to a training drawing: which one, whose, and a way to draw another."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gdm_studio.errors import StudioError
from gdm_studio.request import Request
from gdm_studio.ui.plain import plain, tip
from gdm_studio.ui.theme import Theme
from gdm_studio.ui.widgets import ActionButton, label

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.gallery import Picture
    from gdm_studio.models.library import Library
    from gdm_studio.models.origins import Origin
    from gdm_studio.ui.gallery_model import PictureLike
    from gdm_studio.ui.shelf import Shelf
    from gdm_studio.ui.tasks import Tasks

REST = 0.1  # seconds that a picture stays selected before it is compared
FREER = 0.25  # added to the temperature of a picture that shall be less like a drawing
FREEST = 1.2  # above it, pictures fall apart


class CloseTo(QWidget):
    """Signal: `less_asked()`. Setter: `show_origin(origin | None)`."""

    less_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = label("", "hint")
        self._words.setWordWrap(True)
        self._less = ActionButton(
            theme, "Make it less like that", tooltip="Draw it without a style, more freely and with another seed"
        )
        self._less.setProperty("role", "small")
        self._less.clicked.connect(self.less_asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._words)
        column.addWidget(self._less)
        self.hide()

    def show_origin(self, origin: Origin | None) -> None:
        self.setVisible(origin is not None)
        if origin is not None:
            self._words.setText(plain(f"Close to {origin.words}"))
            self._words.setToolTip(tip(f"{origin.source.url}\nThe model learned from this drawing."))


class Beside(Protocol):
    """Where a picture's facts are shown."""

    close_to: CloseTo

    def picture(self) -> PictureLike | None: ...


class Nearness:
    """Fills the `close_to` of places where a picture is shown, once it has rested there."""

    def __init__(self, shelf: Shelf, library: Library, tasks: Tasks) -> None:
        self._shelf, self._library, self._tasks = shelf, library, tasks
        self._found: dict[Any, Origin | None] = {}  # by the picture's id

    def look(self, place: Beside, picture: Picture | None) -> None:
        """Begins to find out what `picture` is close to."""
        place.close_to.show_origin(self._found.get(picture.id) if picture is not None else None)
        if picture is not None and picture.id not in self._found:
            self._tasks.start(self._look(place, picture))

    async def _look(self, place: Beside, picture: Picture) -> None:
        await asyncio.sleep(REST)
        if not _is_shown(place, picture):
            return
        try:
            rgba = await self._shelf.pixels(picture)
            found = await asyncio.to_thread(partial(_close_to, self._library, picture.request.model, rgba))
        except StudioError:  # deleted meanwhile, or made by a model that is not here
            return
        self._found[picture.id] = found
        if _is_shown(place, picture):
            place.close_to.show_origin(found)


def less_like(request: Request, seed: int) -> Request:
    """What draws the same words further from any one drawing: no style, a higher temperature, another seed."""
    warmth = min(max(FREEST, request.temperature), request.temperature + FREER)
    return replace(request, style="", temperature=round(warmth, 2), seed=seed, branch=None, toward=None)


def _is_shown(place: Beside, picture: Picture) -> bool:
    shown = place.picture()
    return shown is not None and shown.id == picture.id


def _close_to(library: Library, model: str, rgba: np.ndarray) -> Origin | None:
    from gdm_studio.models.origins import close_to

    return close_to(library.card(model), rgba)
