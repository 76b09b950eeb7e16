"""The presentation of an image's steps in full screen, driven by keys."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from gdm_studio.ui.create.steps.presentation import Presentation
from gdm_studio.ui.shell.window import Window
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.window import click, press, run_in_window, until
from tests.ui.accessibility import problems

FULL = Qt.WindowState.WindowFullScreen


async def present(window: Window) -> Presentation:
    window.create_page.canvas_panel.setFocus()
    press(window, Qt.Key.Key_P)
    await until(lambda: window.findChildren(Presentation))
    (shown,) = window.findChildren(Presentation)
    return shown


def test_p_presents_both_images_of_a_step_and_escape_leaves(home: Path) -> None:
    async def play(window: Window) -> None:
        viewer = window.viewer
        controls = window.create_page.controls
        controls.prompt.set_text("a red disc")
        click(controls.button)
        await until(lambda: window.gallery.panel_model.rowCount() == 1 and window.generation.job is None)
        viewer.show_step(3)
        shown = await present(window)
        view = viewer.views()[2]
        assert window.windowState() & FULL and shown.geometry() == window.rect()
        assert shown.noisy.picture() is view.noisy and shown.predicted.picture() is view.predicted
        assert shown.prompt.text() == "a red disc" and shown.step.text().startswith("Step 3 of 8 · noise σ ")
        assert shown.curve._current_index == 3
        assert problems(shown) == []
        press(window, Qt.Key.Key_Right)
        assert viewer.view() is viewer.views()[3] and shown.predicted.picture() is viewer.views()[3].predicted
        press(window, Qt.Key.Key_Home)
        assert shown.step.text().startswith("Step 1 of 8") and shown.curve._current_index == 1
        press(window, Qt.Key.Key_Space)
        await until(lambda: viewer.is_playing and shown.curve._current_index > 1)
        press(window, Qt.Key.Key_Space)
        assert not viewer.is_playing
        press(window, Qt.Key.Key_End)
        assert shown.noisy.picture() is viewer.views()[-1].predicted, "no noise is left"
        press(window, Qt.Key.Key_Escape)
        await until(lambda: not window.findChildren(Presentation))
        assert not window.windowState() & FULL
        assert window.create_page.canvas_panel.hasFocus()
        # The key that opened it closes it too, and a full screen stays full.
        window.setWindowState(FULL)
        shown = await present(window)
        press(window, Qt.Key.Key_P)
        await until(lambda: not window.findChildren(Presentation))
        assert window.windowState() & FULL

    run_in_window(play)


def test_a_run_is_presented_while_it_goes_on_and_space_pauses_it(home: Path) -> None:
    async def play(window: Window) -> None:
        viewer = window.viewer
        click(window.create_page.controls.button)
        await until(lambda: viewer.view() is not None)
        shown = await present(window)
        press(window, Qt.Key.Key_Space)
        job = window.generation.job
        assert job is not None and job.paused
        before = shown.step.text()
        press(window, Qt.Key.Key_Space)
        assert not job.paused
        await until(lambda: window.generation.job is None)
        assert shown.step.text() != before and shown.step.text().startswith("Step 8 of 8")
        press(window, Qt.Key.Key_Escape)
        await until(lambda: not window.findChildren(Presentation))

    run_in_window(play, library=GaussianLibrary(step_seconds=0.1))
