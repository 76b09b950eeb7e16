"""The noise curve, drawn from a model's card alone, and the steps that img2img skips."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from gdm_studio.jobs.executor import Executor
from gdm_studio.jobs.runner import Runner
from gdm_studio.maths.noise_path import NoiseLevel, NoisePath
from gdm_studio.models.forward_process import forward_process
from gdm_studio.studio.model_compatibility import spacing_problem
from gdm_studio.studio.request_draft import RequestDraft
from gdm_studio.ui.create.panel import menu_entries
from gdm_studio.ui.create.panel.noise_curve import NoiseCurve
from gdm_studio.ui.create.panel.settings_panel import Controls
from gdm_studio.ui.create.request_settings import RequestSettings
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.worker_thread import WorkerThread
from tests.helpers.gaussian_model import CARD, GaussianLibrary
from tests.helpers.widgets import record_signal, show_widget, theme

PATH: NoisePath = (*(NoiseLevel(1.0, sigma) for sigma in (80.0, 5.0, 0.5, 0.05)), NoiseLevel(1.0, 0.0))


@pytest.fixture
def look() -> Theme:
    return theme()


def test_every_spacing_is_drawn_before_any_model_is_loaded(look: Theme) -> None:
    controls, library = Controls(look, RequestDraft()), GaussianLibrary()
    settings = RequestSettings(controls, library, WorkerThread(Runner(Executor(library))))  # type: ignore[arg-type]
    settings.open(None)
    drawn = set()
    for name in (choice.id for choice in menu_entries.spacing_choices(CARD)):
        if not spacing_problem(name, CARD):
            controls.spacing_box.set_choice(name)
            controls.spacing_box.chosen.emit(name)
            drawn.add(controls.curve.accessibleDescription())
            path = forward_process(CARD).path(name, 8)
            assert controls.curve._sigmas == [point.ratio for point in path]
    assert library._model is None and len(drawn) > 3
    controls.steps.edit.set_number(30)
    controls.steps.edit.edited.emit(30)
    assert controls.curve.accessibleDescription().startswith("30 steps")


def test_img2img_skips_points_and_counts_from_its_start(look: Theme) -> None:
    curve = show_widget(NoiseCurve(look), width=300)
    picked = record_signal(curve.picked)
    curve.set_path(PATH, 2)
    assert curve.accessibleDescription() == "2 steps from σ 0.5 to 0.05"
    left_out = curve.grab().toImage()
    QTest.mouseClick(curve, Qt.MouseButton.LeftButton, pos=QPoint(20, 30))
    # The start point is no step.
    QTest.mouseClick(curve, Qt.MouseButton.LeftButton, pos=QPoint(150, 30))
    QTest.mouseClick(curve, Qt.MouseButton.LeftButton, pos=QPoint(288, 30))
    assert picked == [(2,)]
    curve.set_path(PATH)
    assert curve.grab().toImage() != left_out


def test_the_current_step_of_img2img_is_marked(look: Theme) -> None:
    curve = show_widget(NoiseCurve(look), width=300)
    curve.set_path(PATH, 2)
    for index in (0, 1, 2):
        curve.set_current(index)
        seen, white = curve.grab().toImage(), []
        for place in map(curve._point_of, range(len(PATH))):
            white.append(seen.pixelColor(place.toPoint() * seen.devicePixelRatio()) == Qt.GlobalColor.white)
        assert [point for point, is_white in enumerate(white) if is_white] == [2 + index]


def test_a_run_matches_the_end_of_the_curve_or_replaces_it(look: Theme) -> None:
    curve = NoiseCurve(look)
    curve.set_path(PATH)
    curve.show_run(PATH[1:])
    assert curve.accessibleDescription() == "3 steps from σ 5 to 0.05" and len(curve._plot_heights) == len(PATH)
    backwards = PATH[:0:-1]
    curve.show_run(backwards)
    assert len(curve._plot_heights) == len(backwards)
