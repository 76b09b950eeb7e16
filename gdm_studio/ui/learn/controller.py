"""Controller of the Learn page. It runs the samplers in a thread and shows their points at the slider's position."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from gdm_studio.common.errors import BadRequest
from gdm_studio.maths.path import NoiseLevel
from gdm_studio.studio.plane import (
    EXACT,
    PlaneRun,
    PlaneSettings,
    Predict,
    density_of,
    distance_curve,
    field,
    floor,
    forward,
    process_of,
    run_plane,
    target,
)
from gdm_studio.ui.learn.distance_chart import DistanceCurve
from gdm_studio.ui.learn.page import PARTS
from gdm_studio.ui.learn.plane_view import PlaneFrame, arrow_places, density_places
from gdm_studio.ui.tasks import CoalescedTask
from gdm_studio.ui.translation import translate

if TYPE_CHECKING:
    from gdm_studio.training.plane_network import PlaneNetwork
    from gdm_studio.ui.app_context import AppContext
    from gdm_studio.ui.learn.page import LearnPage

T = TypeVar("T")

# Tokens of the colours of both curves.
CURVE_COLOURS = ("accent", "ok")
# Share of the highest density that is painted in full strength.
FULL = 0.6
# Time for which a network trains, and between two of its runs, in seconds.
TRAINING_SECONDS = 20.0
SLICE_SECONDS = 0.5


@dataclass(frozen=True)
class _Moment:
    """A run at a position of the slider: the last step before it, and the way to the next one from 0 to 1."""

    run: PlaneRun
    index: int
    part: float

    @property
    def at(self) -> NoiseLevel:
        start, end = self._ends()
        one, other = self.run.path[start], self.run.path[end]
        return NoiseLevel(
            one.alpha + self.part * (other.alpha - one.alpha), one.sigma + self.part * (other.sigma - one.sigma)
        )

    def points(self) -> np.ndarray:
        """Return the points, divided by the spread of noisy data at this level."""
        start, end = self._ends()
        one, other = self.run.x[start], self.run.x[end]
        return _scaled(one + self.part * (other - one), self.at)

    def trail(self, point: int, *, is_forward: bool) -> np.ndarray:
        """Return the places of a point until now, from the noise or, forward, from the data."""
        passed = range(self.run.steps, self.index, -1) if is_forward else range(self.index + 1)
        before = [_scaled(self.run.x[index][point], self.run.path[index]) for index in passed]
        return np.stack([*before, self.points()[point]])

    def predicted(self, point: int) -> np.ndarray:
        """Return the clean point that is predicted for a point."""
        return self.run.denoised[self.index][point]

    def _ends(self) -> tuple[int, int]:
        return self.index, min(self.index + 1, self.run.steps)


@dataclass(frozen=True)
class _Learned:
    """A run by a network, with the network's training time and its error above that of the exact denoiser."""

    seconds: float
    excess: float


