"""Controller of the Learn page, which runs samplers on two-dimensional points in a thread and shows the step at the
slider's position.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from gdm_studio.common.atomic_files import NewFile, numbered_names
from gdm_studio.common.errors import BadRequest
from gdm_studio.learning.lessons import Lesson, LiveState, Trial
from gdm_studio.learning.point_runs import (
    EXACT,
    PROCESSES,
    PlaneRun,
    PlaneSettings,
    Predict,
    density_of,
    distance_curve,
    distance_floor,
    forward,
    process_of,
    run_plane,
    score_field,
    true_distribution,
)
from gdm_studio.learning.step_numbers import plane_step
from gdm_studio.maths.exact.densities import Line
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.ui.folder_dialogs import exports_folder, notify_saved
from gdm_studio.ui.learn.distance_chart import DistanceCurve
from gdm_studio.ui.learn.points_view import PlaneFrame, arrow_places, density_places
from gdm_studio.ui.learn.schedule_chart import ScheduleCurve
from gdm_studio.ui.tasks import CoalescedTask
from gdm_studio.ui.translation import error_text, handout_words, number_text, translate

if TYPE_CHECKING:
    from gdm_studio.training.toy_point_denoiser import PlaneNetwork
    from gdm_studio.ui.app_context import AppContext
    from gdm_studio.ui.learn.page import LearnPage

T = TypeVar("T")

# Tokens of the colours of both curves.
CURVE_COLOURS = ("accent", "ok")
# Share of the highest density that is painted in full strength.
FULL = 0.6
# Number of steps for which a network trains, which takes about 30 seconds on one core.
TRAINING_STEPS = 1500
# Seconds of training between two runs of the network.
SLICE_SECONDS = 0.5


@dataclass(frozen=True)
class _RunMoment:
    """State of a sampler run at a position of the slider: the last step before that position, and the fraction of the
    way to the next step.
    """

    run: PlaneRun
    index: int
    part: float

    @property
    def at(self) -> NoiseLevel:
        start, end = self._step_indices()
        before, after = self.run.path[start], self.run.path[end]
        return NoiseLevel(
            before.alpha + self.part * (after.alpha - before.alpha),
            before.sigma + self.part * (after.sigma - before.sigma),
        )

    def points(self) -> np.ndarray:
        """Return the points at this moment, of shape (n, 2), divided by √(alpha² + sigma²) so that their spread is
        similar at all noise levels.
        """
        start, end = self._step_indices()
        before, after = self.run.x[start], self.run.x[end]
        return _scale(before + self.part * (after - before), self.at)

    def trail(self, point: int, *, is_forward: bool) -> np.ndarray:
        """Return the path of one point up to this moment, as positions of shape (m, 2). It starts at the noise or, in
        the forward process, at the data.
        """
        passed = range(self.run.steps, self.index, -1) if is_forward else range(self.index + 1)
        before = [_scale(self.run.x[index][point], self.run.path[index]) for index in passed]
        return np.stack([*before, self.points()[point]])

    def predicted(self, point: int) -> np.ndarray:
        """Return the position (x, y) of the clean point that the denoiser predicts for one noisy point, of
        shape (2,).
        """
        return self.run.denoised[self.index][point]

    def _step_indices(self) -> tuple[int, int]:
        return self.index, min(self.index + 1, self.run.steps)


@dataclass(frozen=True)
class _Panel:
    """One of the sampler runs on the Learn page, with its title. `predict` is a snapshot of its denoising network, or
    None if it uses the exact denoiser.

    `training_steps` is the number of steps that the network has been trained for, and `excess` is how much its
    error exceeds that of the exact denoiser, as a fraction of the latter.
    """

    run: PlaneRun
    title: str
    predict: Predict | None = None
    excess: float = 0.0
    training_steps: int = 0

    @property
    def is_training(self) -> bool:
        return self.predict is not None and self.training_steps < TRAINING_STEPS


class LearnController:
    """Controller of the Learn page, which runs samplers on two-dimensional points and trains small denoising networks
    for them.

    A network is trained while the page shows a run with it. A change of a setting that affects the network starts a new
    one.
    """

    def __init__(self, context: AppContext, page: LearnPage) -> None:
        self._page = page
        self._tasks = context.tasks
        self._notify = context.notify
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="plane")
        self._panels: tuple[_Panel, ...] = ()
        self._is_forward = False
        # Networks by the settings that they depend on. Only the thread of the executor uses them.
        self._networks: dict[PlaneSettings, PlaneNetwork] = {}
        # Settings of the runs whose curves are in the chart.
        self._measured_settings: list[PlaneSettings] = []
        self._problem = ""
        self._followed_point = -1
        self._is_first = True
        self._update = CoalescedTask(context.tasks, self._run)
        self._curves = CoalescedTask(context.tasks, self._measure)
        page.controls.changed.connect(self._update.request)
        page.direction.chosen.connect(lambda _: self._update.request())
        page.moved.connect(self._show)
        page.numbers_asked.connect(self._show_step_numbers)
        page.export_asked.connect(lambda suffix: self._tasks.start(self._export(suffix)))
        page.lessons.opened.connect(self._open_lesson)
        page.lessons.tried.connect(self._try_change)
        page.lessons.answered.connect(self._check_answer)
        page.views[0].line_drawn.connect(page.controls.add_line)
        for view in page.views:
            view.point_chosen.connect(self._follow_point)

    def show(self) -> None:
        """Run the samplers if they have not run yet, and continue the training of unfinished networks. The window calls
        this when the Learn page opens.
        """
        if self._page.side.choice() == "lessons":
            self._page.lessons.start()
        if not self._panels or any(panel.is_training for panel in self._panels):
            self._update.request()

    def close(self) -> None:
        """Stop all work for the page when the window closes, without waiting for a run in progress."""
        self._update.close()
        self._curves.close()
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _run(self) -> None:
        controls, page = self._page.controls, self._page
        settings = [each for each in (controls.settings(), controls.changed_settings()) if each is not None]
        titled_settings = [(each, controls.title(each)) for each in settings]
        is_forward = page.direction.choice() == "forward"
        page.views[0].set_drawing(controls.is_drawing())
        try:
            self._panels = await self._run_in_thread(partial(self._prepare, titled_settings, is_forward=is_forward))
            self._problem = ""
        except BadRequest as error:
            self._panels = ()
            self._problem = error_text(error)
        self._is_forward = is_forward
        for sigma in page.sigmas:
            sigma.setEnabled(bool(self._panels) and not is_forward)
        page.export.setEnabled(bool(self._panels) and not is_forward)
        page.set_second(len(self._panels) > 1)
        page.show_chart((page.schedules if is_forward else page.chart) if self._panels else None)
        if is_forward:
            self._show_schedules()
        if self._panels:
            page.set_steps(self._panels[0].run.steps)
        if self._panels and self._is_first:
            self._is_first = False
            page.set_position(1.0)
        self._show()
        if page.isVisible() and any(panel.is_training for panel in self._panels):
            # The curves are measured after the training. Until then, the chart would show outdated curves.
            if settings != self._measured_settings:
                page.chart.set_curves((), 0.0, hint=translate("LearnPage", "Measured when the training ends"))
            self._update.request()
        else:
            self._curves.request()

    async def _run_in_thread(self, function: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, function)

    def _prepare(self, titled_settings: Sequence[tuple[PlaneSettings, str]], *, is_forward: bool) -> tuple[_Panel, ...]:
        """Train the denoising networks for a short time, then run the samplers and return their runs. Runs on the
        executor's thread.
        """
        keys = {_network_settings(each) for each, _ in titled_settings if each.denoiser != EXACT}
        self._networks = {key: network for key, network in self._networks.items() if key in keys}
        panels = []
        if is_forward and len({_forward_settings(each) for each, _ in titled_settings}) < 2:
            # Both runs are the same, since the difference concerns the sampler alone.
            titled_settings = [(titled_settings[0][0], translate("LearnPage", "The process"))]
        for settings, title in titled_settings:
            if is_forward:
                panels.append(_Panel(_prepare_run(forward(settings)), title))
            elif settings.denoiser == EXACT:
                panels.append(_Panel(_prepare_run(run_plane(settings)), title))
            else:
                network = self._network_for(settings)
                if network.steps < TRAINING_STEPS:
                    network.train(SLICE_SECONDS, TRAINING_STEPS)
                predict = network.predictor()
                run = _prepare_run(run_plane(settings, predict))
                panels.append(_Panel(run, title, predict, network.excess(), network.steps))
        return tuple(panels)

    def _network_for(self, settings: PlaneSettings) -> PlaneNetwork:
        # Imported here, as it imports torch.
        from gdm_studio.training.toy_point_denoiser import PlaneNetwork

        key = _network_settings(settings)
        if key not in self._networks:
            density = density_of(settings.density, settings.lines)
            self._networks[key] = PlaneNetwork(density, process_of(settings.process), settings.denoiser)
        return self._networks[key]

    async def _measure(self) -> None:
        """Measure for several step counts how far both samplers' results are from the true distribution, and show the
        distances as curves.
        """
        panels = self._panels
        if not panels or self._is_forward:
            self._measured_settings = []
            self._page.chart.set_curves((), 0.0)
            return
        curves = []
        for panel, colour in zip(panels, CURVE_COLOURS, strict=False):
            points = await self._run_in_thread(partial(distance_curve, panel.run.settings, panel.predict))
            curves.append(DistanceCurve(panel.title, colour, points))
        least = await self._run_in_thread(partial(distance_floor, panels[0].run.settings))
        if self._panels is panels:
            self._measured_settings = [panel.run.settings for panel in panels]
            self._page.chart.set_curves(curves, least)

    def _show_schedules(self) -> None:
        """Show the noise schedules of the displayed forward processes in a chart."""
        curves = []
        for panel, colour in zip(self._panels, CURVE_COLOURS, strict=False):
            shares = [at.alpha / _plane_extent(at) for at in reversed(panel.run.path)]
            process, _ = PROCESSES[panel.run.settings.process]
            title = panel.title if len(self._panels) > 1 else translate("Plane", process)
            curves.append(ScheduleCurve(title, colour, shares))
        self._page.schedules.set_curves(curves, self._panels[0].run.steps if self._panels else 1)

    def _follow_point(self, point: int) -> None:
        self._followed_point = point
        self._show()

    async def _export(self, suffix: str) -> None:
        """Save both runs as a web page or a Jupyter notebook in the folder for exports. Raises StorageError."""
        self._page.show_exporting(True)
        try:
            file = await self._run_in_thread(partial(_write_handout, self._panels, suffix))
        finally:
            self._page.show_exporting(False)
        title = translate("LearnPage", "The runs were exported")
        notify_saved(self._notify, self._tasks, title, file.name, file.parent)

    def _open_lesson(self, lesson: Lesson) -> None:
        """Set the density, the sampler and the slider to the values that a lesson starts with."""
        page = self._page
        self._is_first = False
        self._followed_point = -1
        page.stop()
        page.direction.set_choice("forward" if lesson.is_forward else "backward")
        page.controls.set_settings(lesson.settings)
        page.set_position(lesson.position)

    def _try_change(self, trial: Trial) -> None:
        """Try the change that a button in a lesson proposes: show a second run, with one setting changed, beside the
        run of the lesson.
        """
        self._page.controls.set_change(trial.name, trial.value)

    def _check_answer(self, lesson: Lesson, number: float | None) -> None:
        """Check the user's answer to a lesson's exercise and show the result. The answer is a number, or the current
        settings and slider position.
        """
        exercise = lesson.exercise
        if not self._panels:
            self._page.lessons.show_result(False, exercise.hint)
            return
        run = self._panels[0].run
        state = LiveState(run, _moment_at(run, self._place()).at, number)
        is_right = exercise.is_right(state)
        self._page.lessons.show_result(is_right, exercise.right if is_right else exercise.hint_after(state))

    def _place(self) -> Fraction:
        """Return the displayed position within the runs, from 0 (highest noise level) to 1 (clean data)."""
        return 1 - self._page.position() if self._is_forward else self._page.position()

    def _show_step_numbers(self, index: int) -> None:
        """Open a dialog with the formula and the numbers of the step at the slider, for the first (0) or the second run
        (1).
        """
        if index >= len(self._panels) or self._is_forward:
            return
        from gdm_studio.ui.learn.step_numbers_view import StepNumbersView

        page, panel = self._page, self._panels[index]
        step = max(1, page.step_of(panel.run.steps))
        numbers = plane_step(panel.run, step, panel.predict, training_steps=panel.training_steps)
        StepNumbersView(page.theme, numbers, can_measure=False, parent=page.window()).open_up()

    def _show(self) -> None:
        """Show the points of both runs at the position of the slider."""
        page = self._page
        if not self._panels:
            drawing = page.controls.is_drawing()
            hint = translate("LearnPage", "Draw lines here with the mouse.") if drawing else self._problem
            page.views[0].show_frame(None, hint)
            page.captions[0].setText("")
            page.numbers[0].setText("")
            page.show_step("")
            return
        position = self._place()
        for place, panel in enumerate(self._panels):
            moment = _moment_at(panel.run, position)
            page.views[place].show_frame(self._create_frame(moment, panel))
            page.captions[place].setText(panel.title)
            numbers = [_level_and_distance(moment, panel)]
            if panel.predict is not None:
                # The end of the text is cut off in a narrow window. The first view shows the noise level.
                numbers.insert(0 if place else 1, _training_text(panel))
            page.numbers[place].setText(" · ".join(numbers))
        steps = self._panels[0].run.steps
        step = page.step_of(steps)
        page.show_step(translate("LearnPage", "Step {step} of {steps}").format(step=step, steps=steps))
        page.schedules.set_position(float(page.position()))

    def _create_frame(self, moment: _RunMoment, panel: _Panel) -> PlaneFrame:
        at, settings = moment.at, panel.run.settings
        arrows = None
        if self._page.arrows.isChecked() and at.sigma:
            arrows = score_field(settings, at, arrow_places() * _plane_extent(at), panel.predict)
        follows = self._followed_point >= 0
        return PlaneFrame(
            points=moment.points(),
            classes=panel.run.classes,
            density=_density(settings, panel.run.path[moment.index]),
            arrows=arrows,
            trail=moment.trail(self._followed_point, is_forward=self._is_forward) if follows else None,
            predicted=moment.predicted(self._followed_point) if follows else None,
        )


def _write_handout(panels: Sequence[_Panel], suffix: str) -> Path:
    from gdm_studio.learning.handout import WRITERS
    from gdm_studio.learning.handout.toy_points import PlanePanel, plane_handout

    plane_panels = [
        PlanePanel(panel.title, panel.run, distance_curve(panel.run.settings, panel.predict)) for panel in panels
    ]
    return NewFile(exports_folder(), numbered_names("plane", suffix)).write(
        WRITERS[suffix](plane_handout(plane_panels, handout_words()))
    )


def _prepare_run(run: PlaneRun) -> PlaneRun:
    """Compute the cached distances, classes and densities of a run now, so that showing the run does not delay the
    window. Returns the run.
    """
    _ = run.distances, run.classes
    for at in run.path:
        _density(run.settings, at)
    return run


def _network_settings(settings: PlaneSettings) -> PlaneSettings:
    """Return a copy of the settings in which all settings that do not affect the training of a network have default
    values.
    """
    return PlaneSettings(
        density=settings.density, process=settings.process, denoiser=settings.denoiser, lines=settings.lines
    )


def _forward_settings(settings: PlaneSettings) -> PlaneSettings:
    """Return a copy of the settings in which all settings that do not affect the forward process have default
    values.
    """
    default = PlaneSettings()
    return replace(
        settings,
        sampler=default.sampler,
        guidance_scale=default.guidance_scale,
        temperature=default.temperature,
        denoiser=default.denoiser,
    )


def _moment_at(run: PlaneRun, position: Fraction) -> _RunMoment:
    place = position * run.steps
    index = math.floor(place)
    return _RunMoment(run, index, float(place - index))


def _plane_extent(at: NoiseLevel) -> float:
    return float(np.hypot(at.alpha, at.sigma))


def _scale(x: np.ndarray, at: NoiseLevel) -> np.ndarray:
    scaled: np.ndarray = x / _plane_extent(at)
    return scaled


def _density(settings: PlaneSettings, at: NoiseLevel) -> np.ndarray:
    """Return the true density at a noise level, at the places where the view paints it, scaled to the range from 0 to
    1.
    """
    return _density_of(settings.density, settings.label, settings.lines, at)


@lru_cache(maxsize=512)
def _density_of(name: str, label: int | None, lines: tuple[Line, ...], at: NoiseLevel) -> np.ndarray:
    true = true_distribution(PlaneSettings(density=name, label=label, lines=lines))
    logs = true.log_density(density_places() * _plane_extent(at), at)
    return np.minimum(np.exp(logs - logs.max()) / FULL, 1.0)


def _level_and_distance(moment: _RunMoment, panel: _Panel) -> str:
    """Return a phrase with a run's noise level and the distance of its points from the true distribution."""
    at = moment.at
    values = {"alpha": at.alpha, "sigma": at.sigma, "distance": panel.run.distances[moment.index]}
    text = translate("LearnPage", "α {alpha} · σ {sigma} · distance {distance}")
    return text.format(**{name: number_text(value, 3) for name, value in values.items()})


def _training_text(panel: _Panel) -> str:
    """Return a phrase about the training of a denoising network: the ratio of its error to the exact denoiser's, and
    the number of its training steps so far.
    """
    factor = 1 + panel.excess
    return translate("LearnPage", "{factor} × the exact error, step {step} of {steps}").format(
        factor=number_text(factor, 2 if factor < 10 else 0),
        step=number_text(panel.training_steps),
        steps=number_text(TRAINING_STEPS),
    )
