"""The pictures that are being made stand first in the gallery, and step aside for what is found and for those kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QTest

from gdm_studio.maths.path import Point
from gdm_studio.request import Request
from gdm_studio.run import Run, State, View
from gdm_studio.ui.gallery.forming import SIDE, Forming, FormingTiles
from gdm_studio.ui.gallery.panel import GalleryPanel
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.shell.window import Window
from tests.helpers.opened import click, opened, until
from tests.ui.test_widgets_gallery import _panel, look  # noqa: F401 - a fixture


def tile(image: int = 0) -> Forming:
    picture = QPixmap(32, 32)
    picture.fill(Qt.GlobalColor.red)
    return Forming("an item", image, picture, 0.5)


def view(image: int, index: int, level: int, *, height: int = 8, width: int = 8) -> View:
    seen = np.full((height, width, 4), 255, np.uint8)
    seen[..., 0] = level
    return View(image, index, 4, Point(1.0, 1.0), 1.0, seen, seen, seen, True)


def centre(panel: GalleryPanel, row: int) -> QPoint:
    return panel.grid.visualRect(panel.grid.model().index(row, 0)).center()


@pytest.fixture
def panel(look: Theme) -> Iterator[GalleryPanel]:  # noqa: F811
    made = _panel(look, 9)
    yield made
    made.close()


def test_it_is_first_and_the_others_move_on_by_one(panel: GalleryPanel) -> None:
    before = [centre(panel, row) for row in range(9)]
    panel.grid.set_forming((tile(),))
    assert [centre(panel, row) for row in range(8)] == before[1:]
    assert [panel.grid.indexAt(place).row() for place in before[:9]] == [-1, *range(8)]
    shown = panel.grid.grab().toImage().pixelColor(panel.grid.viewport().mapTo(panel.grid, before[0]))
    assert shown == Qt.GlobalColor.red
    panel.grid.set_forming(())
    assert [centre(panel, row) for row in range(9)] == before


def test_keys_clicks_and_all_are_of_the_pictures_that_are_there(panel: GalleryPanel) -> None:
    panel.grid.set_forming((tile(0), tile(1)))
    clicked: list[tuple[str, int]] = []
    panel.grid.forming_clicked.connect(lambda item, image: clicked.append((item, image)))
    QTest.mouseClick(panel.grid.viewport(), Qt.MouseButton.LeftButton, pos=centre(panel, 0) - QPoint(2, 0))
    assert not clicked and panel.grid.currentIndex().row() == 0
    first = panel.grid.visualRect(panel.grid.model().index(0, 0))
    before = first.center() - QPoint(first.width() + 9, 0)
    QTest.mouseClick(panel.grid.viewport(), Qt.MouseButton.LeftButton, pos=before)
    assert clicked == [("an item", 1)] and panel.grid.selected_rows() == []
    before -= QPoint(first.width() + 9, 0)
    QTest.mouseClick(panel.grid.viewport(), Qt.MouseButton.LeftButton, pos=before)
    assert clicked[1:] == [("an item", 0)]
    panel.grid.setFocus()
    QTest.keyClick(panel.grid, Qt.Key.Key_Home)
    assert panel.grid.currentIndex().row() == 0
    QTest.keyClick(panel.grid, Qt.Key.Key_Left)
    assert panel.grid.currentIndex().row() == 0
    QTest.keyClick(panel.grid, Qt.Key.Key_End)
    assert panel.grid.currentIndex().row() == 8
    panel.grid.selectAll()
    assert panel.grid.selected_rows() == [range(9)]


def test_a_box_that_ends_on_a_tile_selects_and_opens_nothing(panel: GalleryPanel) -> None:
    panel.grid.set_forming((tile(),))
    clicked: list[str] = []
    panel.grid.forming_clicked.connect(lambda item, image: clicked.append(item))
    port, button = panel.grid.viewport(), Qt.MouseButton.LeftButton
    first = panel.grid.visualRect(panel.grid.model().index(0, 0))
    on_tile = first.center() - QPoint(first.width() + 9, 0)
    beside = QPoint(port.width() - 1, panel.grid.visualRect(panel.grid.model().index(8, 0)).bottom() + 20)
    QTest.mousePress(port, button, pos=beside)
    for place in (beside - QPoint(30, 10), first.center(), on_tile):
        QTest.mouseMove(port, place)
    QTest.mouseRelease(port, button, pos=on_tile)
    assert clicked == [] and panel.grid.selected_rows()[0].start == 0
    QTest.mouseClick(port, button, pos=on_tile)
    assert clicked == ["an item"]


def test_a_search_and_the_oldest_first_show_what_is_there_alone(panel: GalleryPanel) -> None:
    panel.grid.set_forming((tile(),))
    panel.grid.model().set_oldest_first(True)  # type: ignore[attr-defined]
    assert panel.grid.indexAt(panel.grid.visualRect(panel.grid.model().index(0, 0)).center()).row() == 0
    assert panel.grid.visualRect(panel.grid.model().index(0, 0)).left() < 10
    panel.grid.model().set_oldest_first(False)  # type: ignore[attr-defined]
    assert panel.grid.visualRect(panel.grid.model().index(0, 0)).left() > 40
    panel.grid.model().set_query("3")  # type: ignore[attr-defined]
    assert panel.grid.visualRect(panel.grid.model().index(0, 0)).left() < 10


def test_a_tile_is_what_the_newest_step_predicts_until_the_picture_is_kept(look: Theme) -> None:  # noqa: F811
    given: list[tuple[Forming, ...]] = []
    tiles, run = FormingTiles(), Run(Request(count=3, steps=4))
    tiles.serve(given.append)
    tiles.show({"one": run})
    assert given == []
    run.views[0].append(view(0, 1, 10))
    run.views[1].append(view(1, 1, 20))
    tiles.show({"one": run})
    assert [each.share for each in given[-1]] == [0.25, 0.25]
    assert [each.picture.toImage().pixelColor(0, 0).red() for each in given[-1]] == [10, 20]
    assert [each.place for each in given[-1]] == [("one", 0), ("one", 1)]
    first, count = given[-1][0], len(given)
    tiles.show({"one": run})
    assert len(given) == count, "there is nothing new"
    run.views[1].append(view(1, 2, 30))
    tiles.show({"one": run})
    assert given[-1][0] is first and [each.share for each in given[-1]] == [0.25, 0.5]
    run.kept[0] = "an id"
    tiles.show({"one": run})
    assert [each.picture.toImage().pixelColor(0, 0).red() for each in given[-1]] == [30]
    tiles.show({})
    assert given[-1] == ()
    count = len(given)
    tiles.show({})
    assert len(given) == count


def test_a_tile_is_as_large_as_a_cell_however_large_the_picture(look: Theme) -> None:  # noqa: F811
    given: list[tuple[Forming, ...]] = []
    tiles, run = FormingTiles(), Run(Request(count=2, steps=4))
    tiles.serve(given.append)
    run.views[0].append(view(0, 1, 90, height=1440, width=2560))
    run.views[1].append(view(1, 1, 90, height=40, width=24))
    tiles.show({"one": run})
    large, small = (each.picture for each in given[-1])
    assert (large.width(), large.height()) == (SIDE, SIDE * 9 // 16) and (small.width(), small.height()) == (24, 40)
    assert abs(large.toImage().pixelColor(100, 100).red() - 90) <= 1


def test_the_window_shows_what_it_is_making_in_both_galleries(_own_home: Path) -> None:
    seen: list[int] = []

    async def play(window: Window) -> None:
        window.create_page.controls.draft.change(steps=40)
        window.making.forming.serve(lambda tiles: seen.append(len(tiles)))
        click(window.create_page.controls.button)
        await until(lambda: 1 in seen)
        window.turn_to("gallery")
        await until(lambda: window.shelf.all.rowCount() == 1 and window.making.job is None)
        assert seen[-1] == 0
        first = window.gallery_page.grid.visualRect(window.shelf.all.index(0))
        await until(lambda: window.gallery_page.grid.indexAt(first.center()).row() == 0)

    opened(play)


def test_a_click_on_a_tile_shows_the_run_on_the_stage(_own_home: Path) -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.draft.change(steps=40)
        click(window.create_page.controls.button)
        await until(lambda: window.making.job is not None and window.making.job.latest is not None)
        window.making.set_paused(True)
        window.turn_to("gallery")
        grid = window.gallery_page.grid
        await until(lambda: grid._lead == 1 and window.making.job.run.state is State.PAUSED)
        QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(40, 60))
        await until(lambda: window.create_page.isVisible())
        assert window.viewer.shows_run
        window.making.stop()
        await until(lambda: grid._lead == 0)

    opened(play)
