"""Controller of details, which finds the areas of the displayed image that a word describes, and regenerates them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from gdm_studio.jobs.detail_redrawing import detail_request, store_picture
from gdm_studio.jobs.job import GALLERY, NOTHING
from gdm_studio.request.generation_events import State
from gdm_studio.studio.window_calls import find_areas
from gdm_studio.ui.create.detail.popup import DetailPopup
from gdm_studio.ui.create.viewer.shown_picture import (
    below_edit_menu,
    generating_request,
    load_shown_picture,
    words_of_picture,
)
from gdm_studio.ui.gallery.list_model import title_of
from gdm_studio.ui.translation import translate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import numpy as np

    from gdm_studio.jobs.detail_redrawing import Detail
    from gdm_studio.request.generation_events import Result
    from gdm_studio.request.generation_request import Request
    from gdm_studio.ui.create.context import CreateContext


class DetailController:
    """Controller that opens the popup for a detail of the displayed image, and runs the requests of its areas one after
    the other. The picture with all areas is saved in the gallery.

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
        self.popup = DetailPopup(context.theme, context.page)
        # The image to detail, and the request that generated it, if it is known.
        self._chosen_image: tuple[np.ndarray, Request | None] | None = None
        self.popup.asked.connect(self._on_asked)

    async def open(self) -> None:
        """Open the popup for the displayed image, at the button of its tools."""
        self._chosen_image = await load_shown_picture(self._context, self._picture)
        if self._chosen_image is None:
            return
        _, made_by = self._chosen_image
        self.popup.set_words(await words_of_picture(self._context, made_by))
        self.popup.open_at(below_edit_menu(self._context))

    def _on_asked(self, detail: Detail) -> None:
        if self._chosen_image is not None:
            self._context.tasks.start(self.detail(*self._chosen_image, detail))

    async def detail(self, rgba: np.ndarray, made_by: Request | None, detail: Detail) -> None:
        """Generate each area of a detail in an image, and save the image with all of them.

        Without the request that generated the image, the settings of the next request apply. Raises StudioError.
        """
        if self._generation.refuse_unqueued():
            return
        own = generating_request(self._context, made_by)
        base = own or replace(self._request_draft.request, prompt="")
        turn, caption = self._viewer.revision, self._canvas_panel.caption
        title = self._title_of(made_by) or caption[0]
        looking = translate("Detail", "Looking for “{word}”").format(word=detail.word)
        self._canvas_panel.set_caption(caption[0], looking)
        try:
            picture = await asyncio.to_thread(store_picture, rgba)
            areas = await self._context.worker.call(find_areas, picture, detail.word, base, made_by)
        finally:
            if self._viewer.revision == turn:
                self._canvas_panel.set_caption(*caption)
        if not areas:
            missing = translate("Detail", "There is no “{word}” in the picture").format(word=detail.word)
            self._context.notify(missing, translate("Detail", "It stays as it is. Try another word."))
            return
        # The seed of the next picture is used only if a picture is generated.
        base = own or replace(self._request_draft.next_request(), prompt="")
        card = self._context.library.card(base.model)
        last: Result | None = None
        for mask in areas:
            request = await asyncio.to_thread(partial(detail_request, card, base, detail, picture, mask))
            is_last = mask == areas[-1]
            into = GALLERY if is_last else NOTHING
            run = await self._generation.generate_unqueued(request, into=into, title=title)
            if run is None or run.state is not State.DONE:
                break
            if is_last:
                return
            last = run.results[0]
            picture = await asyncio.to_thread(store_picture, last.rgba)
        if last is not None:
            # The areas before the one that was stopped.
            await self._generation.save(last, title=title)

    def _title_of(self, made_by: Request | None) -> str:
        """Return the title of the displayed image, which may be a detail itself, or "" if its request is not known."""
        if made_by is None:
            return ""
        described = self._context.page.gallery.details.picture()
        is_displayed = described is not None and described.request.digest() == made_by.digest()
        return title_of(described) if described is not None and is_displayed else made_by.subject
