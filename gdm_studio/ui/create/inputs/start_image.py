"""Start image (img2img) of the next requests, and the inpainting mask that the user paints on it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from gdm_studio.common.errors import BadRequest, StudioError
from gdm_studio.request.generation_request import ONLY_MASKED, SETTINGS
from gdm_studio.studio.model_compatibility import changed_fields
from gdm_studio.studio.window_calls import select_word
from gdm_studio.ui.create.inputs.image_files import choose_image, load_for_display
from gdm_studio.ui.create.inputs.unfinished_mask import UnfinishedMask
from gdm_studio.ui.create.viewer.mask import MaskBrush, tinted_mask
from gdm_studio.ui.create.viewer.shown_picture import words_of_picture
from gdm_studio.ui.translation import error_text, error_title, sentence_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import numpy as np

    from gdm_studio.common.translation_markers import Sentence
    from gdm_studio.models.model_card import ModelCard
    from gdm_studio.request.generation_request import Request
    from gdm_studio.ui.create.context import CreateContext

# Settings that determine the region that is generated for the masked area only.
_OF_REGION = ("image", "mask", *(name for name, setting in SETTINGS.items() if setting.needs == "mask"))
# Denoising strength set with the first mask. At 1, the masked part is generated from pure noise.
MASK_STRENGTH = 1.0


class StartImage(QObject):
    """Controller that stores and shows the start image (img2img) and its inpainting mask, which the user can paint.

    `save_session()` saves the session when `painted` has changed.
    """

    def __init__(self, context: CreateContext, save_session: Callable[[], Awaitable[object]]) -> None:
        super().__init__(context.page)
        self._context = context
        self._page = context.page
        self._viewer = context.viewer
        self._tasks = context.tasks
        self._settings = context.settings
        self._start = context.page.controls.start
        self._canvas_panel = context.page.canvas_panel
        self._request_draft = context.page.controls.request_draft
        # Settings before and after the image on the canvas became the start image for painting a mask.
        self._change: tuple[Request, Request] | None = None
        # Image and caption of the canvas before painting, to be restored afterwards.
        self._canvas_before: tuple[np.ndarray | None, tuple[str, str]] = None, ("", "")
        # Start image and mask at display size.
        self._picture: np.ndarray | None = None
        self._mask: np.ndarray | None = None
        # Name of the start image that the canvas showed last.
        self._on_canvas = ""
        # Name and size of the start image that the user chose last.
        self._chosen_name = ""
        self._chosen_size = (0, 0)
        # Image sizes that were set to match the start image or its masked area. A list of models that is read again
        # sets the model's default first, and then the size from before.
        self._fitted_sizes: set[tuple[int, int]] = set()
        self.brush = MaskBrush(context.theme, self)
        # True if the last one suits the masked area only.
        self._is_fitted_to_region = False
        self._region_task: Awaitable[None] | None = None
        self._read_task: Awaitable[None] | None = None
        self._store_task: Awaitable[None] | None = None
        # The mask that is being painted, by the name of the start image. The next session offers it.
        self.painted = UnfinishedMask(self._painted_image, self._painted_mask, self._tasks, save_session, self)
        # The requests that generated start images, if they are known, by the name of the stored image.
        self._source_requests: dict[str, Request] = {}
        self._connect()

    async def use(
        self,
        source: Path | np.ndarray,
        *,
        strength: float | None = None,
        inverted: bool = False,
        made_by: Request | None = None,
    ) -> Request:
        """Use an image file or an RGBA array (height, width, 4) as the start image of the next requests.

        `made_by` is the request that generated an array, if it is known. Return the settings before the change, with
        what the user has changed while the image was stored. Raises StorageError and BadRequest.
        """
        name, self._chosen_size, remarks, found = await asyncio.to_thread(_store, source)
        if (made_by := made_by or found) is not None:
            self._source_requests[name] = made_by
        before = self._request_draft.written
        if self._request_draft.branch_point is not None:
            # A branch keeps the start image of its picture.
            self._settings.replacing.emit()
        self._start.turn_to(name, inverted=inverted, prompt=made_by.described_prompt if made_by is not None else "")
        self._chosen_name = name
        self._fitted_sizes &= {before.size}
        self._fit_size()
        if strength is not None:
            self._request_draft.put(strength=strength)
        if before.mask:
            self._context.notify(
                self._former_mask_title(),
                action=self.tr("Restore both"),
                undo=self._settings.undo_to(before),
            )
        self._start.changed.emit()
        for remark in remarks:
            self._context.notify(self.tr("About the start picture"), sentence_text(remark))
        self._notify_of_borders()
        return before

    async def start_from(
        self,
        source: Path | np.ndarray,
        *,
        strength: float | None = None,
        inverted: bool = False,
        made_by: Request | None = None,
    ) -> None:
        """Use an image as the start image, as `use` does, so that Ctrl+Z takes it back."""
        before = await self.use(source, strength=strength, inverted=inverted, made_by=made_by)
        # A notice about the former mask offers to restore it.
        if not before.mask and before != self._request_draft.written:
            self._context.notify("", undo=self._settings.undo_to(before))

    def _former_mask_title(self) -> str:
        """Return the title of the notice that a new start image has replaced one with a mask."""
        return self.tr("The mask belonged to the former start picture")

    def _notify_of_borders(self) -> None:
        """Inform the user if the model has no size with the proportions of the start image."""
        from gdm_studio.engine import image_inputs

        card = self._request_draft.card
        if card is None:
            return
        size = self._request_draft["size"] or card.sizes()[0]
        if self._is_fitted_to_region:
            return
        if card.accepts.picture and not image_inputs.image_fits(self._chosen_size, size):
            text = self.tr("{of} does not fill {width} × {height}, and gets transparent borders.")
            of = "{} × {}".format(*self._chosen_size)
            self._context.notify(
                self.tr("The start picture has other proportions"),
                text.format(of=of, width=size[0], height=size[1]),
            )

    def remove(self, image: str = "") -> None:
        """Remove the start image and its mask, and offer to undo this.

        If `image` is given, it becomes the start image instead, without a mask.
        """
        before = self._request_draft.written
        if before.image:
            prompt = before.image_prompt if image == before.image else ""
            self._start.turn_to(image, inverted=before.inverted and bool(image), prompt=prompt)
            self._start.changed.emit()
            self._context.notify(
                self.tr("Mask removed") if image else self.tr("Start picture removed"),
                undo=self._settings.undo_to(before),
            )

    async def paint_mask(self, rgba: np.ndarray | None = None, *, made_by: Request | None = None) -> None:
        """Let the user paint the start image's inpainting mask with a brush.

        If `rgba` (height, width, 4) is given, it becomes the start image first. `made_by` is the request that generated
        it, if it is known.
        """
        if self._canvas_panel.mode() == "mask":
            return
        self._change = None
        if rgba is not None:
            before = await self.use(rgba, made_by=made_by)
            self._change = before, self._request_draft.written
        if self._read_task is not None:
            await self._read_task
        made_by = self._source_requests.get(self._start.picture_name)
        words = await words_of_picture(self._context, made_by)
        # The picture may be removed, or the mask opened, while the prompt is read.
        if self._picture is None or self._canvas_panel.mode() == "mask":
            return
        height, width = self._picture.shape[:2]
        self._canvas_before = self._canvas_panel.canvas.picture(), self._canvas_panel.caption
        self._viewer.stop_playing()
        self._canvas_panel.canvas.show_picture(self._picture)
        self._show_mask_caption()
        self._canvas_panel.mask_bar.tools.words = words
        self.brush.begin(self._scaled_mask(width, height), self._picture)
        self._canvas_panel.mask_bar.begin()
        self.brush.set_size(self._canvas_panel.mask_bar.size_share())
        self._canvas_panel.set_mode("mask")
        self._canvas_panel.canvas.set_tool(self.brush)
        self._canvas_panel.canvas.setFocus()
        self._show_brush()

    def _show_mask_caption(self) -> None:
        self._canvas_panel.set_caption(self.tr("Mask"), self.tr("Paint what to redraw"))

    async def select_word(self, word: str) -> None:
        """Add the area that a word describes in the start image to the mask, or remove it while the brush erases."""
        import numpy as np
        from PIL import Image

        name = self._start.picture_name
        request = replace(self._request_draft.request, prompt="")
        self._canvas_panel.set_caption(self.tr("Mask"), self.tr("Looking for “{word}”").format(word=word))
        try:
            mask = await self._context.worker.call(select_word, name, word, request, self._source_requests.get(name))
        except StudioError as error:
            self._context.notify(error_title(error), error_text(error))
            mask = None
        if self._canvas_panel.canvas.tool() is not self.brush or self._start.picture_name != name:
            return
        self._show_mask_caption()
        if mask is not None:
            height, width = self.brush.mask().shape
            resized = Image.fromarray(mask).resize((width, height), Image.Resampling.NEAREST)
            self.brush.select(np.asarray(resized))

    def choose(self) -> None:
        """Open a file dialog in which the user chooses the start image."""
        choose_image(
            self._page.window(), self.tr("Start from a picture"), lambda path: self._tasks.start(self.start_from(path))
        )

    def size_for(self, image: tuple[int, int]) -> tuple[int, int] | None:
        """Return the size (width, height) that suits images which start from one of a given size, or None if the size
        of the settings applies because it suits, the user chose it, or the model has no other.
        """
        card = self._request_draft.card
        if card is None or not self._may_fit_size(card):
            return None
        size = card.near(image, self._request_draft["tile"])
        return None if size == self._request_draft["size"] else size

    def _may_fit_size(self, card: ModelCard) -> bool:
        """Return True if the model has several sizes and the user chose none.

        A size was chosen by the user if it is neither the model's default nor one that was fitted to a start image.
        """
        is_fixed = not card.accepts.multiple and len(card.sizes()) == 1
        return not is_fixed and self._request_draft["size"] in (card.sizes()[0], *self._fitted_sizes)

    def _fit_size(self) -> None:
        """Set the size of the next images to one that suits the start image or its masked area, unless the user chose a
        size.
        """
        card = self._request_draft.card
        image = self._request_draft["image"]
        if card is None or not self._may_fit_size(card):
            return
        if self._is_only_masked():
            self._region_task = self._tasks.start(self._fit_region(card, self._request_draft.request))
            return
        self._is_fitted_to_region = False
        is_own = image and image == self._chosen_name
        tile = self._request_draft["tile"]
        self._offer_size(card.near(self._chosen_size, tile) if is_own else card.sizes()[0])

    def _is_only_masked(self) -> bool:
        request = self._request_draft.request
        return bool(request.mask) and request.inpaint_area == ONLY_MASKED

    def _on_area(self) -> None:
        if self._request_draft["image"] and (self._is_only_masked() or self._is_fitted_to_region):
            self._fit_size()

    def _offer_size(self, size: tuple[int, int]) -> None:
        self._fitted_sizes.add(size)
        self._page.controls.offer_size(size)

    async def _fit_region(self, card: ModelCard, request: Request) -> None:
        """Set the size of the next images to the best size of the model for the masked area of a request."""
        from gdm_studio.engine import image_inputs

        try:
            size = await asyncio.to_thread(image_inputs.size_for, card, request)
        except BadRequest:
            # The run reports what is wrong with the start image or the mask.
            return
        now = self._request_draft.request
        if any(getattr(now, name) != getattr(request, name) for name in _OF_REGION) or now.model != request.model:
            return
        if now.size in (card.sizes()[0], *self._fitted_sizes):
            self._is_fitted_to_region = True
            self._offer_size(size)

    async def finish(self) -> None:
        """Finish painting the inpainting mask, if it is being painted, and wait until it is stored."""
        if self._canvas_panel.mode() == "mask":
            self._store_task = None
            self._canvas_panel.set_mode("")
            if self._store_task is not None:
                await self._store_task

    async def offer_painted(self) -> None:
        """Offer the mask that was being painted when the program was ended, if its start image is still in use. It is
        offered at every start until the user uses it, paints another one, or takes another start image.
        """

        def offer(image: str, mask: np.ndarray) -> bool:
            if image != self._start.picture_name:
                return False
            self._offer_mask(mask, {"image": image}, lasts=True)
            return True

        await self.painted.restore(lambda image, name: load_for_display(image, name)[1], offer)

    async def _store_mask(self, mask: np.ndarray) -> None:
        from gdm_studio.engine import image_inputs

        def use(name: str) -> str:
            if not self._start.mask_name:
                self._request_draft.put(strength=MASK_STRENGTH)
            self._request_draft.put(mask=name)
            self._start.changed.emit()
            return name

        await self.painted.finish(lambda: image_inputs.store(mask), use)

    async def _read(self, former: np.ndarray | None) -> None:
        """Load the start image and its mask for display, and show them on the canvas if it shows the image as it was
        loaded before, `former`.

        If a file is missing, remove the start image and inform the user.
        """
        names = (self._start.picture_name, self._start.mask_name)
        try:
            picture, mask = await asyncio.to_thread(load_for_display, *names)
        except BadRequest as error:
            if names == (self._start.picture_name, self._start.mask_name):
                self._start.turn_to("")
                self._context.notify(error_title(error), error_text(error))
            return
        if names == (self._start.picture_name, self._start.mask_name):
            self._picture = picture
            self._mask = mask
            self._start.set_picture(picture, mask)
            if self._is_shown(former) and names[0] == self._on_canvas:
                self._show_start()

    def _scaled_mask(self, width: int, height: int) -> np.ndarray:
        """Return the inpainting mask resized to `width` × `height` as uint8 (height, width), or an empty mask if there
        is none.
        """
        import numpy as np
        from PIL import Image

        if self._mask is None or not self._start.mask_name:
            return np.zeros((height, width), np.uint8)
        return np.asarray(Image.fromarray(self._mask).resize((width, height)))

    def _show_start(self) -> None:
        if self._picture is not None:
            height, width = self._picture.shape[:2]
            self._on_canvas = self._start.picture_name
            self._viewer.show_image(self._picture, self.tr("Start picture"), f"{width} × {height}")
            if self._mask is not None and self._start.mask_name:
                self._tint(self._mask)

    def _tint(self, mask: np.ndarray) -> None:
        """Tint the masked part of the start image on the canvas, because it will be generated again."""
        self._canvas_panel.canvas.show_overlay(tinted_mask(mask, self._context.theme))

    def _is_shown(self, picture: np.ndarray | None) -> bool:
        """Return True if the canvas shows this image, and neither a tool nor a run.

        A run that has just started leaves the image on the canvas until its first step.
        """
        canvas = self._canvas_panel.canvas
        is_on_canvas = picture is not None and canvas.picture() is picture
        return is_on_canvas and canvas.tool() is None and not self._viewer.shows_run

    def _show_brush(self) -> None:
        self._canvas_panel.canvas.update()
        self._canvas_panel.mask_bar.set_state(undo=self.brush.can_undo(), empty=self.brush.is_empty())
        self.painted.begin_timer()

    def _on_mode(self, mode: str) -> None:
        if mode != "mask" and self._canvas_panel.canvas.tool() is self.brush:
            self._canvas_panel.canvas.set_tool(None)
            self.painted.stop_timer()
            # Space and the arrow keys control the job again.
            self._canvas_panel.setFocus()
            if (mask := self._painted_mask()) is not None:
                self._show_start()
                self._tint(mask)
                self._store_task = self._tasks.start(self._store_mask(mask))
            else:
                self.painted.forget()
                self._restore()

    def _painted_image(self) -> str | None:
        """Return the name of the start image on which a mask is being painted, or None."""
        return self._start.picture_name if self._canvas_panel.canvas.tool() is self.brush else None

    def _painted_mask(self) -> np.ndarray | None:
        """Return the mask that is being painted, uint8 (height, width), or None if nothing was painted."""
        return self.brush.mask() if self.brush.can_undo() and not self.brush.is_empty() else None

    def _discard(self) -> None:
        """Cancel painting the inpainting mask, which leaves the previous mask in use. A notice can restore what was
        painted.
        """
        mask = self._painted_mask()
        painted_on = self._request_draft.written
        self._canvas_panel.canvas.set_tool(None)
        self.painted.forget()
        self._canvas_panel.set_mode("")
        self._canvas_panel.setFocus()
        self._restore()
        if self._change is not None:
            # The start image that this notice offers to restore is in use again.
            self._context.withdraw(self._former_mask_title(), "")
        if mask is not None:
            changes = {"image": painted_on.image, **changed_fields(self._request_draft.written, painted_on)}
            self._offer_mask(mask, changes)

    def _offer_mask(self, mask: np.ndarray, changes: dict[str, Any], *, lasts: bool = False) -> None:
        self._context.notify(
            self.tr("The painted mask is not used"),
            action=self.tr("Use mask"),
            undo=partial(self._use_discarded, mask, changes),
            undone=self.tr("The painted mask is used"),
            lasts=lasts,
        )

    async def _use_discarded(self, mask: np.ndarray, changes: dict[str, Any]) -> None:
        """Use a mask whose painting was cancelled, and its start image, given as changes of the settings."""
        self._page.controls.set_request(replace(self._request_draft.written, **changes))
        self._start.changed.emit()
        await self._store_mask(mask)

    def _restore(self) -> None:
        """Show the image that the main view showed before the user started to paint a mask.

        If that image became the start image for painting, the settings are restored too.
        """
        if self._change is not None:
            before, after = self._change
            self._page.controls.set_request(replace(self._request_draft.written, **changed_fields(after, before)))
            self._start.changed.emit()
        picture, caption = self._canvas_before
        if picture is not None:
            self._canvas_panel.canvas.show_picture(picture)
            self._canvas_panel.set_caption(*caption)
            self._on_image(self._request_draft["image"])

    def _on_image(self, image: str) -> None:
        """Update the caption of the displayed start image: "Start picture", or "Former start picture" if the user has
        chosen a different one.
        """
        current = self.tr("Start picture")
        earlier = self.tr("Former start picture")
        if self._on_canvas and self._canvas_panel.caption[0] in (current, earlier):
            self._canvas_panel.set_caption(
                current if image == self._on_canvas else earlier, self._canvas_panel.caption[1]
            )

    def _on_pixels_asked(self) -> None:
        former = self._picture
        self._picture = None
        self._mask = None
        self._read_task = self._tasks.start(self._read(former))

    def _connect(self) -> None:
        start = self._start
        bar = self._canvas_panel.mask_bar
        brush = self.brush
        tasks = self._tasks
        self._request_draft.listen("image", self._on_image)
        for name in _OF_REGION:
            self._request_draft.listen(name, lambda _: self._on_area())
        self._page.controls.picture_asked.connect(self.choose)
        start.changed.connect(lambda: self._fit_size() if not self._request_draft["image"] else None)
        self._page.controls.model_shown.connect(lambda _: self._fit_size())
        start.pixels_asked.connect(self._on_pixels_asked)
        start.show_asked.connect(self._show_start)
        start.remove_asked.connect(self.remove)
        start.mask_asked.connect(lambda: tasks.start(self.paint_mask()))
        brush.changed.connect(self._show_brush)
        brush.size_changed.connect(bar.set_size)
        brush.done.connect(lambda: tasks.start(self.finish()))
        bar.erasing.connect(brush.set_erasing)
        bar.tools.tool_chosen.connect(brush.set_tool)
        bar.tools.edit_asked.connect(brush.edit)
        bar.tools.word_asked.connect(lambda word: tasks.start(self.select_word(word)))
        bar.size_changed.connect(brush.set_size)
        bar.undo_clicked.connect(brush.undo)
        bar.clear_clicked.connect(brush.clear)
        bar.done.connect(lambda: tasks.start(self.finish()))
        bar.closed.connect(self._discard)
        self._canvas_panel.mode_changed.connect(self._on_mode)
        if start.picture_name:
            self._on_pixels_asked()


def _store(source: Path | np.ndarray) -> tuple[str, tuple[int, int], list[Sentence], Request | None]:
    """Store a start image. Return the name under which it is stored, its size (width, height), remarks about it, and
    the request that generated it if its file has one.

    Raises StorageError and BadRequest.
    """
    from gdm_studio.engine import image_inputs
    from gdm_studio.jobs.mask_from_word import read_request

    remarks: list[Sentence] = []
    name = image_inputs.store(source, remarks=remarks)
    made_by = read_request(source) if isinstance(source, Path) else None
    return name, image_inputs.load(name).size, remarks, made_by
