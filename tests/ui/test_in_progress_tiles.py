"""Tiles of images in progress: first in the gallery, hidden by a search, and removed once the images are saved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QTest

from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.request.generation_events import Run, State, View
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.gallery.in_progress import SIDE, InProgressImage, InProgressTiles
from gdm_studio.ui.gallery.panel import GalleryPanel
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.theme.theme import Theme
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.window import click, run_in_window, until
from tests.ui.test_widgets_gallery import _panel, look  # noqa: F401 - a fixture


def create_tile(image: int = 0) -> InProgressImage:
    picture = QPixmap(32, 32)
    picture.fill(Qt.GlobalColor.red)
    return InProgressImage("an item", image, picture, 0.5)


def create_view(image: int, index: int, level: int, *, height: int = 8, width: int = 8) -> View:
    seen = np.full((height, width, 4), 255, np.uint8)
    seen[..., 0] = level
    return View(image, index, 4, NoiseLevel(1.0, 1.0), 1.0, seen, seen, seen, True)


def cell_centre(panel: GalleryPanel, row: int) -> QPoint:
    return panel.grid.visualRect(panel.grid.model().index(row, 0)).center()


@pytest.fixture
def panel(look: Theme) -> Iterator[GalleryPanel]:  # noqa: F811
    made = _panel(look, 9)
    yield made
    made.close()


def test_the_tile_is_first_and_shifts_the_images_by_one(panel: GalleryPanel) -> None:
    before = [cell_centre(panel, row) for row in range(9)]
    panel.grid.set_in_progress((create_tile(),))
    assert [cell_centre(panel, row) for row in range(8)] == before[1:]
    assert [panel.grid.indexAt(place).row() for place in before[:9]] == [-1, *range(8)]
    shown = panel.grid.grab().toImage().pixelColor(panel.grid.viewport().mapTo(panel.grid, before[0]))
    assert shown == Qt.GlobalColor.red
    panel.grid.set_in_progress(())
    assert [cell_centre(panel, row) for row in range(9)] == before


def test_keys_clicks_and_select_all_apply_to_saved_images_only(panel: GalleryPanel) -> None:
    panel.grid.set_in_progress((create_tile(0), create_tile(1)))
    clicked: list[tuple[str, int]] = []
    panel.grid.in_progress_clicked.connect(lambda item, image: clicked.append((item, image)))
    QTest.mouseClick(panel.grid.viewport(), Qt.MouseButton.LeftButton, pos=cell_centre(panel, 0) - QPoint(2, 0))
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


def test_a_selection_box_that_ends_on_a_tile_does_not_open_it(panel: GalleryPanel) -> None:
    panel.grid.set_in_progress((create_tile(),))
    clicked: list[str] = []
    panel.grid.in_progress_clicked.connect(lambda item, image: clicked.append(item))
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


def test_a_search_and_the_oldest_first_order_hide_tiles(panel: GalleryPanel) -> None:
    panel.grid.set_in_progress((create_tile(),))
    panel.grid.model().set_oldest_first(True)  # type: ignore[attr-defined]
    assert panel.grid.indexAt(panel.grid.visualRect(panel.grid.model().index(0, 0)).center()).row() == 0
    assert panel.grid.visualRect(panel.grid.model().index(0, 0)).left() < 10
    panel.grid.model().set_oldest_first(False)  # type: ignore[attr-defined]
    assert panel.grid.visualRect(panel.grid.model().index(0, 0)).left() > 40
    panel.grid.model().set_query("3")  # type: ignore[attr-defined]
    assert panel.grid.visualRect(panel.grid.model().index(0, 0)).left() < 10


def test_a_tile_shows_the_newest_prediction_until_the_image_is_saved(look: Theme) -> None:  # noqa: F811
    given: list[tuple[InProgressImage, ...]] = []
    tiles, run = InProgressTiles(), Run(Request(count=3, steps=4))
    tiles.add_grid(given.append)
    tiles.show({"one": run})
    assert given == []
    run.views[0].append(create_view(0, 1, 10))
    run.views[1].append(create_view(1, 1, 20))
    tiles.show({"one": run})
    assert [each.share for each in given[-1]] == [0.25, 0.25]
    assert [each.picture.toImage().pixelColor(0, 0).red() for each in given[-1]] == [10, 20]
    assert [each.place for each in given[-1]] == [("one", 0), ("one", 1)]
    first, count = given[-1][0], len(given)
    tiles.show({"one": run})
    assert len(given) == count, "there is nothing new"
    run.views[1].append(create_view(1, 2, 30))
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


def test_a_tile_is_at_most_as_large_as_a_cell(look: Theme) -> None:  # noqa: F811
    given: list[tuple[InProgressImage, ...]] = []
    tiles, run = InProgressTiles(), Run(Request(count=2, steps=4))
    tiles.add_grid(given.append)
    run.views[0].append(create_view(0, 1, 90, height=1440, width=2560))
    run.views[1].append(create_view(1, 1, 90, height=40, width=24))
    tiles.show({"one": run})
    large, small = (each.picture for each in given[-1])
    assert (large.width(), large.height()) == (SIDE, SIDE * 9 // 16) and (small.width(), small.height()) == (24, 40)
    assert abs(large.toImage().pixelColor(100, 100).red() - 90) <= 1


def test_images_in_progress_are_shown_in_both_galleries(_own_home: Path) -> None:
    seen: list[int] = []

    library = GaussianLibrary(step_seconds=0.1)

    async def play(window: Window) -> None:
        window.create_page.controls.request_draft.change(steps=40)
        window.generation.in_progress.add_grid(lambda tiles: seen.append(len(tiles)))
        click(window.create_page.controls.button)
        await until(lambda: 1 in seen)
        window.open_page("gallery")
        library.hurry()
        await until(lambda: window.gallery.page_model.rowCount() == 1 and window.generation.job is None)
        assert seen[-1] == 0
        first = window.gallery_page.grid.visualRect(window.gallery.page_model.index(0))
        await until(lambda: window.gallery_page.grid.indexAt(first.center()).row() == 0)

    run_in_window(play, library=library)


def test_a_click_on_a_tile_shows_the_run_on_the_canvas(_own_home: Path) -> None:
    library = GaussianLibrary(step_seconds=0.1)

    async def play(window: Window) -> None:
        window.create_page.controls.request_draft.change(steps=40)
        click(window.create_page.controls.button)
        await until(lambda: window.generation.job is not None and window.generation.job.latest_image is not None)
        window.generation.set_paused(True)
        window.open_page("gallery")
        grid = window.gallery_page.grid
        await until(lambda: grid._in_progress_count == 1 and window.generation.job.run.state is State.PAUSED)
        QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(40, 60))
        await until(lambda: window.create_page.isVisible())
        assert window.viewer.shows_run
        window.generation.stop()
        await until(lambda: grid._in_progress_count == 0)

    run_in_window(play, library=library)
