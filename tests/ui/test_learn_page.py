"""The Learn page: two runs on the plane side by side, their steps, a network in training, and drawn densities."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea

from gdm_studio.learning.lessons import LESSONS
from gdm_studio.learning.point_runs import PlaneSettings
from gdm_studio.ui.learn.controls import PlaneControls
from gdm_studio.ui.learn.distance_chart import DistanceChart, DistanceCurve
from gdm_studio.ui.learn.page import PARTS, LearnPage
from gdm_studio.ui.learn.points_view import PlaneFrame
from gdm_studio.ui.learn.schedule_chart import ScheduleChart, ScheduleCurve
from gdm_studio.ui.learn.step_numbers_view import StepNumbersView
from gdm_studio.ui.shell.app import application
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets.chart_legend import fitting_widths
from tests.helpers.languages import language
from tests.helpers.widgets import drag, mute_platform
from tests.helpers.window import click, press, remaining_problems, run_in_window, until
from tests.ui.accessibility import problems


def frame(page: LearnPage, index: int = 0) -> PlaneFrame:
    found = page.views[index].frame()
    assert found is not None
    return found


async def opened(window: Window) -> LearnPage:
    """Open the page with its settings instead of the first lesson."""
    window.pages.ensure("learn")
    page = window.learn_page
    choose_side(page, "settings")
    window.open_page("learn")
    await until(lambda: len(page.chart.curves()) == 2)
    return page


def test_two_runs_from_the_same_noise_differ_in_one_setting(home: Path) -> None:
    async def play(window: Window) -> None:
        page = await opened(window)
        assert [each.text() for each in page.captions] == ["DDIM", "DDPM"] and page.step.text() == "Step 20 of 20"
        page.set_position(0.0)
        assert np.array_equal(frame(page).points, frame(page, 1).points), "both start from the same noise"
        page.set_position(1.0)
        assert not np.array_equal(frame(page).points, frame(page, 1).points)
        seed = page.controls.settings().seed
        click(page.controls.noise)
        QTest.mouseDClick(page.controls.noise, Qt.MouseButton.LeftButton)
        QTest.mouseRelease(page.controls.noise, Qt.MouseButton.LeftButton)
        assert page.controls.settings().seed == seed + 2, "each quick press counts"

        page.controls.change.pick("steps")
        await until(lambda: [each.text() for each in page.captions] == ["Steps 20", "Steps 5"])
        page.controls.change.pick("")
        await until(lambda: not page.views[1].isVisible() and len(page.chart.curves()) == 1)
        assert problems(page) == []

    run_in_window(play)


def test_clicked_sliders_take_the_keys(home: Path) -> None:
    async def play(window: Window) -> None:
        page = await opened(window)
        steps = page.controls.editors["steps"]
        for track, low in ((steps.widget.track, 1), (page.slider, 0)):
            click(track)
            assert window.focusWidget() is track
            before = track.value()
            press(window, Qt.Key.Key_Right)
            assert track.value() == before + 1
            press(window, Qt.Key.Key_Home)
            assert track.value() == low
            press(window, Qt.Key.Key_PageUp)
            assert track.value() == low + track.pageStep()

    run_in_window(play)


def test_the_label_names_the_step_between_whose_ends_the_points_are(home: Path) -> None:
    async def play(window: Window) -> None:
        page = await opened(window)
        for position, step in ((0.0, 0), (0.0125, 1), (0.5, 10), (0.5125, 11), (0.99, 20)):
            page.set_position(position)
            assert page.step.text() == f"Step {step} of 20"
        page.set_position(0.5125)
        click(page.sigmas[0])
        (shown,) = window.findChildren(StepNumbersView)
        assert page.step.text() == f"Step {shown.numbers().index} of 20"

    run_in_window(play)


def test_the_end_of_a_step_belongs_to_it_for_any_number_of_steps(home: Path) -> None:
    async def play(window: Window) -> None:
        page = await opened(window)
        page.views[0].point_chosen.emit(0)
        for steps, step in ((25, 7), (22, 15)):
            page.controls.editors["steps"].set_value(steps)
            page.controls.changed.emit()
            await until(lambda steps=steps: page.slider.maximum() == steps * PARTS)
            page.slider.setValue(step * PARTS)
            assert page.step.text() == f"Step {step} of {steps}"
            trail = frame(page).trail
            assert trail is not None and len(trail) == step + 2, "the noise, the end of each step, and the point itself"
            click(page.sigmas[0])
            (shown,) = window.findChildren(StepNumbersView)
            assert shown.numbers().index == step
            press(window, Qt.Key.Key_Escape)
            await until(lambda: not window.findChildren(StepNumbersView))

    run_in_window(play)


def test_the_slider_and_playing_show_the_steps(home: Path) -> None:
    async def play(window: Window) -> None:
        page = await opened(window)
        page.slider.setFocus()
        QTest.keyClick(page.slider, Qt.Key.Key_Home)
        assert page.position() == 0.0 and page.step.text() == "Step 0 of 20"
        noise = frame(page).points
        click(page.play)
        await until(lambda: page.position() > 0.02)
        assert not np.array_equal(frame(page).points, noise)
        window.open_page("create")
        assert not page.is_playing()
        window.open_page("learn")
        assert page.captions[0].text() == "DDIM"

    run_in_window(play)


def test_a_chosen_point_is_followed(home: Path) -> None:
    async def play(window: Window) -> None:
        page = await opened(window)
        page.set_position(0.5)
        view = page.views[0]
        places = view._on_screen(frame(page).points)
        middle = np.array([view.width() / 2, view.height() / 2])
        x, y = places[np.linalg.norm(places - middle, axis=1).argmin()]
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
        trail = frame(page).trail
        assert trail is not None and len(trail) == 12
        page.set_position(1.0)
        longer = frame(page).trail
        assert longer is not None and np.array_equal(longer[:11], trail[:11])
        page.arrows.click()
        assert frame(page).arrows is None

    run_in_window(play)


def test_a_network_trains_beside_the_exact_denoiser(home: Path) -> None:
    async def play(window: Window) -> None:
        page = await opened(window)
        page.controls.change.pick("denoiser")
        await until(lambda: "× the exact error, step " in page.numbers[1].text())
        assert page.chart.curves() == (), "those of the runs before are gone"
        assert page.chart.hint() == "Measured when the training ends"
        first = page.numbers[1].text()
        await until(lambda: page.numbers[1].text() != first)
        assert "denoiser" not in page.numbers[0].text()
        window.open_page("create")
        # Training goes on when the page is opened again.
        await until(lambda: not window._learn_controller._update._is_requested)
        left = page.numbers[1].text()
        window.open_page("learn")
        await until(lambda: page.numbers[1].text() != left)

        # A density without lines ends the training and clears the chart.
        page.controls.density.pick("drawn")
        await until(lambda: page.views[0].frame() is None and page.chart.curves() == ())
        assert not page.chart.isVisible() and not page.schedules.isVisible()

    run_in_window(play)


def test_training_ends_after_its_steps(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gdm_studio.ui.learn.controller.TRAINING_STEPS", 3)

    async def play(window: Window) -> None:
        page = await opened(window)
        page.controls.change.pick("denoiser")
        await until(lambda: " × the exact error, step 3 of 3 · α " in page.numbers[1].text())
        await until(lambda: len(page.chart.curves()) == 2)
        panel = window._learn_controller._panels[1]
        assert page.numbers[1].text().startswith(f"{1 + panel.excess:.2f} × the exact error") and panel.excess > 0.01

    run_in_window(play)


def test_a_density_can_be_drawn(home: Path) -> None:
    async def play(window: Window) -> None:
        page = await opened(window)
        page.controls.density.pick("drawn")
        await until(lambda: page.views[0].frame() is None)
        view = page.views[0]
        middle = view.rect().center()
        drag(view, middle - QPoint(100, 0), middle + QPoint(100, 0))
        await until(lambda: page.views[0].frame() is not None)
        points = frame(page).points
        assert points[:, 0].std() > 5 * points[:, 1].std(), "a line across"
        click(page.controls.clear)
        await until(lambda: page.views[0].frame() is None)

    run_in_window(play)


def test_the_process_adds_noise_to_the_data(home: Path) -> None:
    async def play(window: Window) -> None:
        page = await opened(window)
        page.direction.chosen.emit("backward")
        final = frame(page)
        assert final.density.max() == 1.0
        page.direction.set_choice("forward")
        page.direction.chosen.emit("forward")
        await until(lambda: page.captions[0].text() == "The process")
        await until(lambda: not page.chart.curves())
        assert not page.views[1].isVisible(), "two samplers have the same process"
        page.set_position(0.0)
        radius = np.linalg.norm(frame(page).points, axis=1)
        assert radius.std() < 0.2, "the ring itself"
        page.set_position(1.0)
        assert np.linalg.norm(frame(page).points, axis=1).std() > 0.5

    run_in_window(play)


def test_a_step_is_shown_in_numbers(home: Path) -> None:
    async def play(window: Window) -> None:
        page = await opened(window)
        page.set_position(0.5)
        click(page.sigmas[1])
        (shown,) = window.findChildren(StepNumbersView)
        numbers = shown.numbers()
        assert (numbers.index, numbers.of, numbers.sampler) == (10, 20, "DDPM")
        assert shown.code.toPlainText() == numbers.code and shown.measure.isHidden()
        assert "fresh Gaussian noise" in {each.text() for each in shown.findChildren(QLabel)}, "the meaning of z"
        assert problems(shown) == []
        click(shown.copy)
        assert QGuiApplication.clipboard().text() == numbers.code
        found: dict = {}
        exec(compile(numbers.code, "step", "exec"), found)
        page.set_position(0.5)
        second = window._learn_controller._panels[1].run
        assert np.array_equal(found["x_saved"], second.x[10]) and np.allclose(found["x_next"], second.x[10])
        press(window, Qt.Key.Key_Escape)
        await until(lambda: not window.findChildren(StepNumbersView))
        page.direction.set_choice("forward")
        page.direction.chosen.emit("forward")
        await until(lambda: not page.sigmas[0].isEnabled())

    run_in_window(play)


def test_numbers_have_the_decimal_separator_of_the_language(home: Path) -> None:
    app = QApplication.instance() or application()
    assert isinstance(app, QApplication)
    theme = app.findChild(Theme) or Theme(app)
    with language("de"):
        chart, controls = DistanceChart(theme), PlaneControls(theme)
        chart.set_curves([DistanceCurve("DDIM", "accent", [(8, 0.5), (16, 0.25)])], 0.03)
        assert chart.accessibleDescription() == "DDIM: 0,250"
        controls.change.set_choice("temperature")
        assert controls.title(PlaneSettings(temperature=0.5)).endswith(" 0,5")


def test_the_dashed_line_is_in_the_legend(home: Path) -> None:
    app = QApplication.instance() or application()
    assert isinstance(app, QApplication)
    chart = DistanceChart(app.findChild(Theme) or Theme(app))
    curves = [DistanceCurve("DDIM", "accent", [(8, 0.5), (16, 0.25)])]
    chart.set_curves(curves, 0.03)
    assert [(each.title, each.is_dashed) for each in chart.legend()] == [("DDIM", False), ("Two true samples", True)]
    chart.set_curves(curves, 0.0)
    assert [each.title for each in chart.legend()] == ["DDIM"]


def test_the_last_label_of_an_axis_ends_with_the_axis(home: Path) -> None:
    app = QApplication.instance() or application()
    assert isinstance(app, QApplication)
    chart = ScheduleChart(app.findChild(Theme) or Theme(app))
    chart.set_curves([ScheduleCurve("linear", "accent", [1.0, 0.0])], 100)
    chart.resize(300, chart.height())
    image = chart.grab().toImage()
    card = image.pixelColor(150, 135)
    inked = [x for x in range(8, 292) if any(image.pixelColor(x, y) != card for y in range(130, 142))]
    assert min(inked) < 44 < max(inked) <= 300 - 14, "the first label is centred"


def test_long_titles_of_a_legend_are_shortened_first() -> None:
    assert fitting_widths([30, 200, 60], 1000) == [31, 201, 61]
    assert fitting_widths([30, 200, 60], 192) == [31, 100, 61]
    assert fitting_widths([30, 200, 60], 60) == [20, 20, 20]


def test_data_to_noise_shows_the_schedules(home: Path) -> None:
    """The shares after half of the steps are those that the first lesson names."""

    async def play(window: Window) -> None:
        page = await opened(window)
        assert page.chart.isVisible() and not page.schedules.isVisible()
        choose_side(page, "lessons")
        await until(page.schedules.isVisible)
        assert not page.chart.isVisible()
        page.set_position(0.5)
        assert page.schedules.accessibleDescription() == "VP, linear: 0.280"
        click(page.lessons.text.buttons[0])
        await until(lambda: len(page.schedules.curves()) == 2)
        assert page.schedules.accessibleDescription() == "VP, linear: 0.280, VP, cosine: 0.703"
        for curve in page.schedules.curves():
            assert curve.shares[0] == 1.0 and curve.shares[-1] < 0.01 and len(curve.shares) == 41
        page.schedules.grab()
        page.direction.set_choice("backward")
        page.direction.chosen.emit("backward")
        await until(page.chart.isVisible)
        assert not page.schedules.isVisible()

    run_in_window(play)


def test_the_text_of_a_lesson_keeps_its_margins(home: Path) -> None:
    async def play(window: Window) -> None:
        window.resize(1024, 700)
        page = await opened(window)
        choose_side(page, "lessons")
        await until(lambda: not page.views[1].isVisible())
        area, menu = page.lessons.findChildren(QScrollArea)[0], page.lessons.menu
        below = menu.mapToGlobal(QPoint(0, menu.height())).y()
        assert area.mapToGlobal(QPoint(0, 0)).y() - below >= 8
        click(page.lessons.text.check)
        bar = area.verticalScrollBar()
        await until(lambda: bar.value() == bar.maximum() > 0)
        # The view is in the middle of its column, and the button is beside the numbers below it.
        view, numbers, button = page.views[0], page.numbers[0], page.sigmas[0]
        await until(lambda: view.width() > 600)
        assert button.mapTo(page, QPoint(0, 0)).x() - numbers.mapTo(page, QPoint(numbers.width(), 0)).x() < 12
        middle = numbers.mapTo(page, numbers.rect().center()).x()
        assert abs(middle - view.mapTo(page, view.rect().center()).x()) <= 2

    run_in_window(play)


def choose_side(page: LearnPage, side: str) -> None:
    page.side.set_choice(side)
    page.side.chosen.emit(side)


def test_the_page_opens_with_the_first_lesson(home: Path) -> None:
    async def play(window: Window) -> None:
        window.open_page("learn")
        page = window.learn_page
        await until(lambda: page.captions[0].text() == "The process")
        assert page.lessons.isVisible() and not page.controls.isVisible() and page.lessons.lesson is LESSONS[0]
        page.lessons.menu.pick(LESSONS[1].name)
        window.open_page("create")
        window.open_page("learn")
        assert page.lessons.lesson is LESSONS[1]

    run_in_window(play)


def test_a_lesson_sets_the_plane_up_and_checks_its_exercise(home: Path) -> None:
    async def play(window: Window) -> None:
        window.resize(1024, 700)
        page = await opened(window)
        choose_side(page, "lessons")
        await until(lambda: page.captions[0].text() == "The process" and not page.views[1].isVisible())
        assert page.position() == 0.0 and page.controls.settings() == LESSONS[0].settings
        assert problems(page) == []
        click(page.lessons.text.buttons[0])
        await until(lambda: [each.text() for each in page.captions] == ["VP, linear", "VP, cosine"])
        first, second = (panel.run.settings for panel in window._learn_controller._panels)
        assert second == replace(first, process="vp-cosine")
        # Neither the clean data nor the noise is right, but the place between them is.
        for position, says in ((0.26, "Right"), (0.0, "Not yet"), (1.0, "Not yet"), (0.26, "Right")):
            page.set_position(position)
            click(page.lessons.text.check)
            assert page.lessons.text.result.text().startswith(says), page.numbers[0].text()
            assert page.lessons.text.following.isHidden() == (says != "Right")
            await until(lambda: not page.lessons.text.result.visibleRegion().isEmpty())
        assert "✓" in page.lessons.menu.currentText()
        await until(lambda: not page.lessons.text.following.visibleRegion().isEmpty())
        click(page.lessons.text.following)
        await until(lambda: page.captions[0].text() == "DDIM")
        assert float(page.position()) == 0.6 and page.lessons.lesson is LESSONS[1]
        for typed, says in (("half", "Type a number"), ("0.5", "Not yet"), (" 0,875", "Right")):
            page.lessons.text.number.setText(typed)
            QTest.keyClick(page.lessons.text.number, Qt.Key.Key_Return)
            assert page.lessons.text.result.text().startswith(says)

    run_in_window(play)


def test_the_settings_are_part_of_an_exercise(home: Path) -> None:
    async def play(window: Window) -> None:
        page = await opened(window)
        choose_side(page, "lessons")
        page.lessons.menu.pick("samplers")
        await until(lambda: page.step.text() == "Step 5 of 5")
        click(page.lessons.text.check)
        assert page.lessons.text.result.text().startswith("Not yet")
        choose_side(page, "settings")
        page.controls.editors["steps"].set_value(11)
        page.controls.changed.emit()
        await until(lambda: page.step.text() == "Step 11 of 11")
        choose_side(page, "lessons")
        click(page.lessons.text.check)
        assert page.lessons.text.result.text().startswith("Right")
        for lesson in LESSONS:
            page.lessons.menu.pick(lesson.name)
            await until(lambda: window._learn_controller._panels[0].run.settings == lesson.settings)  # noqa: B023
            assert await remaining_problems(lambda: problems(page)) == []

    run_in_window(play)


def test_runs_are_taken_home(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gdm_studio.ui.learn.controller.exports_folder", lambda: tmp_path / "exports")

    async def play(window: Window) -> None:
        page = await opened(window)
        for entry in (1, 0):
            with mute_platform():
                menu = page.open_export_menu()
            *_, html, notebook = menu.actions()
            (html, notebook)[entry].trigger()
            menu.close()
        await until(lambda: len([*(tmp_path / "exports").glob("plane.*")]) == 2)
        assert (tmp_path / "exports" / "plane.html").read_text("utf-8").count("<figure>") == 2
        names: dict = {}
        for cell in json.loads((tmp_path / "exports" / "plane.ipynb").read_bytes())["cells"]:
            if cell["cell_type"] == "code":
                exec("".join(cell["source"]), names)
        second = window._learn_controller._panels[1].run
        assert np.array_equal(names["run_2"].x[-1], second.x[-1])
        page.direction.set_choice("forward")
        page.direction.chosen.emit("forward")
        await until(lambda: not page.export.isEnabled())

    run_in_window(play)
