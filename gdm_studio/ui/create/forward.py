"""A picture on its way to noise: the noise slider, and the inversion that finds a picture's own noise."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from gdm_studio.errors import BadRequest
from gdm_studio.models.process import point_at, start_of
from gdm_studio.request import Request
from gdm_studio.ui.create.stage.strip import sigma_words

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator

    import numpy as np

    from gdm_studio.maths.processes import Process
    from gdm_studio.models.card import ModelCard
    from gdm_studio.models.library import Library
    from gdm_studio.run import Event, Run
    from gdm_studio.ui.create.desk import Desk
    from gdm_studio.ui.create.starting import Starting


NOISE_FOUND = "Its noise is found"


class Forward:
    """The tools of a finished picture on the stage. What is drawn on the lane's thread follows the slider: while one
    picture is being drawn only the newest place of the slider is remembered."""

    def __init__(self, desk: Desk, starting: Starting, picture: Callable[[], Awaitable[np.ndarray | None]]) -> None:
        """`picture()` is the one on the stage as exactly as it is known: RGBA or RGB (height, width, channels)."""
        self._on_stage = picture
        self._page, self._stage, self._viewer, self._starting = desk.page, desk.page.stage, desk.viewer, starting
        self._lane, self._library, self._settings, self._making = desk.lane, desk.library, desk.settings, desk.making
        self._tasks, self._say = desk.tasks, desk.say
        self._picture: np.ndarray | None = None  # that the noise slider works on
        self._name = ""  # under which it is kept for the engine
        self._wanted: float | None = None  # the newest place of the slider that is not drawn yet
        self._drawing = False
        self._connect()

    async def open_noise(self) -> None:
        """Shows the noise slider over the picture, at the strength the controls stand at."""
        from gdm_studio.engine import inputs

        picture = await self._picture_here()
        if picture is None:
            return
        self._picture, self._name = picture, await asyncio.to_thread(inputs.keep, picture)
        card = self._settings.card
        self._stage.noise_bar.start.setVisible(card is not None and card.accepts.picture)
        self._stage.noise_bar.begin(self._page.controls.draft["strength"])
        self._stage.set_mode("noise")
        self._ask(self._stage.noise_bar.share())

    async def start_here(self) -> None:
        """Starts the next pictures from the noise that is shown."""
        if self._picture is not None:
            await self._starting.use(self._picture, strength=self._stage.noise_bar.share())
            self._page.controls.draft.hold_seed()  # whose noise was shown
            self._stage.set_mode("")

    async def invert(self) -> None:
        """Runs the picture backwards to its noise, as a run to look through."""
        from gdm_studio.engine import inputs

        picture = await self._picture_here()
        if picture is None:
            return
        if self._making.job is not None:
            self._say("A run is under way", "Invert the picture once it has ended, or stop it first.")
            return
        name = await asyncio.to_thread(inputs.keep, picture)
        request = self._settings.inverting(name)
        self._making.carry_out(request, _inverted, then=partial(self._offer_noise, picture))
        self._viewer.show_for_this_run("noisy")

    async def _picture_here(self) -> np.ndarray | None:
        """That of the stage, unless something else was turned to while it was decoded."""
        turn = self._viewer.turn
        picture = await self._on_stage()
        return picture if self._viewer.turn == turn else None

    async def _start(self) -> None:
        if (picture := await self._on_stage()) is not None:
            await self._starting.use(picture)

    async def _mask(self) -> None:
        if (picture := await self._picture_here()) is not None:
            await self._starting.mask(picture)

    def _offer_noise(self, picture: np.ndarray, run: Run) -> None:
        use = partial(self._starting.use, picture, strength=run.request.strength, inverted=True)
        self._say(
            NOISE_FOUND,
            "What starts from it keeps the layout as far as the words allow.",
            action="Start from it",
            on_action=lambda: self._tasks.start(use()),
        )

    def _ask(self, share: float) -> None:
        self._wanted = share
        self._stage.noise_bar.set_words(self._words(share))
        if not self._drawing:
            self._drawing = True
            self._tasks.start(self._draw())

    async def _draw(self) -> None:
        try:
            while self._wanted is not None and self._stage.mode() == "noise":
                share, self._wanted = self._wanted, None
                drawn = await self._noised(share)
                if self._stage.mode() == "noise":
                    self._stage.canvas.show_picture(drawn)
        finally:
            self._drawing = False

    async def _noised(self, share: float) -> np.ndarray:
        picture, card = self._picture, self._settings.card
        assert picture is not None
        if share == 0:
            return picture
        request = self._page.controls.request()
        if card is None or not card.accepts.picture:
            return await asyncio.to_thread(pixels_noised, picture, self._settings.process, share, seed=request.seed)
        return await self._lane.ask(partial(_noised, self._library, request, self._name, share))

    def _words(self, share: float) -> str:
        process, request = self._settings.process, self._page.controls.request()
        if process is None or share == 0:
            return "The picture as it is" if share == 0 else ""
        sigma = sigma_words(point_at(process, share).ratio)
        try:
            path = self._settings.path()
        except BadRequest:
            return f"σ {sigma}"
        left = request.steps - start_of(process, path, share)
        return f"σ {sigma} · strength {share:.2f}: {left} of {request.steps} steps to go"

    def _withdraw_offer(self) -> None:
        self._stage.notices.withdraw(NOISE_FOUND)

    def _on_mode(self, mode: str) -> None:
        if mode:
            self._withdraw_offer()
        if mode != "noise" and self._picture is not None:
            picture, self._picture, self._wanted = self._picture, None, None
            self._stage.canvas.show_picture(picture)

    def _on_tool(self, tool: str) -> None:
        does = {"noise": self.open_noise, "invert": self.invert, "start": self._start, "mask": self._mask}
        if tool in does:
            self._tasks.start(does[tool]())

    def _on_model(self, card: ModelCard) -> None:
        self._stage.tools.set_refused("" if card.accepts.picture else f"{card.title} cannot begin from a picture")

    def _connect(self) -> None:
        bar, start = self._stage.noise_bar, self._tasks.start
        self._stage.tools.clicked.connect(self._on_tool)
        self._stage.mode_changed.connect(self._on_mode)
        self._page.controls.generate.connect(self._withdraw_offer)
        self._page.controls.modes.live_toggled.connect(self._withdraw_offer)
        self._page.controls.model_shown.connect(self._on_model)
        if self._settings.card is not None:
            self._on_model(self._settings.card)
        bar.changed.connect(self._ask)
        bar.start_clicked.connect(lambda: start(self.start_here()))
        bar.closed.connect(lambda: self._stage.set_mode(""))


def pixels_noised(picture: np.ndarray, process: Process | None, share: float, *, seed: int) -> np.ndarray:
    """The picture itself along a forward process, where no model has latents of it: RGBA uint8 (height, width, 4)."""
    import numpy as np

    from gdm_studio.maths.processes import PROCESSES

    at = point_at(process or PROCESSES["vp"](), share)
    levels = picture.astype(np.float64) / 127.5 - 1
    x = at.alpha * levels + at.sigma * np.random.default_rng(seed).standard_normal(levels.shape)
    x /= np.hypot(at.alpha, at.sigma)
    return ((x.clip(-1, 1) + 1) * 127.5).round().astype(np.uint8)


def _noised(library: Library, request: Request, name: str, share: float) -> np.ndarray:
    from gdm_studio.engine import devices
    from gdm_studio.engine.invert import noised
    from gdm_studio.models.library import load_for

    device, dtype = devices.place_of(request, library.card(request.model))
    model = load_for(library, request, device=device, dtype=dtype)
    return noised(model, name, share, seed=request.seed)


def _inverted(request: Request, library: Library) -> Generator[Event, None, None]:
    from gdm_studio.engine.invert import invert

    yield from invert(request, library)
