"""Inversion tool: adds noise to an image with a slider, or inverts an image to the noise that generates it."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from gdm_studio.common.errors import BadRequest
from gdm_studio.models.forward_process import noise_level_at, start_step
from gdm_studio.request.generation_events import State
from gdm_studio.request.generation_request import ONLY_MASKED
from gdm_studio.request.prompt_expansion import as_written
from gdm_studio.studio import window_calls
from gdm_studio.ui.create.generation.notices import short_prompt
from gdm_studio.ui.create.viewer.step_thumbnails import sigma_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import numpy as np

    from gdm_studio.maths.processes import Process
    from gdm_studio.models.model_card import ModelCard
    from gdm_studio.request.generation_events import Run
    from gdm_studio.request.generation_request import Request
    from gdm_studio.ui.create.context import CreateContext
    from gdm_studio.ui.create.inputs.start_image import StartImage
    from gdm_studio.ui.gallery.list_model import PictureLike


class InversionTool(QObject):
    """Controller that adds noise to the image in the main view, or inverts it to the noise that would generate it.

    The worker thread draws one noised image at a time, skipping intermediate slider positions. `picture()` returns the
    image on the canvas at the best available precision, as RGB or RGBA (height, width, channels).
    """

    def __init__(
        self, context: CreateContext, start_image: StartImage, picture: Callable[[], Awaitable[np.ndarray | None]]
    ) -> None:
        super().__init__(context.page)
        self._context = context
        self._start_image = start_image
        self._canvas_picture = picture
        self._page = context.page
        self._canvas_panel = context.page.canvas_panel
        self._viewer = context.viewer
        self._settings = context.settings
        self._tasks = context.tasks
        # Image that the noise slider adds noise to.
        self._picture: np.ndarray | None = None
        # Name of the stored copy of that image, from which the model adds noise.
        self._name = ""
        # Newest slider position that is not drawn yet.
        self._requested_share: float | None = None
        self._is_drawing = False
        self._connect()

    async def open_noise(self) -> None:
        """Open the slider for adding noise to the image, initially at the current denoising strength."""
        from gdm_studio.engine import image_inputs

        turn = self._viewer.revision
        picture = await self._current_picture()
        if picture is None:
            return
        name = await asyncio.to_thread(image_inputs.store, picture)
        if self._viewer.revision != turn:
            return
        self._picture = picture
        self._name = name
        card = self._settings.card
        self._canvas_panel.noise_bar.start.setVisible(card is not None and card.accepts.picture)
        self._canvas_panel.noise_bar.begin(self._page.controls.request_draft["strength"])
        self._canvas_panel.set_mode("noise")
        self._request_drawing(self._canvas_panel.noise_bar.share())

    async def start_here(self) -> None:
        """Use the image in the main view as the next start image, with the denoising strength set by the noise
        slider.
        """
        if self._picture is not None:
            await self._start_image.start_from(self._picture, strength=self._canvas_panel.noise_bar.share())
            # The displayed noise was drawn from this seed.
            self._page.controls.request_draft.hold_seed()
            self._canvas_panel.set_mode("")

    async def invert(self) -> None:
        """Run the sampler backwards to find the noise of the image in the main view, showing each step."""
        from gdm_studio.engine import image_inputs

        picture = await self._current_picture()
        if picture is None:
            return
        selected = self._page.gallery.grid.current()
        name = await asyncio.to_thread(image_inputs.store, picture)
        # Its image is not saved, so one of an earlier run that could not be saved is no obstacle.
        if self._context.generation.job is not None and self._context.generation.refuse_unqueued():
            return
        self._context.generation.carry_out(
            self._settings.inversion_request(name),
            window_calls.invert,
            title=self.tr("Finding the noise"),
            then=partial(self._on_ended, picture, selected),
        )
        self._viewer.set_view_mode_for_run("noisy")

    async def _current_picture(self) -> np.ndarray | None:
        """Return the decoded pixels of the image in the main view. Returns None if the view has changed to another
        image in the meantime.
        """
        turn = self._viewer.revision
        picture = await self._canvas_picture()
        return picture if self._viewer.revision == turn else None

    async def _start(self) -> None:
        made_by = self._find_request()
        if (picture := await self._canvas_picture()) is not None:
            await self._start_image.start_from(picture, made_by=made_by)

    async def _mask(self) -> None:
        made_by = self._find_request()
        if (picture := await self._current_picture()) is not None:
            await self._start_image.paint_mask(picture, made_by=made_by)
            # The prompt of an inpainting of the masked area describes that area alone.
            if made_by is not None and not (made_by.mask and made_by.inpaint_area == ONLY_MASKED):
                self._offer_prompt(as_written(made_by).prompt)

    def _find_request(self) -> Request | None:
        """Return the request that generated the image in the main view, or None if it is unknown."""
        run = self._viewer.on_canvas
        image = self._viewer.image if self._viewer.shows_run else 0
        return run.request.picture(image) if run is not None else None

    def _offer_prompt(self, prompt: str) -> None:
        """Offer to write the prompt of the masked image into the prompt field, if it contains another one."""
        request_draft = self._page.controls.request_draft
        if prompt and prompt != request_draft.written.prompt:
            self._context.notify(
                self.tr("Your prompt is not the picture's"),
                self.tr("The picture was drawn for: {prompt}").format(prompt=short_prompt(prompt)),
                action=self.tr("Use its prompt"),
                on_action=lambda: request_draft.change(prompt=prompt),
            )

    def _on_ended(self, picture: np.ndarray, selected: PictureLike | None, run: Run) -> None:
        """Offer to generate an image from the noise that a finished inversion found. If the user stopped the inversion,
        show the previously selected image again.
        """
        if run.state is State.DONE:
            self._offer_noise(picture, run)
            return
        self._viewer.set_view_mode_for_run("")
        if selected is not None and self._viewer.on_canvas is run:
            self._page.gallery.grid.select(selected.id)

    def _offer_noise(self, picture: np.ndarray, run: Run) -> None:
        use = partial(self._start_image.start_from, picture, strength=run.request.strength, inverted=True)
        self._context.notify(
            self.tr("Ready: new words, same layout"),
            self.tr("Change the prompt, then generate from the recovered noise."),
            action=self.tr("Generate from it"),
            on_action=lambda: self._tasks.start(use()),
        )

    def _request_drawing(self, share: float) -> None:
        self._requested_share = share
        self._canvas_panel.noise_bar.set_text(self._slider_text(share))
        if not self._is_drawing:
            self._is_drawing = True
            self._tasks.start(self._draw_noised())

    async def _draw_noised(self) -> None:
        try:
            while self._requested_share is not None and self._canvas_panel.mode() == "noise":
                share = self._requested_share
                self._requested_share = None
                picture = self._picture
                drawn = await self._add_noise(share)
                if self._picture is picture and self._canvas_panel.mode() == "noise":
                    self._canvas_panel.canvas.show_picture(drawn)
        finally:
            self._is_drawing = False

    async def _add_noise(self, share: float) -> np.ndarray:
        picture = self._picture
        card = self._settings.card
        assert picture is not None
        if share == 0:
            return picture
        request = self._page.controls.request()
        if card is None or not card.accepts.picture:
            return await asyncio.to_thread(
                add_noise_to_pixels, picture, self._settings.process, share, seed=request.seed
            )
        return await self._context.worker.call(window_calls.preview_noised, request, self._name, share)

    def _slider_text(self, share: float) -> str:
        process = self._settings.process
        request = self._page.controls.request()
        if share == 0:
            return self.tr("The picture as it is")
        if process is None:
            return ""
        sigma = sigma_text(noise_level_at(process, share).ratio)
        try:
            path = self._settings.path()
        except BadRequest:
            return f"σ {sigma}"
        steps_left = request.steps - start_step(process, path, share)
        noise = self.tr("{percent} % noise").format(percent=round(100 * share))
        return " · ".join([noise, self.tr("%n step(s) left", "", steps_left), f"σ {sigma}"])

    def _withdraw_offer(self) -> None:
        self._canvas_panel.notices.withdraw(self.tr("Ready: new words, same layout"))

    def _on_mode(self, mode: str) -> None:
        if mode:
            self._withdraw_offer()
        if mode != "noise" and self._picture is not None:
            picture = self._picture
            self._picture = None
            self._requested_share = None
            self._canvas_panel.canvas.show_picture(picture)

    def _on_tool(self, tool: str) -> None:
        tools = {"noise": self.open_noise, "invert": self.invert, "start": self._start, "mask": self._mask}
        if tool in tools:
            self._tasks.start(tools[tool]())

    def _on_model(self, card: ModelCard) -> None:
        refusal = self.tr("{model} cannot start from a picture").format(model=card.title)
        self._canvas_panel.tools.set_refused("" if card.accepts.picture else refusal)

    def _connect(self) -> None:
        bar = self._canvas_panel.noise_bar
        self._canvas_panel.tools.clicked.connect(self._on_tool)
        self._canvas_panel.mode_changed.connect(self._on_mode)
        self._page.controls.generate.connect(self._withdraw_offer)
        self._page.controls.modes.live_toggled.connect(self._withdraw_offer)
        self._page.controls.model_shown.connect(self._on_model)
        if self._settings.card is not None:
            self._on_model(self._settings.card)
        bar.changed.connect(self._request_drawing)
        bar.start_clicked.connect(lambda: self._tasks.start(self.start_here()))
        bar.closed.connect(lambda: self._canvas_panel.set_mode(""))


def add_noise_to_pixels(picture: np.ndarray, process: Process | None, share: float, *, seed: int) -> np.ndarray:
    """Add noise directly to the pixels of an image, for models that cannot encode images to latents.

    `picture` and the result are RGBA uint8 (height, width, 4). `share` is the position on the noise schedule, from 0
    (no noise) to 1.
    """
    import numpy as np

    from gdm_studio.maths.processes import PROCESSES

    level = noise_level_at(process or PROCESSES["vp"](), share)
    levels = picture.astype(np.float64) / 127.5 - 1
    x = level.alpha * levels + level.sigma * np.random.default_rng(seed).standard_normal(levels.shape)
    x /= np.hypot(level.alpha, level.sigma)
    return ((x.clip(-1, 1) + 1) * 127.5).round().astype(np.uint8)
