"""Widths of the side panels of the Create page, which the user changes with the dividers."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSplitterHandle

from gdm_studio.ui import window_actions
from gdm_studio.ui.create.page import DEFAULT_WIDTHS
from gdm_studio.ui.shell.window import Window
from tests.helpers.widgets import drag
from tests.helpers.window import click, run_in_window, until


def dividers(window: Window) -> list[QSplitterHandle]:
    """Return the dividers beside the canvas, from left to right."""
    columns = window.create_page._columns
    return [columns.handle(1), columns.handle(2)]


def test_panels_are_dragged_wider_and_keep_their_widths(home: Path) -> None:
    async def first(window: Window) -> None:
        page = window.create_page
        window.resize(1400, 800)
        await until(lambda: page.width() == 1400)
        assert (page.controls.width(), page.gallery.width()) == DEFAULT_WIDTHS
        left, right = dividers(window)
        drag(left, left.rect().center(), left.rect().center() + QPoint(80, 0))
        QTest.keyClick(right, Qt.Key.Key_Left)
        wider = page.controls.width(), page.gallery.width()
        assert wider[0] > DEFAULT_WIDTHS[0] + 40 and wider[1] == DEFAULT_WIDTHS[1] + 16
        # Another window size changes the canvas only, and hidden panels come back as they were.
        window.resize(1500, 800)
        await until(lambda: page.width() == 1500)
        page.toggle_panels()
        await until(lambda: page.canvas_panel.width() == 1500)
        page.toggle_panels()
        await until(lambda: (page.controls.width(), page.gallery.width()) == wider)

    async def second(window: Window) -> None:
        page = window.create_page
        # A window that is too narrow for them on this screen does not forget the widths.
        window.resize(1400, 800)
        await until(lambda: page.gallery.width() == DEFAULT_WIDTHS[1] + 16)
        assert page.controls.width() > DEFAULT_WIDTHS[0] + 40
        QTest.mouseDClick(dividers(window)[0], Qt.MouseButton.LeftButton)
        await until(lambda: (page.controls.width(), page.gallery.width()) == DEFAULT_WIDTHS)

    run_in_window(first)
    run_in_window(second)


def test_the_path_of_an_image_is_copied(home: Path) -> None:
    async def play(window: Window) -> None:
        click(window.create_page.controls.button)
        await until(lambda: window.gallery.panel_model.rowCount() == 1 and window.generation.job is None)
        grid = window.create_page.gallery.grid
        picture = window.gallery.panel_model.picture(0)
        grid.select(picture.id)
        entry = next(each for each in grid.entries() if each.label == window_actions.COPY_PATH.label)
        entry.act()
        assert QGuiApplication.clipboard().text() == str(picture.path) and picture.path.exists()

    run_in_window(play)
