"""Controller of enlargements, which upscales the displayed image and refines it in tiles."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from gdm_studio.jobs.enlargement import enlarged_size, refining_request, tile_for
from gdm_studio.jobs.job import GALLERY
from gdm_studio.request.generation_request import MAX_TILED_SIDE
from gdm_studio.studio import window_calls
from gdm_studio.ui.create.enlarge.popup import EnlargePopup
from gdm_studio.ui.create.viewer.shown_picture import below_edit_menu, generating_request, load_shown_picture
from gdm_studio.ui.translation import translate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import numpy as np

    from gdm_studio.jobs.enlargement import Enlargement
    from gdm_studio.request.generation_request import Request
    from gdm_studio.ui.create.context import CreateContext


class EnlargeController:
    """Controller that opens the popup for enlarging the displayed image, and runs the upscaler and the refinement. The
    picture is saved in the gallery.

    `picture()` returns the image on the canvas at the best available precision, as RGB or RGBA (height, width,
    channels).
    """

    def __init__(self, context: CreateContext, picture: Callable[[], Awaitable[np.ndarray | None]]) -> None:
        self._context = context
        self._picture = picture
        self._viewer = context.viewer
        self._generation = context.generation
        self._canvas_panel = context.page.canvas_panel
        self._request_draft = context.page.controls.request_draft
        self.popup = EnlargePopup(context.theme, context.page)
        # The image to enlarge, and the request that generated it, if it is known.
        self._chosen_image: tuple[np.ndarray, Request | None] | None = None
        self.popup.asked.connect(self._on_asked)

    async def open(self) -> None:
        """Open the popup for the displayed image, at the button of its tools. Raises BadRequest if its model cannot
        refine pictures in tiles.
        """
        shown = await load_shown_picture(self._context, self._picture)
        if shown is None:
            return
        rgba, made_by = shown
        library = self._context.library
        base = generating_request(self._context, made_by) or self._request_draft.request
        card = library.card(base.model)
        size = rgba.shape[1], rgba.shape[0]
        tile = tile_for(card, base)
        self._chosen_image = rgba, made_by
        self.popup.set_picture(lambda factor: enlarged_size(card, size, factor, tile), list(library.upscalers()))
        self.popup.open_at(below_edit_menu(self._context))

    def _on_asked(self, enlargement: Enlargement) -> None:
        if self._chosen_image is not None:
            self._context.tasks.start(self.enlarge(*self._chosen_image, enlargement))

    async def enlarge(self, rgba: np.ndarray, made_by: Request | None, enlargement: Enlargement) -> None:
        """Upscale an image, and refine it with the settings of the request that generated it.

        Without this request, the settings of the next request apply. Raises StudioError.
        """
        from gdm_studio.engine.image_inputs import store

        if self._generation.refuse_unqueued():
            return
        base = generating_request(self._context, made_by) or self._request_draft.next_request().picture(0)
        card = self._context.library.card(base.model)
        size = enlarged_size(card, (rgba.shape[1], rgba.shape[0]), enlargement.factor, tile_for(card, base))
        request = refining_request(card, base, enlargement, size)
        larger = await self._upscale(rgba, enlargement.upscaler, size)
        picture = await asyncio.to_thread(partial(store, larger, max_side=MAX_TILED_SIDE))
        await self._generation.generate_unqueued(replace(request, image=picture), into=GALLERY)

    async def _upscale(self, rgba: np.ndarray, upscaler: str, size: tuple[int, int]) -> np.ndarray:
        """Upscale an image to a size (width, height), and show the progress in the caption."""
        import numpy as np

        if rgba.shape[2] == 3:
            rgba = np.dstack([rgba, np.full_like(rgba[..., :1], 255)])
        turn, caption = self._viewer.revision, self._canvas_panel.caption
        file = self._context.library.upscaler(upscaler) if upscaler else None
        try:
            with self._context.worker.stream(window_calls.upscale_to, upscaler, file, rgba, size) as stream:
                while True:
                    step = await stream.next()
                    assert step is not None
                    share, image = step
                    if image is not None:
                        return image
                    if self._viewer.revision == turn:
                        text = translate("Enlarge", "Enlarging · {share} %").format(share=round(100 * share))
                        self._canvas_panel.set_caption(caption[0], text)
        finally:
            if self._viewer.revision == turn:
                self._canvas_panel.set_caption(*caption)
