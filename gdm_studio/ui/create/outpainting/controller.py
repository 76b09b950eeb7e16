"""Controller of outpainting, which extends the start image beyond its edges."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from gdm_studio.common.errors import BadRequest
from gdm_studio.ui.create.outpainting.frame import NONE, Frame, Sides
from gdm_studio.ui.translation import error_text, error_title, translate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import numpy as np

    from gdm_studio.models.model_card import ModelCard
    from gdm_studio.ui.create.context import CreateContext
    from gdm_studio.ui.create.inputs.start_image import StartImage

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


class OutpaintingController:
    """Controller of outpainting, which extends the start image to a frame that the user draws around it.

    It remembers the original of each extended image, so that the frame can be edited again. `picture()` returns the
    image on the canvas as RGB or RGBA (height, width, channels).
    """

    def __init__(
        self, context: CreateContext, start_image: StartImage, picture: Callable[[], Awaitable[np.ndarray | None]]
    ) -> None:
        self._page = context.page
        self._canvas_panel = context.page.canvas_panel
        self._viewer = context.viewer
        self._picture = picture
        self._start_image = start_image
        self._tasks = context.tasks
        self._notify = context.notify
        self._request_draft = context.page.controls.request_draft
        self.frame = Frame(context.theme, context.page)
        # Name of the original image inside the frame.
        self._name = ""
        # Pixels of the original image with empty space around them.
        self._padded_image: np.ndarray | None = None
        # Original image and added sides, by the name of the extended image.
        self._origins: dict[str, tuple[str, Sides]] = {}
        self._connect()

    async def open(self, rgba: np.ndarray | None = None) -> None:
        """Start outpainting by showing a frame around the start image, which the user can enlarge.

        If `rgba` (height, width, 4) is given, it becomes the start image first. If the model cannot outpaint, a notice
        says so.
        """
        card = self._request_draft.card
        if self._canvas_panel.mode() == MODE or card is None:
            return
        if why := refused(card):
            self._notify(translate("Outpainting", "This model cannot extend pictures"), f"{why}.")
            return
        if rgba is not None:
            await self._start_image.use(rgba)
        name = self._request_draft["image"]
        if not name:
            return
        self._name, sides = self._origins.get(name, (name, NONE))
        try:
            picture, size = await asyncio.to_thread(_load, self._name)
        except BadRequest as error:
            self._notify(error_title(error), error_text(error))
            return
        scale = picture.shape[1] / size[0]
        self.frame.begin(size, card.accepts.multiple, sides, scale=scale)
        self._canvas_panel.extend_bar.begin(card.accepts.multiple, self.frame.most())
        self._padded_image = _pad(picture, round(self.frame.room() * scale))
        self._viewer.show_image(
            self._padded_image,
            translate("Outpainting", "Extend"),
            translate("Outpainting", "the added area is generated, the picture stays"),
        )
        self._canvas_panel.set_mode(MODE)
        self._canvas_panel.canvas.set_tool(self.frame)
        self._canvas_panel.canvas.setFocus()
        self._show()

    async def finish(self) -> None:
        """Replace the start image with one that is extended to the frame, with a mask over the added area.

        Does nothing if no pixels are added.
        """
        from gdm_studio.engine import image_inputs

        sides, card = self.frame.sides(), self._request_draft.card
        if self._canvas_panel.mode() != MODE or not any(sides) or card is None:
            return
        image, mask, size = await asyncio.to_thread(image_inputs.extend, self._name, sides)
        self._origins[image] = (self._name, sides)
        self._page.controls.offer_size(size)
        self._request_draft.put(image=image, mask=mask, strength=1.0, inverted=False)
        self._canvas_panel.set_mode("")
        self._page.controls.start.changed.emit()

    def _show(self) -> None:
        canvas, frame = self._canvas_panel.canvas, self.frame
        canvas.setCursor(_CURSORS.get(frame.active_edges(), Qt.CursorShape.ArrowCursor))
        canvas.update()
        self._canvas_panel.extend_bar.show_sides(frame.sides(), frame.size(), undo=frame.can_undo())

    def _on_changed(self) -> None:
        if self._canvas_panel.canvas.tool() is self.frame:
            self._show()

    def _on_mode(self, mode: str) -> None:
        """Stop editing the outpainting frame when the canvas changes to another mode. The start image is then shown
        with the frame that was last applied.
        """
        if mode == MODE or self._canvas_panel.canvas.tool() is not self.frame or self._padded_image is None:
            return
        self._canvas_panel.canvas.set_tool(None)
        # Space and the arrow keys control the job again.
        self._canvas_panel.setFocus()
        _, sides = self._origins.get(self._request_draft["image"], ("", NONE))
        self.frame.set_sides(sides)
        left, top, right, bottom = self.frame.part()
        width, height = self.frame.size()
        title = translate("StartImage", "Start picture")
        self._viewer.show_image(self._padded_image[top:bottom, left:right], title, f"{width} × {height}")

    def _on_model(self, card: ModelCard) -> None:
        why = refused(card)
        self._page.controls.start.set_extendable(why)
        self._canvas_panel.tools.refuse(MODE, why)

    def _on_tool(self, tool: str) -> None:
        if tool == MODE:
            self._tasks.start(self._open_picture())

    async def _open_picture(self) -> None:
        turn = self._viewer.revision
        picture = await self._picture()
        if self._viewer.revision == turn:
            await self.open(picture)

    def _connect(self) -> None:
        bar = self._canvas_panel.extend_bar
        frame = self.frame
        controls = self._page.controls
        controls.start.extend_asked.connect(lambda: self._tasks.start(self.open()))
        self._canvas_panel.tools.clicked.connect(self._on_tool)
        controls.model_shown.connect(self._on_model)
        if self._request_draft.card is not None:
            self._on_model(self._request_draft.card)
        frame.changed.connect(self._on_changed)
        frame.done.connect(lambda: self._tasks.start(self.finish()))
        bar.sides_changed.connect(frame.set_sides)
        bar.undo_clicked.connect(frame.undo)
        bar.done.connect(lambda: self._tasks.start(self.finish()))
        bar.closed.connect(lambda: self._canvas_panel.set_mode(""))
        self._canvas_panel.mode_changed.connect(self._on_mode)


def refused(card: ModelCard) -> str:
    """Return the reason why this model does not support outpainting (extending an image beyond its edges), or "" if it
    does.
    """
    name, accepts = card.title or card.name, card.accepts
    if not accepts.picture or not accepts.mask:
        return translate("Outpainting", "{model} cannot start from a picture").format(model=name)
    if not accepts.multiple:
        return translate("Outpainting", "{model} generates only fixed sizes").format(model=name)
    return ""


def _load(name: str) -> tuple[np.ndarray, tuple[int, int]]:
    """Load a stored image for display, as reduced RGBA pixels (height, width, 4) and its full size (width, height)."""
    import numpy as np

    from gdm_studio.engine import image_inputs
    from gdm_studio.ui.create.inputs.image_files import DISPLAY_SIDE

    picture = image_inputs.load(name)
    size = picture.size
    picture.thumbnail((DISPLAY_SIDE, DISPLAY_SIDE))
    return np.asarray(picture), size


def _pad(rgba: np.ndarray, room: int) -> np.ndarray:
    import numpy as np

    return np.pad(rgba, ((room, room), (room, room), (0, 0)))
