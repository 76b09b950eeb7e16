"""Reviewing images in the large view: three keys, the progress, undo, and images that are gone."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton, QWidget

from gdm_studio.gallery import save
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.gallery.page import GalleryPage
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.widgets.chips import Chip
from tests.helpers.widgets import record_signal
from tests.helpers.window import click, press, run_in_window, until
from tests.ui.accessibility import problems

# The newest is listed first.
PROMPTS = [f"picture {number}" for number in range(4, -1, -1)]
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def library(home: Path) -> Path:
    folder = home / "pictures"
    folder.mkdir()
    for number in range(5):
        request = Request(model="gaussian", prompt=f"picture {number}", seed=number, steps=2, size=(8, 8))
        save(Result(0, request, np.full((8, 8, 4), 40 * number + 20, np.uint8)), folder)
    return folder


def listed(page: GalleryPage) -> list[str]:
    model = page.grid.model()
    pictures = (model.picture(row) for row in range(model.rowCount()))
    return [picture.request.prompt if picture else "" for picture in pictures]


async def open_page(window: Window) -> GalleryPage:
    window.open_page("gallery")
    page = window.gallery_page
    await until(lambda: listed(page) == PROMPTS and window.gallery.is_scanned)
    page.grid.setFocus()
    return page


async def shown(page: GalleryPage, prompt: str, progress: str) -> None:
    title = f"{prompt} · 8 × 8, large"
    await until(lambda: page.large.isVisible() and page.large.accessibleName() == title)
    assert page.large.progress.text() == progress


def test_all_listed_images_are_kept_rejected_or_skipped_and_undone(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await open_page(window)
        press(window, Qt.Key.Key_R)
        await shown(page, "picture 4", "1 of 5")
        click(page.large.leave)
        assert not page.large.isVisible()
        press(window, Qt.Key.Key_R)
        await shown(page, "picture 4", "1 of 5")
        assert problems(page.large) == []
        press(window, Qt.Key.Key_K)
        await shown(page, "picture 3", "2 of 5 · 1 kept")
        hollow = page.large.keep.icon().pixmap(16).toImage()
        press(window, Qt.Key.Key_Left)
        await shown(page, "picture 4", "1 of 5 · 1 kept")
        assert page.large.keep.icon().pixmap(16).toImage() != hollow, "the star of a kept picture is filled"
        press(window, Qt.Key.Key_Right)
        await shown(page, "picture 3", "2 of 5 · 1 kept")
        press(window, Qt.Key.Key_X)
        await shown(page, "picture 2", "3 of 5 · 1 kept · 1 deleted")
        assert listed(page) == [each for each in PROMPTS if each != "picture 3"]
        press(window, Qt.Key.Key_Right)
        await shown(page, "picture 1", "4 of 5 · 1 kept · 1 deleted")
        # The latest decision is undone, and its image is shown again.
        press(window, Qt.Key.Key_Z, CONTROL)
        await shown(page, "picture 3", "2 of 5 · 1 kept")
        await until(lambda: listed(page) == PROMPTS)
        press(window, Qt.Key.Key_Delete)
        for prompt in ("picture 2", "picture 1", "picture 0"):
            await until(lambda prompt=prompt: page.large.accessibleName().startswith(prompt))
            press(window, Qt.Key.Key_Right)
        await until(lambda: not page.large.isVisible())
        text = [f"{each.title} {each.text}" for each in window._notices.shown]
        assert "Review finished 1 kept, 1 deleted" in text
        favourites = await window.gallery.ask(lambda gallery: gallery.page("is:favourite"))
        assert [each.request.prompt for each in favourites] == ["picture 4"]
        assert await window.gallery.ask(lambda gallery: gallery.count()) == 4

    run_in_window(play)


def test_a_late_decision_does_not_open_the_closed_view_again(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await open_page(window)
        decided = record_signal(window.gallery.changed)
        press(window, Qt.Key.Key_R)
        await shown(page, "picture 4", "1 of 5")
        press(window, Qt.Key.Key_K)
        # The task of the decision starts.
        await asyncio.sleep(0)
        press(window, Qt.Key.Key_Escape)
        await until(lambda: decided)
        # The next picture would be found and read.
        for _ in range(3):
            await window.gallery.flush()
        assert not page.large.isVisible()

    run_in_window(play)


def test_notices_cover_no_buttons_of_the_large_view_and_follow_the_page(library: Path) -> None:
    def place(widget: QWidget, window: Window) -> QRect:
        return QRect(widget.mapTo(window, QPoint()), widget.size())

    async def play(window: Window) -> None:
        page = await open_page(window)
        window.notify("Something failed", "Its reason", kind="error")
        (notice,) = window._notices.shown
        before = place(notice, window)
        press(window, Qt.Key.Key_R)
        await shown(page, "picture 4", "1 of 5")
        buttons = [each for each in page.large.findChildren(QToolButton) if each.isVisible()]
        assert buttons and not any(place(each, window).intersects(place(notice, window)) for each in buttons)
        press(window, Qt.Key.Key_Escape)
        await until(lambda: place(notice, window) == before)
        # The grid is not in the middle of the window, between two panels of unequal width.
        window.open_page("models")
        await until(lambda: place(notice, window) != before)
        middle = place(window.models_page, window).center().x()
        assert notice.isVisible() and abs(place(notice, window).center().x() - middle) <= 1

    run_in_window(play)


def test_selected_images_are_reviewed_and_stay_selected(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await open_page(window)
        page.grid.setCurrentIndex(page.grid.model().index(1))
        QTest.keyClick(page.grid, Qt.Key.Key_Right, SHIFT)
        press(window, Qt.Key.Key_R)
        await shown(page, "picture 3", "1 of 2")
        press(window, Qt.Key.Key_Right)
        await shown(page, "picture 2", "2 of 2")
        press(window, Qt.Key.Key_Left)
        await shown(page, "picture 3", "1 of 2")
        press(window, Qt.Key.Key_Escape)
        assert not page.large.isVisible() and page.grid.selected_rows() == [range(1, 3)]

    run_in_window(play)


def test_the_large_view_reaches_both_ends_and_skips_images_that_are_gone(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await open_page(window)
        page.grid.setCurrentIndex(page.grid.model().index(3))
        press(window, Qt.Key.Key_Space)
        await shown(page, "picture 1", "4 of 5")
        for _ in range(2):
            press(window, Qt.Key.Key_Right)
            await shown(page, "picture 0", "5 of 5")
        gone = page.grid.model().picture(2)
        gone.path.unlink()
        press(window, Qt.Key.Key_Left)
        await shown(page, "picture 1", "4 of 5")
        press(window, Qt.Key.Key_Left)
        await shown(page, "picture 3", "2 of 5")
        # Rejecting the last image shows the one before it.
        for prompt, progress in (("picture 1", "4 of 5"), ("picture 0", "5 of 5")):
            press(window, Qt.Key.Key_Right)
            await shown(page, prompt, progress)
        press(window, Qt.Key.Key_X)
        await shown(page, "picture 1", "4 of 5")
        press(window, Qt.Key.Key_Space)
        assert not page.large.isVisible() and page.grid.hasFocus()

    run_in_window(play)


def test_similar_images_are_searched_and_the_image_stays_selected(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await open_page(window)
        page.grid.setCurrentIndex(page.grid.model().index(2))
        picture = page.grid.current()
        press(window, Qt.Key.Key_L)
        await until(lambda: page.search.text() == f"similar:{picture.id}" and page.grid.model().rowCount() > 0)
        await until(lambda: not page.grid.model().is_waiting())
        assert "picture 2" in listed(page)
        await until(lambda: (current := page.grid.current()) is not None and current.id == picture.id)
        chips = [chip for chip in page.search.findChildren(Chip) if chip.isVisible()]
        assert [chip.text() for chip in chips] == ["Like: picture 2"] and not page.search.field.text()
        chips[0].removed.emit()
        await until(lambda: not page.search.text() and not page.grid.model().is_waiting())

    run_in_window(play)


def test_a_similarity_search_ends_when_its_image_is_deleted(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await open_page(window)
        page.grid.setCurrentIndex(page.grid.model().index(2))
        press(window, Qt.Key.Key_L)
        await until(lambda: page.search.text() and page.grid.model().rowCount() > 0)
        await until(lambda: (current := page.grid.current()) is not None and current.request.prompt == "picture 2")
        page.grid.setFocus()
        press(window, Qt.Key.Key_Delete)
        await until(lambda: listed(page) == [prompt for prompt in PROMPTS if prompt != "picture 2"])
        assert not page.search.text()
        assert not [chip for chip in page.search.findChildren(Chip) if chip.isVisible()]

    run_in_window(play)


def test_a_typed_similarity_search_without_results_is_named(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await open_page(window)
        page.search.set_text("similar:nothing")
        await until(lambda: page.grid.accessibleDescription() == "Nothing matches “similar:nothing”.")

    run_in_window(play)
