"""Several images of one run: shown side by side during generation, and enlarged with a click."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from gdm_studio.ui.create.board.board_cell import Cell
from gdm_studio.ui.shell.window import Window
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.widgets import theme
from tests.helpers.window import click, notices, press, run_in_window, until
from tests.ui.test_flow import generated, pictures


def test_several_images_fill_a_sheet_and_each_can_be_enlarged(home: Path) -> None:
    library = GaussianLibrary(step_seconds=0.1)

    async def play(window: Window) -> None:
        stage, viewer = window.create_page.canvas_panel, window.viewer
        window.resize(1280, 800)
        window.create_page.controls.request_draft.change(count=4, batch=1, steps=6)
        click(window.create_page.controls.button)
        await until(lambda: stage.pictures.isVisible() and len(stage.pictures.cells) == 4)
        cells = stage.pictures.cells
        await until(lambda: cells[0]._rgba is not None)
        assert cells[3]._rgba is None and not stage.canvas.isVisible(), "it fills one by one"
        click(cells[0])
        await until(lambda: len(viewer.run.views[2]) > 0)
        assert viewer.image == 0 and stage.canvas.isVisible(), "whichever is being made"
        viewer.show_all_images()
        library.hurry()
        await until(lambda: window.generation.job is None and len(pictures(home)) == 4)
        assert viewer.run is not None and not stage.tools.isVisible()
        zooms = (stage.bar._size_button, stage.bar._fit_button)
        assert stage.bar.isVisible() and not any(part.isVisible() for part in zooms), "a sheet has no zoom"
        for cell, steps in zip(cells, viewer.run.views, strict=True):
            assert cell._rgba is not None and np.array_equal(cell._rgba, steps[-1].predicted)
        assert [cell._is_highlighted for cell in cells] == [place == viewer.image for place in range(4)]
        click(cells[2])
        assert stage.canvas.isVisible() and not stage.pictures.isVisible() and viewer.image == 2
        assert stage.tools.isVisible()
        assert stage.bar._size_button.isVisible()
        grid = window.create_page.gallery.grid
        assert grid.current() is not None and grid.current().id == viewer.run.kept[2], "what is deleted is what is seen"
        assert not grid.hasFocus() and stage.canvas.hasFocus()
        press(window, Qt.Key.Key_A)
        assert stage.pictures.isVisible() and not any(cell.hasFocus() for cell in cells), "one ring, not two"
        cells[1].setFocus()
        press(window, Qt.Key.Key_Return)
        click(cells[1])
        assert viewer.image == 1 and stage.canvas.isVisible()
        viewer.step(-1)
        viewer.go_live()
        assert viewer.live and viewer.image == 1 and stage.canvas.isVisible() and not stage.pictures.isVisible()

    run_in_window(play, library=library)


@pytest.mark.parametrize("action", ["click", "double click", "Enter"])
def test_the_selected_image_of_the_panel_replaces_a_sheet(home: Path, action: str) -> None:
    async def play(window: Window) -> None:
        page, grid = window.create_page, window.create_page.gallery.grid
        page.controls.request_draft.change(count=2)
        click(page.controls.button)
        await until(lambda: window.generation.job is None and len(pictures(home)) == 2)
        await until(lambda: grid.current() is not None and page.canvas_panel.pictures.isVisible())

        def choose() -> None:
            place = grid.visualRect(grid.currentIndex()).center()
            if action == "Enter":
                grid.setFocus()
                press(window, Qt.Key.Key_Return)
                return
            QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
            if action == "double click":
                QTest.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=place)

        choose()
        assert page.canvas_panel.canvas.isVisible() and not page.canvas_panel.pictures.isVisible()
        assert window.viewer.picture_id() == grid.current().id
        # An earlier step stays in view.
        window.viewer.step(-1)
        before = window.viewer.view()
        choose()
        assert window.viewer.view() is before

    run_in_window(play)


def test_the_sheet_uses_the_view_mode_of_a_step_and_yields_to_one_image(home: Path) -> None:
    async def play(window: Window) -> None:
        stage, controls = window.create_page.canvas_panel, window.create_page.controls
        controls.request_draft.change(count=2)
        click(controls.button)
        await until(lambda: window.generation.job is None and len(pictures(home)) == 2)
        cell = stage.pictures.cells[0]
        before = cell._rgba
        window.viewer.set_view_mode("noisy")
        assert before is not None and cell._rgba is not None and not np.array_equal(cell._rgba, before)
        window.viewer.step(-1)
        assert stage.canvas.isVisible(), "one step is of one picture"
        controls.request_draft.change(count=1)
        await generated(window)
        assert stage.canvas.isVisible() and not stage.pictures.isVisible() and not stage.filmstrip.all.isVisible()

    run_in_window(play)


def test_keys_for_one_image_say_that_none_of_several_is_chosen(home: Path) -> None:
    async def play(window: Window) -> None:
        stage, controls = window.create_page.canvas_panel, window.create_page.controls
        controls.request_draft.change(count=2)
        click(controls.button)
        await until(lambda: window.generation.job is None and len(pictures(home)) == 2)
        stage.setFocus()
        press(window, Qt.Key.Key_M)
        assert "“Mask” cannot be used now Click a picture first." in notices(window) and not stage.mode()
        press(window, Qt.Key.Key_A)
        # Each view mode differs from the one before: a sheet has no split view.
        window.viewer.set_view_mode("both")
        seen = []
        for _ in range(5):
            seen.append(window.viewer.view_mode)
            press(window, Qt.Key.Key_V)
        assert seen == ["both", "noisy", "difference", "noise", "predicted"]
        window.open_page("settings")
        # A text field would take the key.
        window.top.gear.setFocus()
        press(window, Qt.Key.Key_M)
        assert not window._notices.shown and not stage.mode(), "the tools belong to another page"
        window.open_page("create")
        click(stage.pictures.cells[1])
        stage.setFocus()
        press(window, Qt.Key.Key_M)
        await until(lambda: stage.mode() == "mask")

    run_in_window(play)


def test_a_tile_below_the_mouse_does_not_look_like_the_chosen_one() -> None:
    def grab(*, is_hovered: bool = False, is_chosen: bool = False) -> QImage:
        cell = Cell(theme(), "A picture", with_text=False)
        cell.resize(120, 120)
        cell.set_progress(1)
        cell.set_highlighted(is_chosen)
        cell.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, is_hovered)
        return cell.grab().toImage()

    idle, hovered, chosen = grab(), grab(is_hovered=True), grab(is_chosen=True)
    assert idle != hovered and hovered != chosen
