"""Outpainting on the canvas: the start picture gets a larger frame, and what is added to it is made anew."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from gdm_studio.errors import BadRequest
from gdm_studio.ui.create.extending.frame import NONE, Frame, Sides

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import numpy as np

    from gdm_studio.models.card import ModelCard
    from gdm_studio.ui.create.desk import Desk
    from gdm_studio.ui.create.starting import Starting

MODE = "extend"
_CURSORS = {
    frozenset({"left"}): Qt.CursorShape.SizeHorCursor,
    frozenset({"right"}): Qt.CursorShape.SizeHorCursor,
    frozenset({"above"}): Qt.CursorShape.SizeVerCursor,
    frozenset({"below"}): Qt.CursorShape.SizeVerCursor,
    frozenset({"left", "above"}): Qt.CursorShape.SizeFDiagCursor,
    frozenset({"right", "below"}): Qt.CursorShape.SizeFDiagCursor,
    frozenset({"right", "above"}): Qt.CursorShape.SizeBDiagCursor,
    frozenset({"left", "below"}): Qt.CursorShape.SizeBDiagCursor,
}


class Extending:
    """Remembers of which picture each larger one was made, so that its frame can be changed again.

    `picture()` is the one on the stage: RGBA or RGB (height, width, channels).
    """

    def __init__(self, desk: Desk, starting: Starting, picture: Callable[[], Awaitable[np.ndarray | None]]) -> None:
        self._page, self._stage, self._viewer, self._picture = desk.page, desk.page.stage, desk.viewer, picture
        self._starting, self._tasks, self._say = starting, desk.tasks, desk.say
        self._draft = desk.page.controls.draft
        self.frame = Frame(desk.theme)
        self._name = ""  # of the picture that is in the frame
        self._shown: np.ndarray | None = None  # what it looks like, with room around it
        self._made: dict[str, tuple[str, Sides]] = {}  # by the larger one's name: of which picture, and what was added
        self._connect()

    async def open(self, rgba: np.ndarray | None = None) -> None:
        """Shows the frame around the start picture; with `rgba` (height, width, 4) that becomes the start picture."""
        card = self._draft.card
        if self._stage.mode() == MODE or card is None:
            return
        if why := refused(card):
            self._say("Nothing can be added around pictures", f"{why}.")
            return
        if rgba is not None:
            await self._starting.use(rgba)
        name = self._draft["image"]
        if not name:
            return
        self._name, sides = self._made.get(name, (name, NONE))
        try:
            picture, size = await asyncio.to_thread(_look, self._name)
        except BadRequest as error:
            self._say(error.title, str(error))
            return
        scale = picture.shape[1] / size[0]
        self.frame.begin(size, card.accepts.multiple, sides, scale=scale)
        self._stage.extend_bar.begin(card.accepts.multiple, self.frame.most())
        self._shown = _with_room(picture, round(self.frame.room() * scale))
        self._viewer.show_still(self._shown, "Extend", "what is added is made anew, the picture stays")
        self._stage.set_mode(MODE)
        self._stage.canvas.set_tool(self.frame)
        self._stage.canvas.setFocus()
        self._show()

    async def finish(self) -> None:
        """Takes the frame that is on the canvas, where it adds anything."""
        from gdm_studio.engine import inputs

        sides, card = self.frame.sides(), self._draft.card
        if self._stage.mode() != MODE or not any(sides) or card is None:
            return
        image, mask, size = await asyncio.to_thread(inputs.extended, self._name, sides)
        self._made[image] = (self._name, sides)
        self._page.controls.offer_size(size)
        self._draft.put(image=image, mask=mask, strength=1.0, inverted=False)
        self._stage.set_mode("")
        self._page.controls.start.changed.emit()

    def _show(self) -> None:
        canvas, frame = self._stage.canvas, self.frame
        canvas.setCursor(_CURSORS.get(frame.held(), Qt.CursorShape.ArrowCursor))
        canvas.update()
        self._stage.extend_bar.show_sides(frame.sides(), frame.size(), undo=frame.can_undo())

    def _on_changed(self) -> None:
        if self._stage.canvas.tool() is self.frame:
            self._show()

    def _on_mode(self, mode: str) -> None:
        """Leaves the picture on the canvas, in the frame that it has got."""
        if mode == MODE or self._stage.canvas.tool() is not self.frame or self._shown is None:
            return
        self._stage.canvas.set_tool(None)
        self._stage.setFocus()  # so that Space and the arrow keys are the run's again
        _, sides = self._made.get(self._draft["image"], ("", NONE))
        self.frame.set_sides(sides)
        left, top, right, bottom = self.frame.part()
        width, height = self.frame.size()
        self._viewer.show_still(self._shown[top:bottom, left:right], "Start picture", f"{width} × {height}")

    def _on_model(self, card: ModelCard) -> None:
        why = refused(card)
        self._page.controls.start.set_extendable(why)
        self._stage.tools.refuse(MODE, why)

    def _on_tool(self, tool: str) -> None:
        if tool == MODE:
            self._tasks.start(self._open_picture())

    async def _open_picture(self) -> None:
        turn = self._viewer.turn
        picture = await self._picture()
        if self._viewer.turn == turn:
            await self.open(picture)

    def _connect(self) -> None:
        bar, frame, controls = self._stage.extend_bar, self.frame, self._page.controls
        controls.start.extend_asked.connect(lambda: self._tasks.start(self.open()))
        self._stage.tools.clicked.connect(self._on_tool)
        controls.model_shown.connect(self._on_model)
        if self._draft.card is not None:
            self._on_model(self._draft.card)
        frame.changed.connect(self._on_changed)
        frame.done.connect(lambda: self._tasks.start(self.finish()))
        bar.sides_changed.connect(frame.set_sides)
        bar.undo_clicked.connect(frame.undo)
        bar.done.connect(lambda: self._tasks.start(self.finish()))
        bar.closed.connect(lambda: self._stage.set_mode(""))
        self._stage.mode_changed.connect(self._on_mode)


def refused(card: ModelCard) -> str:
    """Why such a model paints nothing around a picture; "" where it does."""
    name, accepts = card.title or card.name, card.accepts
    if not accepts.picture or not accepts.mask:
        return f"{name} cannot begin from a picture"
    return "" if accepts.multiple else f"{name} makes pictures of its own sizes alone"


def _look(name: str) -> tuple[np.ndarray, tuple[int, int]]:
    """The kept picture as RGBA (height, width, 4) of a size to be shown, and its own size (width, height)."""
    import numpy as np

    from gdm_studio.engine import inputs
    from gdm_studio.ui.create.picture_files import LOOKED_AT

    picture = inputs.load(name)
    size = picture.size
    picture.thumbnail((LOOKED_AT, LOOKED_AT))
    return np.asarray(picture), size


def _with_room(rgba: np.ndarray, room: int) -> np.ndarray:
    import numpy as np

    return np.pad(rgba, ((room, room), (room, room), (0, 0)))