class LearnController:
    """The controller of the Learn page.

    A network trains while the page shows a run by it. Other settings that concern the network start a new one.
    """

    def __init__(self, context: AppContext, page: LearnPage) -> None:
        self._page = page
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="plane")
        self._runs: tuple[PlaneRun, ...] = ()
        # Networks by the settings that they depend on, and the state of the network of each run.
        self._networks: dict[PlaneSettings, PlaneNetwork] = {}
        self._learned: list[_Learned | None] = []
        self._problem = ""
        self._point = -1
        self._is_first = True
        self._update = CoalescedTask(context.tasks, self._run)
        self._curves = CoalescedTask(context.tasks, self._measure)
        page.controls.changed.connect(self._update.request)
        page.direction.chosen.connect(lambda _: self._update.request())
        page.moved.connect(self._show)
        page.views[0].line_drawn.connect(page.controls.add_line)
        for view in page.views:
            view.point_chosen.connect(self._follow)

    def show(self) -> None:
        """Run the samplers if the page is opened for the first time."""
        if not self._runs:
            self._update.request()

    def close(self) -> None:
        """Stop running, without waiting for a run that is under way."""
        self._update.close()
        self._curves.close()
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _run(self) -> None:
        controls, page = self._page.controls, self._page
        wanted = [each for each in (controls.settings(), controls.changed_settings()) if each is not None]
        is_forward = page.direction.choice() == "forward"
        self._problem = ""
        page.views[0].set_drawing(controls.is_drawing())
        try:
            prepare = partial(self._prepare, wanted, is_forward=is_forward)
            self._runs, self._learned = await self._in_thread(prepare)
        except BadRequest as error:
            self._runs = ()
            self._problem = str(error)
        page.set_second(len(self._runs) > 1)
        if self._runs:
            page.set_steps(self._runs[0].steps)
        if self._runs and self._is_first:
            self._is_first = False
            page.set_position(1.0)
        self._show()
        if any(each is not None and each.seconds < TRAINING_SECONDS for each in self._learned) and page.isVisible():
            self._update.request()
        else:
            self._curves.request()

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    def _prepare(
        self, wanted: Sequence[PlaneSettings], *, is_forward: bool
    ) -> tuple[tuple[PlaneRun, ...], list[_Learned | None]]:
        """Train the networks of the runs for a while, and return the runs. Called in the thread of the page."""
        keys = {_network_settings(each) for each in wanted if each.denoiser != EXACT}
        self._networks = {key: network for key, network in self._networks.items() if key in keys}
        runs: list[PlaneRun] = []
        learned: list[_Learned | None] = []
        for settings in wanted:
            if is_forward or settings.denoiser == EXACT:
                runs.append(_prepared(forward(settings) if is_forward else run_plane(settings)))
                learned.append(None)
                continue
            network = self._network(settings)
            if network.seconds < TRAINING_SECONDS:
                network.train(SLICE_SECONDS)
            runs.append(_prepared(run_plane(settings, network.predict)))
            learned.append(_Learned(network.seconds, network.excess()))
        return tuple(runs), learned

    def _network(self, settings: PlaneSettings) -> PlaneNetwork:
        # Imported here, as it imports torch.
        from gdm_studio.training.plane_network import PlaneNetwork

        key = _network_settings(settings)
        if key not in self._networks:
            density = density_of(settings.density, settings.lines)
            self._networks[key] = PlaneNetwork(density, process_of(settings.process), settings.denoiser)
        return self._networks[key]

    def _predict(self, settings: PlaneSettings) -> Predict | None:
        """Return the prediction of a run's network, or None for the exact one."""
        network = self._networks.get(_network_settings(settings))
        return None if settings.denoiser == EXACT or network is None else network.predict

    async def _measure(self) -> None:
        """Measure the distance curves of both runs."""
        runs = self._runs
        if not runs:
            self._page.chart.set_curves((), 0.0)
            return
        found = []
        for run, colour in zip(runs, CURVE_COLOURS, strict=False):
            points = await self._in_thread(partial(distance_curve, run.settings, self._predict(run.settings)))
            title = self._page.controls.change_title(run.settings) or self._sampler_title(run.settings)
            found.append(DistanceCurve(title, colour, points))
        least = await self._in_thread(partial(floor, runs[0].settings))
        if self._runs is runs:
            self._page.chart.set_curves(found, least)

    def _follow(self, point: int) -> None:
        self._point = point
        self._show()

    def _sampler_title(self, settings: PlaneSettings) -> str:
        return self._page.controls.value_text("sampler", settings.sampler)

    def _show(self) -> None:
        """Show both runs at the position of the slider."""
        page = self._page
        if not self._runs:
            drawing = page.controls.is_drawing()
            hint = translate("LearnPage", "Draw lines here with the mouse.") if drawing else self._problem
            page.views[0].show_frame(None, hint)
            page.captions[0].setText("")
            page.numbers[0].setText("")
            page.step.setText("")
            return
        is_forward = page.direction.choice() == "forward"
        position = 1 - page.position() if is_forward else page.position()
        for place, run in enumerate(self._runs):
            moment = _moment(run, position)
            page.views[place].show_frame(self._frame(moment, is_forward=is_forward))
            title = page.controls.change_title(run.settings) or self._sampler_title(run.settings)
            page.captions[place].setText(translate("LearnPage", "The process") if is_forward else title)
            page.numbers[place].setText(_numbers(moment, self._learned[place]))
        steps = self._runs[0].steps
        done = page.slider.value() // PARTS
        page.step.setText(translate("LearnPage", "Step {step} of {steps}").format(step=done, steps=steps))

    def _frame(self, moment: _Moment, *, is_forward: bool) -> PlaneFrame:
        at, settings = moment.at, moment.run.settings
        arrows = None
        if self._page.arrows.isChecked() and at.sigma:
            arrows = field(settings, at, arrow_places() * _spread(at), self._predict(settings))
        follows = self._point >= 0
        return PlaneFrame(
            points=moment.points(),
            classes=moment.run.classes,
            density=_density(settings, moment.run.path[moment.index]),
            arrows=arrows,
            trail=moment.trail(self._point, is_forward=is_forward) if follows else None,
            predicted=moment.predicted(self._point) if follows else None,
        )


def _prepared(run: PlaneRun) -> PlaneRun:
    """Return a run after computing its distances and classes, which would delay the window later."""
    _ = run.distances, run.classes
    return run


def _network_settings(settings: PlaneSettings) -> PlaneSettings:
    """Return the settings that a network depends on, with the defaults of all others."""
    return PlaneSettings(
        density=settings.density, process=settings.process, denoiser=settings.denoiser, lines=settings.lines
    )


def _moment(run: PlaneRun, position: float) -> _Moment:
    place = position * run.steps
    index = min(int(place), run.steps)
    return _Moment(run, index, place - index)


def _spread(at: NoiseLevel) -> float:
    return float(np.hypot(at.alpha, at.sigma))


def _scaled(x: np.ndarray, at: NoiseLevel) -> np.ndarray:
    scaled: np.ndarray = x / _spread(at)
    return scaled


@lru_cache(maxsize=256)
def _density(settings: PlaneSettings, at: NoiseLevel) -> np.ndarray:
    """Return the true density at a noise level at the places of a view, from 0 to 1."""
    logs = target(settings).log_density(density_places() * _spread(at), at)
    return np.minimum(np.exp(logs - logs.max()) / FULL, 1.0)


def _numbers(moment: _Moment, learned: _Learned | None) -> str:
    """Return the noise level of a moment, the distance of its points from the truth, and the network's error."""
    at = moment.at
    text = translate("LearnPage", "α {alpha} · σ {sigma} · distance {distance}")
    found = moment.run.distances[moment.index]
    shown = text.format(alpha=f"{at.alpha:.3f}", sigma=f"{at.sigma:.3f}", distance=f"{found:.3f}")
    if learned is None:
        return shown
    trained = translate("LearnPage", "trained {seconds} s, error {percent} % above the exact denoiser")
    return f"{shown} · {trained.format(seconds=f'{learned.seconds:.0f}', percent=f'{100 * learned.excess:.3g}')}"
