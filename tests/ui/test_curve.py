"""The noise curve: drawn from a model's card alone, and what of it a run from a picture leaves out."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from gdm_studio.maths.path import Path, Point
from gdm_studio.models.process import process_of
from gdm_studio.studio.crew import Crew
from gdm_studio.studio.draft import Draft
from gdm_studio.studio.fitting import spacing_refused
from gdm_studio.ui.create.panel import menus
from gdm_studio.ui.create.panel.controls import Controls
from gdm_studio.ui.create.panel.curve import NoiseCurve
from gdm_studio.ui.create.settings import Settings
from gdm_studio.ui.lane import Lane
from gdm_studio.ui.look.theme import Theme
from tests.helpers.gaussian_model import CARD, GaussianLibrary
from tests.helpers.looks import heard, shown, theme

PATH: Path = (*(Point(1.0, sigma) for sigma in (80.0, 5.0, 0.5, 0.05)), Point(1.0, 0.0))


@pytest.fixture
def look() -> Theme:
    return theme()


def test_every_spacing_is_drawn_before_any_model_is_loaded(look: Theme) -> None:
    controls, library = Controls(look, Draft()), GaussianLibrary()
    settings = Settings(controls, library, Lane(Crew(library)))  # type: ignore[arg-type]
    settings.open(None)
    drawn = set()
    for name in (choice.id for choice in menus.spacing_choices(CARD)):
        if not spacing_refused(name, CARD):
            controls.spacing_box.set_choice(name)
            controls.spacing_box.chosen.emit(name)
            drawn.add(controls.curve.accessibleDescription())
            path = process_of(CARD).path(name, 8)
            assert controls.curve._sigmas == [point.ratio for point in path]
    assert library._model is None and len(drawn) > 3
    controls.steps.edit.set_number(30)
    controls.steps.edit.edited.emit(30)
    assert controls.curve.accessibleDescription().startswith("30 steps")


def test_a_run_from_a_picture_leaves_points_out_and_counts_from_where_it_starts(look: Theme) -> None:
    curve = shown(NoiseCurve(look), width=300)
    picked = heard(curve.picked)
    curve.set_path(PATH, 2)
    assert curve.accessibleDescription() == "2 steps from σ 0.5 to 0.05"
    left_out = curve.grab().toImage()
    QTest.mouseClick(curve, Qt.MouseButton.LeftButton, pos=QPoint(20, 30))
    QTest.mouseClick(curve, Qt.MouseButton.LeftButton, pos=QPoint(150, 30))  # where it starts, which is no step
    QTest.mouseClick(curve, Qt.MouseButton.LeftButton, pos=QPoint(288, 30))
    assert picked == [(2,)]
    curve.set_path(PATH)
    assert curve.grab().toImage() != left_out


def test_it_is_marked_where_a_run_from_a_picture_stands(look: Theme) -> None:
    curve = shown(NoiseCurve(look), width=300)
    curve.set_path(PATH, 2)
    for index in (0, 1, 2):
        curve.set_current(index)
        seen, white = curve.grab().toImage(), []
        for place in map(curve._place, range(len(PATH))):
            white.append(seen.pixelColor(place.toPoint() * seen.devicePixelRatio()) == Qt.GlobalColor.white)
        assert [point for point, is_white in enumerate(white) if is_white] == [2 + index]


def test_a_run_takes_up_the_end_of_what_is_drawn_or_draws_its_own(look: Theme) -> None:
    curve = NoiseCurve(look)
    curve.set_path(PATH)
    curve.take_up(PATH[1:])
    assert curve.accessibleDescription() == "3 steps from σ 5 to 0.05" and len(curve._levels) == len(PATH)
    backwards = PATH[:0:-1]
    curve.take_up(backwards)
    assert len(curve._levels) == len(backwards)
