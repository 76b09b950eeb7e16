"""The noisy image beside the predicted one: two canvases with a divider, two rows of steps, and when they are shown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QSplitterHandle, QWidget

from gdm_studio import preferences
from gdm_studio.ui.create.viewer.canvas import Canvas
from gdm_studio.ui.create.viewer.canvas_panel import CanvasPanel
from gdm_studio.ui.create.viewer.step_thumbnails import EDGE, Strip
from gdm_studio.ui.shell.window import Window
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.widgets import drag, flat_image, make_view, record_signal, show_widget, theme, wait_until
from tests.helpers.window import click, finish_layouts, press, run_in_window, until
from tests.ui.accessibility import problems

RED, BLUE = flat_image(255, 0, 0), flat_image(0, 0, 255)


def colour(widget: QWidget, place: QPoint) -> tuple[int, int, int]:
    shown = widget.grab().toImage()
    return QColor(shown.pixel(place * shown.devicePixelRatio())).getRgb()[:3]


def split_canvas_panel(width: int = 900, height: int = 600) -> tuple[CanvasPanel, Canvas, Canvas]:
    canvas_panel = show_widget(CanvasPanel(theme()), width, height)
    canvas_panel.canvas.show_picture(RED)
    canvas_panel.show_noisy(BLUE)
    (noisy,) = (each for each in canvas_panel.findChildren(Canvas) if each is not canvas_panel.canvas)
    return canvas_panel, noisy, canvas_panel.canvas


def divider(canvas_panel: CanvasPanel) -> QSplitterHandle:
    # Qt shows the divider when it next arranges the canvases.
    wait_until(lambda: any(each.isVisible() for each in canvas_panel.findChildren(QSplitterHandle)))
    return next(each for each in canvas_panel.findChildren(QSplitterHandle) if each.isVisible())


def test_both_images_are_side_by_side_and_the_divider_moves_by_mouse_and_keys() -> None:
    canvas_panel, noisy, predicted = split_canvas_panel()
    assert abs(noisy.width() - predicted.width()) <= 2 and noisy.geometry().right() < predicted.geometry().left()
    assert colour(noisy, noisy.rect().center()) == (0, 0, 255)
    assert colour(predicted, predicted.rect().center()) == (255, 0, 0)
    handle = divider(canvas_panel)
    assert problems(canvas_panel) == []
    before = noisy.width()
    drag(handle, handle.rect().center(), handle.rect().center() + QPoint(120, 0))
    dragged = noisy.width()
    assert predicted.hasFocus(), "Space then plays the steps"
    assert dragged > before + 60 and predicted.width() < before
    QTest.keyClick(handle, Qt.Key.Key_Left)
    assert noisy.width() < dragged
    # The share of the room survives hiding and resizing.
    share = noisy.width() / (noisy.width() + predicted.width())
    canvas_panel.show_noisy(None)
    assert not noisy.isVisible() and predicted.width() > 880
    canvas_panel.resize(1200, 700)
    canvas_panel.show_noisy(BLUE)
    assert abs(noisy.width() / (noisy.width() + predicted.width()) - share) < 0.02
    QTest.mouseDClick(handle, Qt.MouseButton.LeftButton)
    assert abs(noisy.width() - predicted.width()) <= 2


def test_the_divider_does_not_cross_the_caption() -> None:
    canvas_panel, noisy, predicted = split_canvas_panel()
    handle = divider(canvas_panel)
    drag(handle, handle.rect().center(), handle.rect().center() - QPoint(400, 0))
    caption = canvas_panel._area.caption
    assert noisy.width() < 100 < caption.width()
    shown = canvas_panel.grab().toImage()
    middle = handle.mapTo(canvas_panel, handle.rect().center()).x()
    ratio = shown.devicePixelRatio()
    at_caption, below = (
        [shown.pixelColor(round(x * ratio), round(y * ratio)) for x in range(middle - 3, middle + 4)]
        for y in (caption.y() + 2, handle.height() // 2)
    )
    assert len(set(map(QColor.name, at_caption))) == 1 < len(set(map(QColor.name, below)))


def test_both_images_are_zoomed_and_moved_together() -> None:
    canvas_panel, noisy, predicted = split_canvas_panel()
    fitted = predicted.zoom()
    noisy.zoom_by(3, QPointF(10, 10))
    assert predicted.zoom() == noisy.zoom() > 2 * fitted and not predicted.is_fitted()
    assert predicted._centre == noisy._centre
    drag(predicted, QPoint(200, 300), QPoint(180, 290))
    assert noisy._centre == predicted._centre
    canvas_panel.bar.fit_clicked.emit()
    assert noisy.is_fitted() and predicted.is_fitted()


def test_a_tall_stage_shows_the_noisy_image_above_the_predicted_one() -> None:
    _, noisy, predicted = split_canvas_panel(320, 700)
    assert noisy.geometry().bottom() < predicted.geometry().top() and noisy.width() == predicted.width()


def test_a_tool_needs_the_canvas_alone() -> None:
    canvas_panel, noisy, _ = split_canvas_panel()
    canvas_panel.set_mode("mask")
    assert not noisy.isVisible() and canvas_panel.noisy() is None
    canvas_panel.set_mode("")
    assert noisy.isVisible() and canvas_panel.noisy() is BLUE


@pytest.mark.parametrize("is_tall", [False, True])
def test_the_steps_are_in_two_rows_noisy_above_predicted(is_tall: bool) -> None:
    strip = show_widget(Strip(theme()), width=500)
    views = [make_view(index, 6) for index in range(1, 5)]
    strip.set_tall(is_tall)
    strip.set_views(views, 6)
    height = strip.height()
    single = strip._cell_side()
    strip.set_view_mode("both")
    assert strip.height() == height and strip._cell_side() < single, "the bar above the steps does not move"
    x = EDGE + strip._cell_side() // 2
    assert colour(strip, QPoint(x, height // 4)) == (0, 0, 255)
    assert colour(strip, QPoint(x, 3 * height // 4)) == (255, 0, 0)
    scrubbed = record_signal(strip.scrubbed)
    for y in (height // 4, 3 * height // 4):
        QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(x + round(strip._pitch()), y))
        QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
    assert scrubbed == [(2,), (1,), (2,), (1,)]


async def paused_run(window: Window) -> None:
    click(window.create_page.controls.button)
    # Paused before its first step, the run cannot end before the test looks at it.
    await until(lambda: window.generation.job is not None)
    window.generation.toggle_pause()
    window.generation.step_once()
    await until(lambda: window.viewer.view() is not None and window.viewer.shows_run)


async def end_of_run(window: Window) -> None:
    window.generation.toggle_pause()
    await until(lambda: window.generation.job is None)


def test_a_run_shows_both_and_then_the_chosen_view_mode(home: Path) -> None:
    async def play(window: Window) -> None:
        canvas_panel, viewer = window.create_page.canvas_panel, window.viewer
        await paused_run(window)
        assert viewer.view_mode == "both"

        def shows_both() -> bool:
            view = viewer.view()
            return (
                view is not None
                and canvas_panel.noisy() is view.noisy
                and canvas_panel.canvas.picture() is view.predicted
            )

        # The last step before the pause may still be on its way.
        await until(lambda: canvas_panel.noisy() is not None and shows_both())
        viewer.show_step(1)
        assert canvas_panel.noisy() is viewer.views()[0].noisy
        await end_of_run(window)
        assert viewer.view_mode == "predicted" and canvas_panel.noisy() is None
        # A choice during a run lasts beyond its end, and does not change the next run.
        await paused_run(window)
        canvas_panel.setFocus()
        press(window, Qt.Key.Key_V, Qt.KeyboardModifier.ShiftModifier)
        assert viewer.view_mode == "noise" and canvas_panel.noisy() is None
        await end_of_run(window)
        assert viewer.view_mode == "noise"
        await paused_run(window)
        assert viewer.view_mode == "both"
        await end_of_run(window)
        assert viewer.view_mode == "noise"

    run_in_window(play, library=GaussianLibrary(step_seconds=0.02))


def test_the_view_mode_is_readable_after_a_run_that_ended_beside_another_page(home: Path) -> None:
    async def play(window: Window) -> None:
        bar = window.create_page.canvas_panel.bar
        click(window.create_page.controls.button)
        await until(lambda: bar._choice.choice() == "both")
        window.open_page("gallery")
        await until(lambda: window.generation.job is None and bar._choice.choice() == "predicted")
        window.open_page("create")
        await until(window.create_page.isVisible)
        finish_layouts(window)
        (shown,) = [each for each in bar._choice.findChildren(QAbstractButton) if each.isVisible()]
        assert shown.text() == "Predicted" and shown.width() >= shown.sizeHint().width()

    run_in_window(play, library=GaussianLibrary(step_seconds=0.03))


def test_the_preference_and_live_mode_keep_the_chosen_view_mode(home: Path) -> None:
    async def play(window: Window) -> None:
        canvas_panel, viewer = window.create_page.canvas_panel, window.viewer
        window.settings_controller.change("both_in_runs", False)
        await paused_run(window)
        assert viewer.view_mode == "predicted" and canvas_panel.noisy() is None
        await end_of_run(window)
        await until(lambda: not preferences.load().both_in_runs)
        window.settings_controller.change("both_in_runs", True)
        window.live.toggle(True)
        await until(
            lambda: viewer.run is not None and window.live.job is not None and viewer.run is window.live.job.run
        )
        assert viewer.view_mode == "predicted"

    run_in_window(play, library=GaussianLibrary(step_seconds=0.02))


def test_both_is_chosen_for_a_finished_image_and_copied_as_shown(home: Path) -> None:
    async def play(window: Window) -> None:
        canvas_panel, viewer = window.create_page.canvas_panel, window.viewer
        click(window.create_page.controls.button)
        await until(lambda: window.gallery.panel_model.rowCount() == 1 and window.generation.job is None)
        viewer.set_view_mode("both")
        view = viewer.view()
        assert view is not None and canvas_panel.noisy() is view.predicted, "no noise is left"
        viewer.show_step(2)
        view = viewer.view()
        assert (
            view is not None and canvas_panel.noisy() is view.noisy and not np.array_equal(view.noisy, view.predicted)
        )
        window.steps.copy()
        await until(lambda: QGuiApplication.clipboard().image().width() == 2 * view.predicted.shape[1])
        assert window.create_page.canvas_panel.filmstrip.strip._view_mode == "both"

    run_in_window(play)


def test_the_divider_is_where_it_was_in_the_last_session(home: Path) -> None:
    async def move(window: Window) -> None:
        window.create_page.canvas_panel.set_noisy_share(0.3)

    async def look(window: Window) -> None:
        assert window.create_page.canvas_panel.noisy_share() == 0.3

    run_in_window(move)
    run_in_window(look)


def test_a_grey_difference_says_why(home: Path) -> None:
    async def play(window: Window) -> None:
        await paused_run(window)
        await end_of_run(window)
        window.viewer.set_view_mode("difference")
        titles = []
        for step in range(1, len(window.viewer.views()) + 1):
            window.viewer.show_step(step)
            titles.append(window.create_page.canvas_panel.canvas.title())
        assert titles[0] == "The first step has no earlier one to compare with"
        assert "" in titles
        window.viewer.show_step(1)
        window.viewer.set_view_mode("predicted")
        assert window.create_page.canvas_panel.canvas.title() == ""

    run_in_window(play, library=GaussianLibrary(step_seconds=0.02))
