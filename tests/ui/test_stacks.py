"""Stacks of near-identical images on the Gallery page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from gdm_studio.gallery import save
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.gallery.cells import badge_rect
from gdm_studio.ui.gallery.page import GalleryPage
from gdm_studio.ui.shell.window import Window
from tests.helpers.window import press, run_in_window, until

SHIFT = Qt.KeyboardModifier.ShiftModifier
# Prompts and seeds, oldest first: a stack of three, an image, and a stack of two.
IMAGES = [("fox", 1), ("fox", 2), ("fox", 3), ("owl", 4), ("cat", 5), ("cat", 6)]
ALL = [6, 5, 4, 3, 2, 1]


@pytest.fixture
def library(home: Path) -> Path:
    folder = home / "pictures"
    folder.mkdir()
    for prompt, seed in IMAGES:
        request = Request(model="gaussian", prompt=prompt, seed=seed, steps=2, size=(8, 8))
        save(Result(0, request, np.full((8, 8, 4), 40 * seed, np.uint8)), folder)
    return folder


def listed(page: GalleryPage) -> list[int]:
    """Return the seeds of the listed images."""
    model = page.grid.model()
    pictures = (model.picture(row) for row in range(model.rowCount()))
    return [picture.request.seed if picture else 0 for picture in pictures]


def chosen(page: GalleryPage) -> int | None:
    """Return the seed of the current image, or None if there is none."""
    picture = page.grid.current()
    return picture and picture.request.seed


async def open_page(window: Window) -> GalleryPage:
    window.open_page("gallery")
    page = window.gallery_page
    await until(lambda: listed(page) == ALL and window.gallery.is_scanned)
    page.grid.setFocus()
    return page


def test_a_stack_is_one_row_until_it_is_opened(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await open_page(window)
        model = page.grid.model()
        press(window, Qt.Key.Key_S, SHIFT)
        assert page.search.stacks.isChecked()
        await until(lambda: listed(page) == [6, 4, 3])
        assert [model.stack_of(row) for row in range(3)] == [(2, False), None, (3, False)]
        press(window, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        assert page.bar._count_text == "3 of 6", "actions leave the pictures inside the stacks"
        window.gallery.show_stacks(False)
        assert page.bar._count_text == "3"
        window.gallery.show_stacks(True)
        await until(lambda: page.bar._count_text == "3 of 6")
        model.set_oldest_first(True)
        page.grid.select_moments(model.all_moments()[:2])
        assert page.bar._count_text == "2 of 4"
        model.set_oldest_first(False)
        page.grid.setCurrentIndex(model.index(2))
        press(window, Qt.Key.Key_S)
        assert listed(page) == [6, 4, 3, 2, 1] and model.stack_of(2) == (3, True)
        page.grid.setCurrentIndex(model.index(4))
        press(window, Qt.Key.Key_S)
        assert listed(page) == [6, 4, 3] and chosen(page) == 3, "the newest stays current"
        cell = page.grid.visualRect(model.index(0))
        QTest.mouseClick(page.grid.viewport(), Qt.MouseButton.LeftButton, pos=badge_rect(cell, 2).center())
        assert listed(page) == [6, 5, 4, 3]
        QTest.mouseClick(page.grid.viewport(), Qt.MouseButton.LeftButton, pos=cell.topLeft() + QPoint(9, 9))
        assert listed(page) == [6, 5, 4, 3], "a click beside the badge only selects"
        press(window, Qt.Key.Key_S, SHIFT)
        await until(lambda: listed(page) == ALL)

    run_in_window(play)


def test_stacks_stay_correct_when_images_are_deleted_searched_and_revealed(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await open_page(window)
        window.settings_controller.change("stacks", True)
        await until(lambda: listed(page) == [6, 4, 3])
        page.grid.setCurrentIndex(page.grid.model().index(2))
        press(window, Qt.Key.Key_Delete)
        await until(lambda: listed(page) == [6, 4, 2])
        assert chosen(page) == 2, "the selection stays in the stack"
        window.undo()
        await until(lambda: listed(page) == [6, 4, 3] and chosen(page) == 3)
        page.grid.setCurrentIndex(page.grid.model().index(0))
        press(window, Qt.Key.Key_S)
        await until(lambda: listed(page) == [6, 5, 4, 3])
        page.grid.setCurrentIndex(page.grid.model().index(1))
        press(window, Qt.Key.Key_Delete)
        await until(lambda: listed(page) == [6, 4, 3])
        assert chosen(page) == 6
        window.undo()
        await until(lambda: listed(page) == [6, 5, 4, 3] and chosen(page) == 5)
        await until(lambda: page.grid.model().stack_of(0) == (2, True))
        page.grid.setCurrentIndex(page.grid.model().index(0))
        press(window, Qt.Key.Key_S)
        page.search_for("fox")
        await until(lambda: listed(page) == [3] and page.grid.model().stack_of(0) == (3, False))
        page.search_for("")
        await until(lambda: listed(page) == [6, 4, 3])
        hidden = await window.gallery.ask(lambda gallery: gallery.page("seed:1")[0])
        page.reveal(hidden)
        assert listed(page) == [6, 4, 3, 2, 1] and chosen(page) == 1

    run_in_window(play)


def test_the_stack_of_the_selected_image_is_selected(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play(window: Window) -> None:
        page = await open_page(window)
        page.grid.setCurrentIndex(page.grid.model().index(4))
        press(window, Qt.Key.Key_Delete)
        await until(lambda: listed(page) == [6, 5, 4, 3, 1])
        assert chosen(page) == 1
        window.undo()
        await until(lambda: listed(page) == ALL and chosen(page) == 2)
        press(window, Qt.Key.Key_S, SHIFT)
        await until(lambda: listed(page) == [6, 4, 3])
        assert chosen(page) == 3 and page.grid.selected_rows() == [range(2, 3)]
        press(window, Qt.Key.Key_S, SHIFT)
        await until(lambda: listed(page) == ALL)
        page.grid.setCurrentIndex(page.grid.model().index(1))
        # A long list is replaced instead.
        monkeypatch.setattr("gdm_studio.ui.gallery.list_model.RUNS", 0)
        press(window, Qt.Key.Key_S, SHIFT)
        await until(lambda: listed(page) == [6, 4, 3])
        assert chosen(page) == 6 and page.grid.selected_rows() == [range(1)]

    run_in_window(play)


def test_settings_used_from_the_gallery_are_undone_and_redone_in_their_order(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await open_page(window)
        draft, control = window.request_draft, Qt.KeyboardModifier.ControlModifier
        (picture,) = await window.gallery.ask(lambda gallery: gallery.page("owl"))
        draft.change(prompt="a moon", seed=9)
        window.settings_restorer.use(picture)
        window.open_page("gallery")
        await window.gallery.commands.tag([picture.id], ["pet"], True)
        for turn in range(2):
            for _ in range(2):
                press(window, Qt.Key.Key_Z, control)
            await until(lambda: draft["prompt"] == "a moon" and len(window._notifier.undo_stack._redos) == 2)
            assert draft["seed"] == 9
            assert await window.gallery.ask(lambda gallery: gallery.count("tag:pet")) == 0
            for left in (1, 0):
                press(window, Qt.Key.Key_Y, control)
                await until(lambda left=left: len(window._notifier.undo_stack._redos) == left)
                await until(lambda: not window._notifier.undo_stack.lock.locked())
            assert (draft["prompt"], draft["seed"], draft.is_seed_given) == ("owl", 4, True), turn
            assert await window.gallery.ask(lambda gallery: gallery.count("tag:pet")) == 1
        # What was changed since stays.
        press(window, Qt.Key.Key_Z, control)
        press(window, Qt.Key.Key_Z, control)
        await until(lambda: draft["prompt"] == "a moon")
        draft.change(prompt="a star")
        press(window, Qt.Key.Key_Y, control)
        await until(lambda: draft["seed"] == 4)
        assert draft["prompt"] == "a star" and page.isVisible()

    run_in_window(play)


def test_changes_of_images_are_undone_and_redone_by_keys(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await open_page(window)
        gallery, commands, control = window.gallery, window.gallery.commands, Qt.KeyboardModifier.ControlModifier
        ids = [picture.id for picture in await gallery.ask(lambda gallery: gallery.page("cat"))]
        await gallery.ask(lambda gallery: gallery.collections.create("Old", []))
        changes = {
            'collection:"New collection"': commands.new_collection(ids),
            "is:favourite": commands.favourite(ids, True),
            'tag:"pet"': commands.tag(ids, ["pet"], True),
            'collection:"Old"': commands.collect("Old", ids),
            'collection:"New"': commands.rename_collection("Old", "New"),
            "fox": commands.delete(list(ids), quiet=True),
        }
        count = {name: 2 for name in changes} | {"fox": 3}
        for change in changes.values():
            await change
        for _ in changes:
            press(window, Qt.Key.Key_Z, control)
        await until(lambda: window.can_redo() and len(window._notifier.undo_stack._redos) == len(changes))
        await until(lambda: listed(page) == ALL)
        for number, search in enumerate(changes):
            assert await gallery.ask(lambda gallery, search=search: gallery.count(search)) == 3 * (search == "fox")
            press(window, Qt.Key.Key_Y, control)
            left = len(changes) - number - 1
            await until(lambda left=left: len(window._notifier.undo_stack._redos) == left)
            await until(lambda search=search: not window._notifier.undo_stack.lock.locked())
            assert await gallery.ask(lambda gallery, search=search: gallery.count(search)) == count[search]
        await until(lambda: listed(page) == [4, 3, 2, 1])

    run_in_window(play)


def test_a_review_shows_the_images_in_closed_stacks(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await open_page(window)
        press(window, Qt.Key.Key_S, SHIFT)
        await until(lambda: listed(page) == [6, 4, 3])
        press(window, Qt.Key.Key_R)
        for number, (prompt, _) in enumerate(reversed(IMAGES), 1):
            await until(lambda number=number: page.large.progress.text() == f"{number} of 6")
            assert page.large.accessibleName().startswith(prompt)
            press(window, Qt.Key.Key_Right)
        await until(lambda: not page.large.isVisible())
        # From the current image on.
        page.grid.setCurrentIndex(page.grid.model().index(listed(page).index(4)))
        press(window, Qt.Key.Key_R)
        await until(lambda: page.large.progress.text() == "3 of 6")

    run_in_window(play)


def test_a_new_image_joins_its_stack_and_the_setting_is_kept(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await open_page(window)
        window.settings_controller.change("stacks", True)
        await until(lambda: listed(page) == [6, 4, 3])
        rgba = np.full((8, 8, 4), 9, np.uint8)
        request = Request(model="gaussian", prompt="cat", seed=7, steps=2, size=(8, 8))
        window.gallery.add(await window.gallery.ask(lambda gallery: gallery.save(Result(0, request, rgba))))
        await until(lambda: listed(page) == [7, 4, 3])
        assert page.grid.model().stack_of(0) == (3, False)

    async def again(window: Window) -> None:
        window.open_page("gallery")
        await until(lambda: listed(window.gallery_page) == [7, 4, 3])
        assert window.gallery_page.search.stacks.isChecked()

    run_in_window(play)
    run_in_window(again)
