"""The picture that the next ones start from: chosen, dropped or taken from the stage, and painted on with a mask."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.errors import BadRequest
from gdm_studio.studio.fitting import differing
from gdm_studio.ui.create.picture_files import choose_picture, looks
from gdm_studio.ui.create.stage.mask import MaskBrush

if TYPE_CHECKING:
    from collections.abc import Awaitable

    import numpy as np

    from gdm_studio.request import Request
    from gdm_studio.ui.create.desk import Desk

SHOWN, FORMER = "Start picture", "Former start picture"  # what the stage calls it, set and set no more
ALL_OF_IT = 1.0  # strength for what is painted anew, unless people say otherwise


class Starting:
    """Keeps what `controls.start` names as files, shows it, and has its mask painted on the canvas."""

    def __init__(self, desk: Desk) -> None:
        self._page, self._viewer, self._tasks, self._say = desk.page, desk.viewer, desk.tasks, desk.say
        page, self._settings = desk.page, desk.settings
        self._start, self._stage, self._draft = page.controls.start, page.stage, page.controls.draft
        self._turn: tuple[Request, Request] | None = None  # what was asked before and after a picture was taken for it
        self._shown: tuple[np.ndarray | None, tuple[str, str]] = None, ("", "")  # on the stage then
        self._picture: np.ndarray | None = None  # what the start picture looks like
        self._mask: np.ndarray | None = None
        self._on_stage = ""  # the one that was shown there last
        self._used, self._own = "", (0, 0)  # the picture that people last started from, and its size
        self._given: tuple[int, int] | None = None  # what the next pictures have for its sake
        self.brush = MaskBrush(desk.theme)
        self._reading: Awaitable[None] | None = None
        self._keeping: Awaitable[None] | None = None
        self._connect()

    async def use(self, source: Path | np.ndarray, *, strength: float | None = None, inverted: bool = False) -> None:
        """Starts the next pictures from a file or from RGBA (height, width, 4); raises StorageError."""
        name, self._own = await asyncio.to_thread(_kept, source)
        before = self._draft.written
        self._start.turn_to(name, inverted=inverted)
        self._used = name
        self._fit_size()
        if strength is not None:
            self._draft.put(strength=strength)
        if before.mask:
            back = self._settings.back_to(before)
            self._say("The mask was of the former start picture", action="Bring both back", undo=back)
        self._start.changed.emit()

    def put_aside(self, image: str = "") -> None:
        """The next pictures start from noise, or all of `image` may change; says so where that was otherwise."""
        before = self._draft.written
        if before.image:
            self._start.turn_to(image, inverted=before.inverted and bool(image))
            self._start.changed.emit()
            what = "mask" if image else "start picture"
            self._say(f"The {what} is put aside", action="Bring it back", undo=self._settings.back_to(before))

    async def mask(self, rgba: np.ndarray | None = None) -> None:
        """Paints the mask of the start picture; with `rgba` (height, width, 4) that becomes the start picture first."""
        if self._stage.mode() == "mask":
            return
        before, self._turn = self._draft.written, None
        if rgba is not None:
            await self.use(rgba)
            self._turn = before, self._draft.written
        if self._reading is not None:
            await self._reading
        if self._picture is None:
            return
        height, width = self._picture.shape[:2]
        self._shown = self._stage.canvas.picture(), self._stage.caption
        self._viewer.stop_playing()
        self._stage.canvas.show_picture(self._picture)
        self._stage.set_caption("Mask", "what is painted is made anew, the rest stays")
        self.brush.begin(self._fitting_mask(width, height))
        self._stage.mask_bar.begin()
        self.brush.set_size(self._stage.mask_bar.size_share())
        self._stage.set_mode("mask")
        self._stage.canvas.set_tool(self.brush)
        self._stage.canvas.setFocus()
        self._show_brush()

    def choose(self) -> None:
        """Asks for a file."""
        choose_picture(self._page.window(), "Start from a picture", lambda path: self._tasks.start(self.use(path)))

    def _fit_size(self) -> None:
        """The next pictures begin as large as the one that they start from, unless the size is neither the usual one,
        which people may have chosen too, nor what was given here.
        """
        card, image = self._draft.card, self._draft["image"]
        if card is None or not card.accepts.multiple or self._draft["size"] not in (card.sizes()[0], self._given):
            return
        self._given = card.near(self._own) if image and image == self._used else None
        self._page.controls.offer_size(self._given or card.sizes()[0])

    async def finish(self) -> None:
        """Puts the brush down: what is painted becomes the mask. Does nothing where it is down."""
        if self._stage.mode() == "mask":
            self._keeping = None
            self._stage.set_mode("")
            if self._keeping is not None:
                await self._keeping

    async def _keep(self, mask: np.ndarray) -> None:
        from gdm_studio.engine import inputs

        name = await asyncio.to_thread(inputs.keep, mask)
        if not self._start.mask_name:
            self._draft.put(strength=ALL_OF_IT)
        self._draft.put(mask=name)
        self._start.changed.emit()

    async def _read(self) -> None:
        """Reads what the start picture and its mask look like; one that is not here any more is let go."""
        names = (self._start.picture_name, self._start.mask_name)
        try:
            picture, mask = await asyncio.to_thread(looks, *names)
        except BadRequest as error:
            if names == (self._start.picture_name, self._start.mask_name):
                self._start.turn_to("")
                self._say(error.title, str(error))
            return
        if names == (self._start.picture_name, self._start.mask_name):
            self._picture, self._mask = picture, mask
            self._start.set_picture(picture, mask)

    def _fitting_mask(self, width: int, height: int) -> np.ndarray:
        """The mask so far in the picture's size, or an empty one."""
        import numpy as np
        from PIL import Image

        if self._mask is None or not self._start.mask_name:
            return np.zeros((height, width), np.uint8)
        return np.asarray(Image.fromarray(self._mask).resize((width, height)))

    def _show_start(self) -> None:
        if self._picture is not None:
            height, width = self._picture.shape[:2]
            self._on_stage = self._start.picture_name
            self._viewer.show_still(self._picture, SHOWN, f"{width} × {height}")

    def _show_brush(self) -> None:
        self._stage.canvas.update()
        self._stage.mask_bar.set_state(undo=self.brush.can_undo(), empty=self.brush.is_empty())

    def _on_mode(self, mode: str) -> None:
        if mode != "mask" and self._stage.canvas.tool() is self.brush:
            self._stage.canvas.set_tool(None)
            self._stage.setFocus()  # so that Space and the arrow keys are the run's again
            if self.brush.can_undo() and not self.brush.is_empty():
                self._show_start()
                self._keeping = self._tasks.start(self._keep(self.brush.mask()))
            else:
                self._leave_all()

    def _leave(self) -> None:
        """Puts the brush down, and leaves all as it was."""
        self._stage.canvas.set_tool(None)
        self._stage.set_mode("")
        self._stage.setFocus()
        self._leave_all()

    def _leave_all(self) -> None:
        if self._turn is not None:
            before, after = self._turn
            self._page.controls.set_request(replace(self._draft.written, **differing(after, before)))
            self._start.changed.emit()
        picture, caption = self._shown
        if picture is not None:
            self._stage.canvas.show_picture(picture)
            self._stage.set_caption(*caption)
            self._on_image(self._draft["image"])

    def _on_image(self, image: str) -> None:
        """What stays on the stage is called what it is."""
        if self._on_stage and self._stage.caption[0] in (SHOWN, FORMER):
            self._stage.set_caption(SHOWN if image == self._on_stage else FORMER, self._stage.caption[1])

    def _on_wanted(self) -> None:
        self._picture = self._mask = None
        self._reading = self._tasks.start(self._read())

    def _connect(self) -> None:
        start, bar, brush, tasks = self._start, self._stage.mask_bar, self.brush, self._tasks
        self._draft.listen("image", self._on_image)
        self._page.controls.picture_asked.connect(self.choose)
        start.changed.connect(lambda: self._fit_size() if not self._draft["image"] else None)
        self._page.controls.model_shown.connect(lambda _: self._fit_size())
        start.picture_wanted.connect(self._on_wanted)
        start.show_asked.connect(self._show_start)
        start.aside_asked.connect(self.put_aside)
        start.mask_asked.connect(lambda: tasks.start(self.mask()))
        brush.changed.connect(self._show_brush)
        brush.size_changed.connect(bar.set_size)
        brush.done.connect(lambda: tasks.start(self.finish()))
        bar.erasing.connect(brush.set_erasing)
        bar.size_changed.connect(brush.set_size)
        bar.undo_clicked.connect(brush.undo)
        bar.clear_clicked.connect(brush.clear)
        bar.done.connect(lambda: tasks.start(self.finish()))
        bar.closed.connect(self._leave)
        self._stage.mode_changed.connect(self._on_mode)
        if start.picture_name:
            self._on_wanted()


def _kept(source: Path | np.ndarray) -> tuple[str, tuple[int, int]]:
    """The name that a picture is kept under, and its size (width, height); raises StorageError, BadRequest."""
    from gdm_studio.engine import inputs

    name = inputs.keep(source)
    return name, inputs.load(name).size
