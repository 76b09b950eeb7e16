"""The gallery page in the real window with real files: search, marks, tags, deletion, import and restoring."""

from __future__ import annotations

import asyncio
import io
import re
import shutil
import threading
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSize, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPushButton, QWidget

from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import Gallery, find_unclear, save, scanner
from gdm_studio.gallery.gallery import Timeline
from gdm_studio.gallery.index import LAST
from gdm_studio.gallery.thumbnails import decode_thumbnail
from gdm_studio.models.capabilities import Capabilities
from gdm_studio.models.model_card import ModelCard, Style
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Branch, Request
from gdm_studio.ui.denoising_steps.saved_step_strip import SavedStepsRow
from gdm_studio.ui.gallery import service, sidebar
from gdm_studio.ui.gallery.list_model import THUMBNAIL, PictureModel
from gdm_studio.ui.gallery.page import GalleryPage
from gdm_studio.ui.gallery.thumbnails import ThumbnailReader, decode_for_painting
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.tasks import Tasks
from gdm_studio.ui.theme.imaging import straight_array, to_qimage
from gdm_studio.ui.widgets import ElidedLabel
from gdm_studio.ui.widgets.chips import Chip
from gdm_studio.ui.widgets.notices import Notice
from gdm_studio.ui.window_actions import (
    COMPARE,
    COPY_CREDIT,
    DELETE,
    EXPORT,
    FAVOURITE,
    MENU,
    OPEN_AS_SET,
    OPEN_FOLDER,
    STACK,
    USE,
    VARY,
)
from tests.helpers import gaussian_model
from tests.helpers.foreign_images import manifest_store, signed_png
from tests.helpers.gaussian_model import CARD, GaussianLibrary, GaussianModel
from tests.helpers.languages import language
from tests.helpers.widgets import MadeUpPicture, flat_image, mute_platform, record_signal, theme
from tests.helpers.window import (
    click,
    drop,
    hover,
    notice_button,
    notices,
    press,
    run_in_window,
    until,
    wait_for_notice,
)
from tests.ui.test_flow import generated

if TYPE_CHECKING:
    import torch

LEFT = Qt.MouseButton.LeftButton
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PARENT = Request(model="gaussian", prompt="a red fox", seed=1206, steps=12, size=(8, 8))
OTHERS = (
    Request(model="gaussian", prompt="a blue owl", seed=2, steps=20, size=(8, 8), style="glossy"),
    Request(model="gaussian", prompt="a red owl", seed=3, steps=20, size=(8, 8), style="glossy"),
    replace(PARENT, prompt="a red apple", branch=Branch(PARENT, 8)),
)
A1111 = Path(__file__).parent.parent / "data" / "metadata" / "sd-webui.png"


@pytest.fixture
def library(home: Path) -> Path:
    """Create a folder of four saved images, of which the last is the newest."""
    folder = home / "pictures"
    folder.mkdir()
    for number, request in enumerate((PARENT, *OTHERS)):
        save(Result(0, request, np.full((8, 8, 4), 60 * number + 20, np.uint8)), folder)
    return folder


async def _open_page(window: Window) -> GalleryPage:
    window.open_page("gallery")
    page = window.gallery_page
    await until(lambda: _shown_prompts(page) == ["a red apple", "a red owl", "a blue owl", "a red fox"])
    page.grid.setFocus()
    return page


def _shown_prompts(page: GalleryPage) -> list[str]:
    model = page.grid.model()
    pictures = (model.picture(row) for row in range(model.rowCount()))
    return [picture.request.prompt if picture else "" for picture in pictures]


def _chip_texts(page: GalleryPage) -> list[str]:
    return [chip.text() for chip in page.search.findChildren(Chip) if chip.isVisible()]


def _select(page: GalleryPage, first: int, last: int) -> None:
    page.grid.setFocus()
    page.grid.setCurrentIndex(page.grid.model().index(first))
    for _ in range(last - first):
        QTest.keyClick(page.grid, Qt.Key.Key_Right, SHIFT)


def _find_button(part: QWidget, name: str) -> QPushButton:
    return next(b for b in part.findChildren(QPushButton) if b.accessibleName() == name and b.isVisible())


def _place_texts(page: GalleryPage) -> dict[str, str]:
    """Return the accessible text of each place in the sidebar by its title."""
    model = page.sidebar.view.model()
    indexes = [model.index(row, 0) for row in range(model.rowCount())]
    return {index.data(): index.data(Qt.ItemDataRole.AccessibleTextRole) or "" for index in indexes}


def test_a_deselected_picture_is_not_the_current_one(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await _open_page(window)
        view = page.grid.viewport()
        places = [page.grid.visualRect(page.grid.model().index(row)).center() for row in (0, 2)]
        QTest.mouseClick(view, LEFT, pos=places[0])
        QTest.mouseClick(view, LEFT, CONTROL, places[1])
        QTest.mouseClick(view, LEFT, CONTROL, places[0])
        assert page.grid.selected_rows() == [range(2, 3)]
        current = page.grid.current()
        assert current is not None and current.request.prompt == "a blue owl"
        QTest.mouseClick(view, LEFT, CONTROL, places[1])
        assert page.grid.current() is None
        # So low that the pictures do not fit.
        page.grid.setFixedHeight(150)
        page.grid.scrollToTop()
        page.grid.selectAll()
        bar = page.grid.verticalScrollBar()
        await until(lambda: bar.maximum() > 0)
        assert bar.value() == 0
        QTest.mouseClick(view, LEFT, CONTROL, page.grid.visualRect(page.grid.model().index(0)).center())
        current = page.grid.current()
        assert current is not None and current.request.prompt == "a red owl" and bar.value() == 0

    run_in_window(play)


def test_images_are_found_by_the_title_of_their_style(library: Path) -> None:
    class Painted(GaussianLibrary):
        def cards(self) -> list[ModelCard]:
            return [replace(CARD, styles=(Style("glossy", "Wet paint"),))]

    async def play(window: Window) -> None:
        page = await _open_page(window)
        page.focus_search()
        QTest.keyClicks(page.search.field, "style:wet")
        await until(lambda: _shown_prompts(page) == ["a red owl", "a blue owl"])

    run_in_window(play, library=Painted())


def test_typed_text_is_searched_and_its_fields_become_removable_chips(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await _open_page(window)
        page.focus_search()
        QTest.keyClicks(page.search.field, "red style:glossy steps:>11")
        await until(lambda: _shown_prompts(page) == ["a red owl"])
        assert _chip_texts(page) == ["Style glossy", "Steps > 11"]
        click(next(chip for chip in page.search.findChildren(Chip) if chip.text() == "Style glossy"))
        await until(lambda: _shown_prompts(page) == ["a red apple", "a red owl", "a red fox"])
        assert page.search.text() == "red steps:>11" and _chip_texts(page) == ["Steps > 11"]
        page.search.oldest_first.emit(True)
        assert _shown_prompts(page) == ["a red fox", "a red owl", "a red apple"]
        owl = page.grid.model().picture(1)
        page.search.set_text("apple")
        await until(lambda: _shown_prompts(page) == ["a red apple"])
        page.reveal(owl)
        await until(lambda: page.grid.current() is not None)
        assert page.grid.current().id == owl.id and page.search.text() == ""
        page.grid.clear_selection()
        page.search.set_text("owl")
        await until(lambda: any("2 pictures" in text for text in _search_labels(page)))
        assert page.grid.current() is None, "it is selected once, not by every search from then on"

    run_in_window(play)


async def _check_escape_leads_from_the_search_to_the_images(window: Window) -> None:
    page = await _open_page(window)
    press(window, Qt.Key.Key_Slash)
    assert page.search.field.hasFocus()
    press(window, Qt.Key.Key_Escape)
    assert page.grid.hasFocus()
    press(window, Qt.Key.Key_A, CONTROL)
    assert sum(map(len, page.grid.selected_rows())) == 4


async def _check_a_selected_image_that_a_search_finds_is_still_selected(window: Window) -> None:
    page = await _open_page(window)
    await until(lambda: "a red owl" in _shown_prompts(page))
    page.grid.setCurrentIndex(page.grid.model().index(_shown_prompts(page).index("a red owl")))
    page.search.set_text("owl")
    await until(lambda: sorted(_shown_prompts(page)) == ["a blue owl", "a red owl"])
    assert [picture.request.prompt for picture in page.grid.selected()] == ["a red owl"]
    page.search.set_text("red apple")
    await until(lambda: _shown_prompts(page) == ["a red apple"])
    assert page.grid.current() is None and not page.grid.selected()


async def _check_unknown_search_fields_are_reported_beside_the_count(window: Window) -> None:
    page = await _open_page(window)
    page.focus_search()
    QTest.keyClicks(page.search.field, "red stil:glossy")
    await until(lambda: any("unknown field stil" in text for text in _search_labels(page)))
    (said,) = [each for each in page.search.findChildren(QLabel) if "unknown field stil" in each.text()]
    assert said.isVisible() and "unknown field stil" in said.toolTip()
    page.search.set_text("red style:glossy")
    await until(lambda: _shown_prompts(page) != [] and not any("unknown" in text for text in _search_labels(page)))
    assert said.toolTip() == ""


def test_search_fields_are_read_in_the_language_of_the_window(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await _open_page(window)
        for query in ("Estilo:glossy -prompt:blue", "-prompt:blue style:glossy", "STYLE:glossy -Prompt:blue"):
            page.search.set_text(query)
            assert page.search.text() == query.replace("Estilo", "style").replace("STYLE", "style").replace("-P", "-p")
            await until(lambda: page.search.text() == window.gallery.page_model.query())
            assert find_unclear(page.search.text()) == []
        window.create_page.gallery.search.set_text('etiqueta:"de viaje" "etiqueta:viaje"')
        assert window.gallery.panel_model.query() == 'tag:"de viaje" "etiqueta:viaje"'

    with language("es"):
        run_in_window(play)


def _search_labels(page: GalleryPage) -> list[str]:
    return [each.text() for each in page.search.findChildren(QLabel)]


async def _check_a_word_is_completed_with_fields_and_their_values(window: Window) -> None:
    page = await _open_page(window)
    window.activateWindow()
    page.focus_search()
    lists = page.search._completions
    QTest.keyClicks(page.search.field, "sty")
    await until(lists.isVisible)
    QTest.keyClick(page.search.field, Qt.Key.Key_Tab)
    assert page.search.field.text() == "style:"
    await until(lists.isVisible)
    QTest.keyClick(page.search.field, Qt.Key.Key_Up)
    assert lists.currentIndex().row() == lists.model().rowCount() - 1
    QTest.keyClick(page.search.field, Qt.Key.Key_Down)
    assert lists.currentIndex().row() == 0
    QTest.keyClick(page.search.field, Qt.Key.Key_Return)
    await until(lambda: page.search.text() == "style:glossy")
    await until(lambda: _shown_prompts(page) == ["a red owl", "a blue owl"])


async def _check_a_search_is_saved_renamed_opened_and_deleted(window: Window) -> None:
    page = await _open_page(window)
    page.search.set_text("owl")
    await until(lambda: len(_shown_prompts(page)) == 2)
    click(_find_button(page.search, "Save search"))
    await until(lambda: page.sidebar.view.state() == page.sidebar.view.State.EditingState)
    editor = window.focusWidget()
    editor.setText("Birds")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    await until(lambda: "Birds" in _place_texts(page) and "owl" not in _place_texts(page))
    page.search.set_text("")
    page.sidebar.choose("owl")
    await until(lambda: len(_shown_prompts(page)) == 2)
    page.sidebar.view.setFocus()
    QTest.keyClick(page.sidebar.view, Qt.Key.Key_Delete)
    await until(lambda: "Birds" not in _place_texts(page) and len(_shown_prompts(page)) == 4)


async def _check_single_keys_act_on_the_selected_image_while_the_sidebar_has_the_focus(window: Window) -> None:
    page = await _open_page(window)
    page.grid.setCurrentIndex(page.grid.model().index(0, 0))
    page.sidebar.view.setFocus()
    press(window, Qt.Key.Key_F)
    await until(lambda: (picture := page.grid.current()) is not None and picture.favourite)
    assert page.sidebar.choice() == "" and len(_shown_prompts(page)) == 4
    press(window, Qt.Key.Key_R)
    await until(lambda: window.focusWidget() is not page.sidebar.view)
    assert page.sidebar.choice() == ""


def test_actions_on_several_images_are_undone_step_by_step(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await _open_page(window)
        model = page.grid.model()
        _select(page, 0, 2)
        press(window, Qt.Key.Key_F)
        await until(lambda: [model.picture(row).favourite for row in range(4)] == [True, True, True, False])
        assert page.grid.selected_rows() == [range(3)]
        press(window, Qt.Key.Key_T)
        QTest.keyClicks(page.tag_entry.field, "for the talk")
        QTest.keyClick(page.tag_entry.field, Qt.Key.Key_Return)
        await until(lambda: all(model.picture(row).tags == ("for the talk",) for row in range(3)))
        page.grid.setFocus()
        rows = page.grid.selected_rows()
        page.grid.clearSelection()
        press(window, Qt.Key.Key_Delete)
        await until(lambda: any("No picture is selected" in each.text() for each in window.findChildren(QLabel)))
        _select(page, 0, 2)
        assert page.grid.selected_rows() == rows
        press(window, Qt.Key.Key_Delete)
        await until(lambda: _shown_prompts(page) == ["a red fox"] and len(list(library.glob("*.png"))) == 1)
        for expected in (
            lambda: len(_shown_prompts(page)) == 4 and model.picture(0) is not None and model.picture(0).tags,
            lambda: not any(model.picture(row).tags for row in range(4)),
            lambda: not any(model.picture(row).favourite for row in range(4)),
        ):
            page.grid.setFocus()
            press(window, Qt.Key.Key_Z, CONTROL)
            await until(expected)
        assert len(list(library.glob("*.png"))) == 4

    run_in_window(play)


def _notice_texts(window: Window) -> list[str]:
    return [f"{notice.title} {notice.text}" for notice in window.findChildren(Notice) if notice.isVisible()]


async def _check_a_tag_of_one_image_is_confirmed_and_its_removal_by_the_chip_is_not(window: Window) -> None:
    page = await _open_page(window)
    _select(page, 1, 1)
    await until(lambda: page.side.picture() is not None)
    press(window, Qt.Key.Key_T)
    QTest.keyClicks(page.tag_entry.field, "birds")
    QTest.keyClick(page.tag_entry.field, Qt.Key.Key_Return)
    await until(lambda: _notice_texts(window) == ["1 picture tagged birds Ctrl+Z undoes it."])
    await window._notifier.undo()
    await until(lambda: page.grid.current().tags == ())
    press(window, Qt.Key.Key_T)
    QTest.keyClicks(page.tag_entry.field, "owls")
    QTest.keyClick(page.tag_entry.field, Qt.Key.Key_Return)
    await until(lambda: page.grid.current().tags == ("owls",))
    window._notices.clear()
    page.side.untagged.emit("owls")
    await until(lambda: page.grid.current().tags == ())
    assert _notice_texts(window) == []


async def _check_the_key_of_export_asks_for_a_selection(window: Window) -> None:
    await _open_page(window)
    for opened in ("gallery", "create"):
        window.open_page(opened)
        window.gallery_page.grid.clear_selection()
        window.create_page.gallery.grid.clear_selection()
        assert _notice_texts(window) == []
        press(window, Qt.Key.Key_E, CONTROL)
        assert _notice_texts(window) == ["“Export…” cannot be used now Select a picture first."], opened
        window._notices.clear()


def test_an_empty_place_explains_how_to_fill_it(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await _open_page(window)
        for place, words in (("is:favourite", "Press F"), ("is:imported", "Drop a file")):
            page.sidebar.choose(place)
            await until(lambda words=words: words in page.grid.accessibleDescription())  # type: ignore[misc]

    run_in_window(play)


async def _check_a_click_beside_the_images_clears_the_selection(window: Window) -> None:
    page = await _open_page(window)
    _select(page, 1, 1)
    await until(lambda: page.side.picture() is not None)
    view = page.grid.viewport()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.rect().bottomRight() - QPoint(3, 3))
    assert page.side.picture() is None and page.grid.current() is None and not page.grid.selected_rows()


def test_no_details_are_shown_after_the_only_selected_image_was_deselected(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await _open_page(window)
        view, cell = page.grid.viewport(), page.grid.visualRect(page.grid.model().index(1))
        for place in (cell.center(), QPoint(cell.right() + 4, cell.center().y())):
            _select(page, 1, 1)
            await until(lambda: page.side.picture() is not None)
            QTest.mouseClick(view, LEFT, CONTROL, place)
            assert page.grid.selected_rows() == [] and page.side.picture() is None and page.grid.current() is None
        press(window, Qt.Key.Key_Delete)
        await until(lambda: any("No picture is selected" in each.text() for each in window.findChildren(QLabel)))
        # The keyboard continues from there.
        press(window, Qt.Key.Key_Right)
        assert page.grid.selected_rows() == [range(2, 3)] and page.side.picture() is page.grid.current() is not None

    run_in_window(play)


async def _check_the_context_menu_of_an_image_has_every_action(window: Window) -> None:
    page = await _open_page(window)
    window.tasks.start(window.gallery.new_collection("Slides", []))
    await until(lambda: "Slides" in _place_texts(page))
    _select(page, 1, 1)

    def chosen(label: str) -> None:
        with mute_platform():
            menu = page.grid.show_menu(QPoint(0, 0))
            entries = {entry.text(): entry for entry in menu.actions() if entry.text()}
            assert list(entries) == [action.label for action in MENU if action not in (STACK, OPEN_AS_SET)]
            assert all(entry.isEnabled() for entry in entries.values())
            menu.hide()
            entries[label].trigger()

    chosen("Tag")
    QTest.keyClicks(page.tag_entry.field, "owls, best,")
    QTest.keyClick(page.tag_entry.field, Qt.Key.Key_Return)
    await until(lambda: page.grid.current().tags == ("best", "owls"))
    # Both tags were one action.
    await window._notifier.undo()
    await until(lambda: page.grid.current().tags == ())
    chosen("Collection…")
    places = QApplication.activePopupWidget()
    next(entry for entry in places.actions() if entry.text() == "Slides").trigger()
    places.close()
    await until(lambda: _place_texts(page).get("Slides") == "Slides, 1 picture")
    chosen("Compare")
    await until(lambda: window.page() == "compare")


def test_images_are_added_to_and_removed_from_a_collection(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await _open_page(window)
        window.tasks.start(window.gallery.new_collection("Slides", []))
        await until(lambda: "Slides" in _place_texts(page))
        _select(page, 1, 1)
        buttons = [each for each in page.side.findChildren(QPushButton) if each.text() in ("Compare", "Delete")]
        assert len(buttons) == 2 and all(each.isVisible() for each in buttons)
        _select(page, 1, 2)
        # The bar acts on both pictures.
        assert page.bar.isVisible() and not any(each.isVisible() for each in buttons)
        page.bar.collect_asked.emit("Slides")
        await until(lambda: _place_texts(page).get("Slides") == "Slides, 2 pictures")
        page.sidebar.choose('collection:"Slides"')
        await until(lambda: _shown_prompts(page) == ["a red owl", "a blue owl"])
        _select(page, 0, 1)
        page.bar.removal_asked.emit("Slides")
        await until(lambda: _shown_prompts(page) == [])
        press(window, Qt.Key.Key_Z, CONTROL)
        await until(lambda: len(_shown_prompts(page)) == 2)

    run_in_window(play)


def test_a_new_collection_and_its_name_can_be_undone(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await _open_page(window)
        _select(page, 0, 1)
        page.bar.collect_asked.emit("")
        await until(lambda: page.sidebar.findChildren(QLineEdit))
        QTest.keyClicks(editor := page.sidebar.findChildren(QLineEdit)[0], "Slides")
        QTest.keyClick(editor, Qt.Key.Key_Return)
        await until(lambda: _place_texts(page).get("Slides") == "Slides, 2 pictures")
        page.sidebar.choose('collection:"Slides"')
        await until(lambda: len(_shown_prompts(page)) == 2)
        window.undo()
        await until(lambda: "New collection" in _place_texts(page) and "Slides" not in _place_texts(page))
        await until(lambda: page.sidebar.choice() == 'collection:"New collection"' and len(_shown_prompts(page)) == 2)
        window.undo()
        await until(lambda: "New collection" not in _place_texts(page))
        await until(lambda: page.sidebar.choice() == "" and len(_shown_prompts(page)) == 4)

    run_in_window(play)


def test_deleting_on_one_page_selects_no_other_image_on_another(library: Path) -> None:
    async def play(window: Window) -> None:
        beside = window.create_page.gallery.grid
        await until(lambda: beside.model().rowCount() == 4 and beside.model().picture(1) is not None)
        beside.select(gone := beside.model().picture(1).id)
        await until(
            lambda: window.steps.loaded_steps.picture is not None and window.steps.loaded_steps.picture.id == gone
        )
        page = await _open_page(window)
        _select(page, 1, 1)
        press(window, Qt.Key.Key_Delete)
        await until(lambda: beside.model().rowCount() == 3)
        assert not beside.selected_rows()

    run_in_window(play)


def test_the_delete_key_deletes_several_images_one_by_one(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await _open_page(window)
        names = _shown_prompts(page)
        _select(page, 1, 1)
        for left in ([names[0], *names[2:]], [names[0], names[3]], [names[0]], []):
            press(window, Qt.Key.Key_Delete)
            await until(lambda left=left: _shown_prompts(page) == left)
        assert not page.grid.selected_rows() and page.side.picture() is None
        window.undo()
        await until(lambda: _shown_prompts(page) == [names[0]])

    run_in_window(play)


def test_only_a_restored_image_is_selected_while_ctrl_is_held(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await _open_page(window)
        _select(page, 1, 1)
        press(window, Qt.Key.Key_Delete)
        await until(lambda: _shown_prompts(page) == ["a red apple", "a blue owl", "a red fox"])
        assert [picture.request.prompt for picture in page.grid.selected()] == ["a blue owl"]
        keys = window.windowHandle()
        # The window system sends the keys outside of a task, because that processes events.
        QTimer.singleShot(0, lambda: QTest.keyPress(keys, Qt.Key.Key_Control, CONTROL))
        await until(lambda: QApplication.keyboardModifiers() == CONTROL)
        window.undo()
        await until(lambda: page.grid.current() is not None and page.grid.current().request.prompt == "a red owl")
        assert [picture.request.prompt for picture in page.grid.selected()] == ["a red owl"]
        QTimer.singleShot(0, lambda: QTest.keyRelease(keys, Qt.Key.Key_Control))
        await until(lambda: QApplication.keyboardModifiers() != CONTROL)

    run_in_window(play)


def test_all_restored_images_are_selected(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await _open_page(window)
        compared = record_signal(page.signals.compare)
        _select(page, 0, 0)
        press(window, Qt.Key.Key_End, SHIFT)
        QTest.mouseClick(page.grid.viewport(), LEFT, CONTROL, page.grid.visualRect(page.grid.model().index(1)).center())
        assert page.grid.selected_rows() == [range(1), range(2, 4)]
        press(window, Qt.Key.Key_Delete)
        await until(lambda: _shown_prompts(page) == ["a red owl"])
        page.grid.setFocus()
        press(window, Qt.Key.Key_Z, CONTROL)
        await until(lambda: page.grid.selected_rows() == [range(1), range(2, 4)])
        assert page.bar.isVisible()
        press(window, Qt.Key.Key_C)
        assert [len(pictures) for (pictures,) in compared] == [3]

    run_in_window(play)


async def _check_the_listed_ones_of_several_revealed_images_are_selected(window: Window) -> None:
    page = await _open_page(window)
    model = page.grid.model()
    pictures = sorted((model.picture(row) for row in range(4)), key=lambda picture: "owl" in picture.request.prompt)
    page.search.set_text("owl")
    await until(lambda: _shown_prompts(page) == ["a red owl", "a blue owl"])
    page.grid.clear_selection()
    assert page.grid.reveal(*pictures)
    assert page.grid.selected_rows() == [range(2)]
    assert page.grid.current().id == pictures[2].id


def test_late_answers_leave_what_the_user_has_chosen(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await _open_page(window)
        grid = page.grid
        owl, fox = (grid.model().picture(row) for row in (1, 3))
        found = record_signal(grid.model().found)
        _select(page, 0, 0)
        press(window, Qt.Key.Key_Delete)
        await until(lambda: found[-1:] == [(3,)])
        window.gallery.commands.restored.connect(lambda ids: press(window, Qt.Key.Key_End))
        await window._notifier.undo()
        await until(lambda: found[-1] == (4,))
        await window.gallery.flush()
        assert grid.current().id == fox.id
        # The fox is not listed yet when it is revealed.
        page.search.set_text("owl")
        await until(lambda: found[-1] == (2,))
        page.reveal(fox)
        QTest.mouseClick(grid.viewport(), LEFT, pos=grid.visualRect(grid.model().index(0)).center())
        await until(lambda: found[-1] == (4,))
        assert grid.current().id == owl.id
        page.search.set_text("owl")
        await until(lambda: found[-1] == (2,))
        grid.reveal(fox)
        page.search.set_text("red")
        await until(lambda: found[-1] == (3,))
        assert grid.current().id == owl.id

    run_in_window(play)


def test_a_late_parent_leaves_what_the_user_has_chosen(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await _open_page(window)
        window.open_page("create")
        panel = window.create_page.gallery
        await until(lambda: all(panel.grid.model().picture(row) for row in (0, 1)))
        for name, grid, details in (("create", panel.grid, panel.details), ("gallery", page.grid, page.side)):
            window.open_page(name)
            grid.setFocus()
            grid.select(grid.model().picture(0).id)
            await until(lambda: details._origin_link.isVisible())  # noqa: B023
            go = threading.Event()
            window.tasks.start(window.gallery.ask(lambda gallery: go.wait(90)))  # noqa: B023
            details._origin_link.clicked.emit()
            await asyncio.sleep(0)
            press(window, Qt.Key.Key_Right)
            go.set()
            await window.gallery.flush()
            assert grid.current().request.prompt == "a red owl"

    run_in_window(play)


def test_the_search_key_leaves_the_deleted_images(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await _open_page(window)
        _select(page, 0, 0)
        press(window, Qt.Key.Key_Delete)
        await until(lambda: "3 pictures" not in _place_texts(page) and "1 picture" in _place_texts(page))
        page.sidebar.choose("deleted")
        await until(lambda: page.deleted.isVisible())
        press(window, Qt.Key.Key_Slash)
        await until(lambda: page.search.field.hasFocus())
        assert page.grid.isVisible() and not page.deleted.isVisible()

    run_in_window(play)


def test_one_of_several_deleted_images_is_restored(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await _open_page(window)
        _select(page, 0, 2)
        press(window, Qt.Key.Key_Delete)
        await until(lambda: "3 pictures" in _place_texts(page))
        page.sidebar.choose("deleted")
        waiting = lambda name: [b for b in page.deleted.findChildren(QWidget) if name in b.accessibleName()]  # noqa: E731
        await until(lambda: waiting("blue owl"))
        click(waiting("blue owl")[0])
        await until(lambda: "2 pictures" in _place_texts(page) and not waiting("blue owl"))
        assert len(list(library.glob("*blue owl*.png"))) == 1
        page.sidebar.choose("")
        await until(lambda: _shown_prompts(page) == ["a blue owl", "a red fox"])
        (before,) = (library.parent / "data" / "deleted").iterdir()
        moment, _, rest = before.name.partition("-")
        # The first deletion was a minute earlier.
        before.rename(before.with_name(f"{float(moment) - 60}-{rest}"))
        _select(page, 1, 1)
        press(window, Qt.Key.Key_Delete)
        await until(lambda: _shown_prompts(page) == ["a blue owl"])
        await until(lambda: "3 pictures · last 1" in _place_texts(page))
        await window.gallery_controller.restore_action.restore_last()
        await until(lambda: _shown_prompts(page) == ["a blue owl", "a red fox"])
        await window.gallery_controller.restore_action.restore_last()
        await until(lambda: len(_shown_prompts(page)) == 4)

    run_in_window(play)


def test_images_of_an_imported_folder_are_hidden_and_shown_in_the_trash(library: Path, tmp_path: Path) -> None:
    """Their notice does not say that they are deleted, and the trash shows them. Its sentences fit into the window."""
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    for name, shade in (("lake", 40), ("town", 90)):
        Image.new("RGB", (8, 8), (shade, 0, 0)).save(theirs / f"{name}.png")

    async def play(window: Window) -> None:
        page = await _open_page(window)
        window.resize(872, 600)
        drop(window, theirs, on=page)
        told = lambda: [f"{notice.title} {notice.text}" for notice in window._notices.shown]  # noqa: E731
        await until(lambda: page.grid.model().rowCount() == 2)
        page.grid.setFocus()
        _select(page, 0, 0)
        press(window, Qt.Key.Key_Delete)
        await until(lambda: any("Picture hidden" in text for text in told()))
        assert any("Imported folders are not changed" in text for text in told())
        await until(lambda: page.grid.model().rowCount() == 1)
        page.sidebar.choose("")
        await until(lambda: page.grid.model().rowCount() == 5)
        page.grid.setFocus()
        _select(page, 0, 4)
        press(window, Qt.Key.Key_Delete)
        await until(lambda: any("5 pictures deleted" in text for text in told()))
        await until(lambda: "6 pictures · last 5" in _place_texts(page))
        page.sidebar.choose("deleted")
        cells = lambda: [part.accessibleName() for part in page.deleted.findChildren(QAbstractButton)]  # noqa: E731
        for name in ("lake", "town", "red fox"):
            await until(lambda name=name: any(name in cell for cell in cells()))
        texts = " ".join(part.text() for part in page.deleted.findChildren(QLabel))
        assert "only hidden; their files stay" in texts and "when it closes" in texts
        assert window.minimumSizeHint().width() <= 872 and window.width() == 872
        assert sorted(path.name for path in theirs.iterdir()) == ["lake.png", "town.png"]
        click(next(part for part in page.deleted.findChildren(QAbstractButton) if "lake" in part.accessibleName()))
        await until(lambda: not any("lake" in cell for cell in cells()))
        page.sidebar.choose("")
        await until(lambda: page.grid.model().rowCount() == 1)

    run_in_window(play)


async def _check_a_note_is_saved_while_typing_and_is_searchable(window: Window) -> None:
    page = await _open_page(window)
    _select(page, 1, 1)
    page.side.note.editor.setPlainText("The one for\nthe first slide")
    # The selection changes before the note is saved.
    page.grid.setCurrentIndex(page.grid.model().index(2))
    page.search.set_text("slide")
    await until(lambda: _shown_prompts(page) == ["a red owl"])


def test_ctrl_enter_in_a_note_ends_editing_and_generates_nothing(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await _open_page(window)
        _select(page, 1, 1)
        editor = page.side.note.editor
        editor.setFocus()
        await until(lambda: window.focusWidget() is editor)
        QTest.keyClicks(editor, "for the slide")
        QTest.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: window.focusWidget() is not editor)
        assert editor.toPlainText() == "for the slide"
        assert window.generation.job is None and page.isVisible()
        page.search.set_text("slide")
        await until(lambda: len(_shown_prompts(page)) == 1)

    run_in_window(play)


async def _check_a_branch_links_to_its_parent_image(window: Window) -> None:
    page = await _open_page(window)
    page.search.set_text("apple")
    await until(lambda: _shown_prompts(page) == ["a red apple"])
    _select(page, 0, 0)
    links = lambda: [b for b in page.side.findChildren(QPushButton) if b.text() == "step 8 of #1206"]  # noqa: E731
    await until(links)
    click(links()[0])
    await until(lambda: page.side.picture() is not None and page.side.picture().request.prompt == "a red fox")


def test_the_gallery_page_in_one_window(library: Path) -> None:
    """Check searches, marks and the selection of the Gallery page in one window."""
    run_in_window(
        _check_escape_leads_from_the_search_to_the_images,
        _check_a_selected_image_that_a_search_finds_is_still_selected,
        _check_unknown_search_fields_are_reported_beside_the_count,
        _check_a_word_is_completed_with_fields_and_their_values,
        _check_a_search_is_saved_renamed_opened_and_deleted,
        _check_single_keys_act_on_the_selected_image_while_the_sidebar_has_the_focus,
        _check_a_tag_of_one_image_is_confirmed_and_its_removal_by_the_chip_is_not,
        _check_the_key_of_export_asks_for_a_selection,
        _check_a_click_beside_the_images_clears_the_selection,
        _check_the_context_menu_of_an_image_has_every_action,
        _check_the_listed_ones_of_several_revealed_images_are_selected,
        _check_a_note_is_saved_while_typing_and_is_searchable,
        _check_a_branch_links_to_its_parent_image,
    )


def test_the_report_and_the_notice_name_the_settings_that_a_model_without_prompts_ignores(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepts = Capabilities(prompt="", negative=False, guidance=False)
    monkeypatch.setattr(gaussian_model, "CARD", replace(gaussian_model.CARD, accepts=accepts))

    async def play(window: Window) -> None:
        window.use_file(A1111, "settings")
        await wait_for_notice(window, "Not used: ")
        (said,) = (text for text in notices(window) if "Not used: " in text)
        assert "prompt, guidance" in said and "steps" not in said
        click(notice_button(window, "What was read"))
        await until(lambda: window.gallery_controller.importer.report is not None)
        report = window.gallery_controller.importer.report
        used, unused = report.entries("used"), report.entries("ignored")
        assert {"Steps", "Sampler", "Seed"} <= used.keys()
        assert {"Prompt", "Negative prompt", "CFG scale"} <= unused.keys() - used.keys()
        report.close_up()

    run_in_window(play)


def test_a_folder_of_another_tool_is_linked_without_changes(library: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "outputs"
    theirs.mkdir()
    shutil.copy(A1111, theirs / "theirs.png")
    before = (theirs / "theirs.png").stat().st_mtime_ns

    async def play(window: Window) -> None:
        page = await _open_page(window)
        await until(lambda: _place_texts(page)["All pictures"].startswith("All pictures, "))
        assert _place_texts(page)["Imported"] == "Imported", "no count of zero"
        page.dropped.emit([theirs])
        await until(lambda: "outputs" in _place_texts(page) and len(_shown_prompts(page)) == 1)
        await until(lambda: _place_texts(page)["Imported"] == "Imported, 1 picture")
        _select(page, 0, 0)
        await until(lambda: page.side.picture() is not None)
        picture = page.side.picture()
        assert picture.tool == "AUTOMATIC1111" and picture.path == theirs / "theirs.png"
        click(_find_button(page.side, "Its file: details"))
        await until(lambda: window.gallery_controller.importer.report is not None)
        report = window.gallery_controller.importer.report
        assert report.metadata.request.prompt == picture.request.prompt and report.metadata.ignored
        used, unused = report.entries("used"), report.entries("ignored")
        assert "Model" in unused and "Model" not in used and "Size" in unused
        assert (used["Sampler"], used["Schedule type"]) == ("DPM++ 2M", "Karras")
        report.close_up()
        page.sidebar.view.setFocus()
        page.sidebar.remove_asked.emit(page.sidebar.place())
        await until(lambda: "outputs" not in _place_texts(page) and len(_shown_prompts(page)) == 4)
        assert (theirs / "theirs.png").stat().st_mtime_ns == before
        assert (theirs / "theirs.png").read_bytes() == A1111.read_bytes() and len(list(theirs.iterdir())) == 1

    run_in_window(play)


def test_a_damaged_image_is_described_and_marked(library: Path) -> None:
    damaged = next(path for path in library.iterdir() if "a blue owl" in path.name)
    damaged.write_bytes(damaged.read_bytes()[:-40])

    async def play(window: Window) -> None:
        page = await _open_page(window)
        model, role = page.grid.model(), Qt.ItemDataRole.AccessibleDescriptionRole
        await until(lambda: model.index(2).data(role) == "seed 2, file is damaged or gone")
        await until(lambda: model.index(3).data(THUMBNAIL) is not None)
        assert "damaged" in model.index(2).data(Qt.ItemDataRole.ToolTipRole)
        assert model.index(3).data(role) == "seed 1206"
        window.settings_restorer.show(model.picture(2))
        sentence = f"{damaged.name} is damaged; copy a backup of it to "
        await until(lambda: any(sentence in each.text() for each in window.findChildren(QLabel)))
        window.open_page("gallery")
        cell = page.grid.visualRect(model.index(2)).adjusted(12, 12, -12, -12)
        marked = page.grid.viewport().grab(cell).toImage()
        assert len({marked.pixel(x, y) for x in range(marked.width()) for y in range(marked.height())}) > 1

    run_in_window(play)


def test_a_dropped_file_is_inspected_and_copied_on_request(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await _open_page(window)
        page.dropped.emit([A1111])
        await until(lambda: window.gallery_controller.importer.report is not None)
        click(_find_button(window.gallery_controller.importer.report, "Add to gallery"))
        await until(lambda: len(_shown_prompts(page)) == 5)
        assert (library / A1111.name).read_bytes() == A1111.read_bytes()
        await until(lambda: [picture.path.name for picture in page.grid.selected()] == [A1111.name])
        files = sorted(library.iterdir())
        page.dropped.emit([A1111])
        await until(lambda: window.gallery_controller.importer.report is not None)
        report = window.gallery_controller.importer.report
        assert report is not None
        button = _find_button(report, "Already in the gallery")
        assert button.isVisible() and not button.isEnabled()
        report.add_asked.emit()
        await until(lambda: any("Already in the gallery" in text for text in _notice_texts(window)))
        report.close_up()
        page.sidebar.choose("is:imported")
        await until(lambda: page.grid.model().rowCount() == 1)
        assert sorted(library.iterdir()) == files

    run_in_window(play)


def test_several_dropped_files_are_added_and_counted(library: Path, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.png", "b.png", "same.png", "listed.png", "damaged.png")]
    for file, colour in zip(files, ("red", "blue", "red"), strict=False):
        Image.new("RGB", (8, 8), colour).save(file)
    first = min(library.glob("*.png"))
    files[3].write_bytes(first.read_bytes())
    files[4].write_bytes(b"no picture")
    others = [tmp_path / "sound.ogg", tmp_path / "style.safetensors"]

    async def play(window: Window) -> None:
        page = await _open_page(window)
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(file)) for file in (*files, first, *others)])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            held = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
            QApplication.sendEvent(page, QDragEnterEvent(QPoint(9, 9), *held))
            QApplication.sendEvent(page, QDropEvent(QPointF(9, 9), *held))
        words = "Added: 2 pictures. Already in the library: 3. Files that could not be read: 1 (damaged.png)."
        await until(lambda: f"Added to the gallery {words}" in _notice_texts(window))
        assert any("Left out: sound.ogg, style.safetensors." in text for text in _notice_texts(window))
        assert window.gallery_controller.importer.report is None
        await until(lambda: page.grid.model().rowCount() == 6)
        await until(lambda: {picture.path.name for picture in page.grid.selected()} == {"a.png", "b.png"})
        for file in files[:2]:
            assert (library / file.name).read_bytes() == file.read_bytes()
        assert not any((library / file.name).exists() for file in files[2:])
        page.dropped.emit(files[3:])
        await until(lambda: any(text.startswith("Already in the gallery Alr") for text in _notice_texts(window)))
        page.dropped.emit([files[4], files[4].with_name("absent.png")])
        words = "Some files cannot be read Files that could not be read: 2 (damaged.png, absent.png)."
        await until(lambda: words in _notice_texts(window))

    run_in_window(play)


def test_several_dropped_files_are_decoded_once(library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sides = (301, 303)
    for side in sides:
        Image.new("RGB", (side, 17), "red").save(tmp_path / f"{side}.jpg")
    decoded: list[JpegImageFile] = []
    load_prepare = JpegImageFile.load_prepare

    def record(image: JpegImageFile) -> None:
        if all(image is not each for each in decoded):
            decoded.append(image)
        load_prepare(image)

    monkeypatch.setattr(JpegImageFile, "load_prepare", record)

    async def play(window: Window) -> None:
        page = await _open_page(window)
        page.dropped.emit([tmp_path / f"{side}.jpg" for side in sides])
        model = page.grid.model()
        await until(lambda: model.rowCount() == 6)
        rows = [row for row in range(6) if model.picture(row) and model.picture(row).size[0] in sides]
        await until(lambda: all(model.thumbnail(model.picture(row)) is not None for row in rows))

    run_in_window(play)
    # The details decode the first one again, to show it large.
    assert [image.width for image in decoded].count(303) == 1


def test_a_dropped_file_is_offered_for_the_gallery_with_or_without_settings(library: Path, tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "photo.jpg")

    async def play(window: Window) -> None:
        page = await _open_page(window)
        for file in (A1111, tmp_path / "photo.jpg"):
            await window.gallery_controller.importer.show_report(file)
            report = window.gallery_controller.importer.report
            assert report._add_button.isVisible()
            # Nothing is squeezed.
            assert all(part.height() >= part.sizeHint().height() for part in report.findChildren(ElidedLabel))
            window.gallery_controller.importer.report.close_up()
        assert page.isVisible()

    run_in_window(play)


def test_a_picture_without_settings_says_why_its_actions_are_off(library: Path, tmp_path: Path) -> None:
    album = tmp_path / "album"
    album.mkdir()
    Image.new("RGB", (40, 30), (9, 99, 200)).save(album / "sea.jpg")

    async def play(window: Window) -> None:
        page = await _open_page(window)
        await window.gallery_controller.places.add_folder(album)
        await until(lambda: page.sidebar.place().title == "album" and page.grid.model().rowCount() == 1)
        _select(page, 0, 0)
        await until(lambda: page.side.picture() is not None and page.side.picture().path.name == "sea.jpg")
        buttons = {button.text(): button for button in page.side.findChildren(QPushButton)}
        for action in (USE, VARY, COPY_CREDIT):
            button = buttons[action.title]
            assert not button.isEnabled() and button.accessibleDescription() == button.toolTip()
            assert button.accessibleDescription(), action.title
        for action in (COMPARE, EXPORT, OPEN_FOLDER, DELETE):
            assert buttons[action.title].isEnabled()
        menu = {entry.title: entry for entry in page.grid.entries()}
        assert not menu[USE.title].when() and "no settings" in menu[USE.title].disabled_reason()
        assert menu[FAVOURITE.title].when() and menu[DELETE.title].when()
        texts = [each.text() for each in page.side.findChildren(QLabel) if each.isVisible()]
        assert "none in its file" in texts and "Seed" not in texts and "Steps" not in texts
        window.settings_restorer.use(page.side.picture())
        await wait_for_notice(window, "Starting from sea.jpg")
        before = window.create_page.controls.request()
        assert before.image
        click(notice_button(window, "Undo"))
        await until(lambda: not window.create_page.controls.request().image)

    run_in_window(play)


def test_the_sidebar_divides_pictures_by_where_they_come_from(library: Path, tmp_path: Path) -> None:
    album = tmp_path / "album"
    album.mkdir()
    shutil.copy(A1111, album / "theirs.png")
    Image.new("RGB", (8, 8)).save(album / "photo.jpg")

    async def play(window: Window) -> None:
        page = await _open_page(window)
        own = page.grid.model().rowCount()
        assert "Without settings" not in _place_texts(page)
        await window.gallery_controller.places.add_folder(album)
        await until(lambda: "Without settings" in _place_texts(page))
        shown = _place_texts(page)
        assert shown["Made here"] == f"Made here, {own} pictures"
        assert shown["With settings"] == f"With settings, {own + 1} pictures"
        assert (shown["Without settings"], shown["AUTOMATIC1111"]) == (
            "Without settings, 1 picture",
            "AUTOMATIC1111, 1 picture",
        )
        page.sidebar.choose("is:plain")
        await until(lambda: page.grid.model().rowCount() == 1)

    run_in_window(play)


def test_a_dropped_folder_shows_its_pictures_and_counts_copies_and_unreadable_files(
    library: Path, tmp_path: Path
) -> None:
    album = tmp_path / "album"
    album.mkdir()
    for number in range(4):
        Image.new("RGB", (8, 8)).save(album / f"{number}.jpg")
    (album / "letter.png").write_text("Not an image.")
    (album / "logos").mkdir()
    for name in ("logo.svg", "logo.ICO", "logos/fox.svg", ".hidden.svg"):
        (album / name).touch()

    async def play(window: Window) -> None:
        page = await _open_page(window)
        shutil.copy2(page.grid.model().picture(3).path, album)
        drop(window, album, on=page)
        await until(lambda: page.sidebar.place().title == "album" and page.sidebar.place().count == 2)
        sentences = [
            "Already in the library: 1.",
            "Copies, each shown once: 3.",
            "Pictures without settings: 1.",
            "Files that could not be read: 1 (letter.png).",
            "SVG and icon files, which are left out: 3.",
        ]
        await until(lambda: any(" ".join(sentences) in each.text() for each in window.findChildren(QLabel)))
        await until(lambda: page.grid.model().rowCount() == 2)
        for file in filter(Path.is_file, album.iterdir()):
            file.unlink()
        await window.gallery.scan()
        await until(lambda: page.grid.accessibleDescription() == "There are no pictures in this folder.")

    run_in_window(play)


def test_a_folder_is_not_called_empty_while_it_is_read(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    album = tmp_path / "album"
    album.mkdir()
    for number in range(3):
        Image.new("RGB", (8, 8)).save(album / f"{number}.jpg")
    go, syncing = threading.Event(), Gallery.sync_in_steps

    def held(gallery: Gallery) -> Iterator[tuple[int, int]]:
        for seen, found in syncing(gallery):
            yield seen, found
            if found == 3:
                go.wait(60)

    monkeypatch.setattr(sidebar, "LONG", 2)

    async def play(window: Window) -> None:
        page = await _open_page(window)
        await until(lambda: window.gallery.is_scanned)
        monkeypatch.setattr(Gallery, "sync_in_steps", held)
        page.dropped.emit([album])
        # The list shows the folder before the scan blocks the gallery's thread.
        await until(lambda: _shown_prompts(page) == [])
        await until(lambda: "Reading 0 of 3…" in page.grid.accessibleDescription())
        go.set()
        await until(lambda: page.grid.model().rowCount() == 1)

    try:
        run_in_window(play)
    finally:
        go.set()


def test_pictures_are_listed_while_their_folder_is_read(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A search during the scan ends although the scan goes on, and lists what was found so far."""
    album = tmp_path / "album"
    album.mkdir()
    for number in range(80):
        Image.new("RGB", (8, 8), (number, 0, 0)).save(album / f"{number}.png")
    is_seen, syncing = threading.Event(), Gallery.sync_in_steps

    def held(gallery: Gallery) -> Iterator[tuple[int, int]]:
        """Read one file in each step, and stop between two files until the list shows those read so far."""
        for seen, found in syncing(gallery):
            yield seen, found
            while seen == 70 and not is_seen.wait(0.02):
                yield seen, found

    monkeypatch.setattr(scanner, "SLICE", 0.0)
    monkeypatch.setattr(service, "STREAM_REST", 0.1)

    async def play(window: Window) -> None:
        page = await _open_page(window)
        await until(lambda: window.gallery.is_scanned)
        monkeypatch.setattr(Gallery, "sync_in_steps", held)
        page.dropped.emit([album])
        await until(lambda: page.sidebar.place().title == "album" and page.grid.model().rowCount() == 70)
        is_seen.set()
        await until(lambda: page.grid.model().rowCount() == 80)
        # A search reads no further after a slice that is not full, as there could always be a few more pictures.
        slices: list[int] = []
        moments = Timeline.moments

        def counted(timeline: Timeline, *query: str, before: int = LAST, limit: int = 20_000) -> list[int]:
            slices.extend([before] if limit == service.SLICE else [])
            return moments(timeline, *query, before=before, limit=limit)

        monkeypatch.setattr(Timeline, "moments", counted)
        window.gallery.refresh()
        await until(lambda: len(slices) >= 2)
        for _ in range(3):
            await window.gallery.flush()
        assert set(slices) == {LAST}

    try:
        run_in_window(play)
    finally:
        is_seen.set()


def test_a_file_without_settings_shows_its_content_credentials(library: Path, tmp_path: Path) -> None:
    path = signed_png(tmp_path / "signed.png", manifest_store({"claim_generator": "Some Camera/2.1"}))

    async def play(window: Window) -> None:
        page = await _open_page(window)
        page.dropped.emit([path])
        await until(lambda: window.gallery_controller.importer.report is not None)
        told = [each.text() for each in window.gallery_controller.importer.report.findChildren(QLabel)]
        assert any("has content credentials by Some Camera/2.1" in each for each in told)

    run_in_window(play)


def test_files_added_by_other_programs_are_shown(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await _open_page(window)
        await until(lambda: window.gallery.is_scanned)
        save(Result(0, OTHERS[0], np.zeros((8, 8, 4), np.uint8)), library)
        await window.gallery_controller.importer.update_if_outdated()
        await until(lambda: len(_shown_prompts(page)) == 5)

    run_in_window(play)
    assert Gallery.open().count() == 5


def test_a_missing_drive_is_reported_once_and_its_images_return(library: Path) -> None:
    async def play(window: Window) -> None:
        page = await _open_page(window)
        await until(lambda: window.gallery.is_scanned)
        elsewhere = library.with_name("elsewhere")
        library.rename(elsewhere)
        with pytest.raises(StorageError, match=re.escape(str(library))):
            await window.gallery_controller.importer.update_if_outdated()
        await window.gallery_controller.importer.update_if_outdated()
        assert len(_shown_prompts(page)) == 4
        elsewhere.rename(library)
        save(Result(0, OTHERS[0], np.zeros((8, 8, 4), np.uint8)), library)
        await window.gallery_controller.importer.update_if_outdated()
        await until(lambda: len(_shown_prompts(page)) == 5)

    run_in_window(play)


def test_the_strip_counts_the_steps_of_a_run_from_a_start_image(home: Path, tmp_path: Path) -> None:
    async def play(window: Window) -> None:
        start = window.tools.start_image
        await start.use(np.full((128, 128, 4), 255, np.uint8), strength=0.4)
        window.create_page.controls.request_draft.change(steps=8)
        await generated(window)
        window.open_page("gallery")
        page = window.gallery_page
        await until(lambda: window.jobs.jobs == [] and page.grid.model().rowCount() == 1)
        _select(page, 0, 0)
        row = page.side.steps.findChild(SavedStepsRow)
        await until(lambda: row.views)
        assert 0 < len(row.views) < 8
        words = f"{len(row.views)} of 8 steps saved"
        assert words in [part.text() for part in page.side.steps.findChildren(QLabel)]

    run_in_window(play)


def test_an_image_shows_its_saved_steps_and_its_reproducibility(home: Path) -> None:
    async def play(window: Window) -> None:
        window.create_page.controls.request_draft.change(steps=8)
        await generated(window)
        window.open_page("gallery")
        page = window.gallery_page
        # A refresh after the end of the job would replace the selection.
        await until(lambda: window.jobs.jobs == [] and page.grid.model().rowCount() == 1)
        _select(page, 0, 0)
        await until(lambda: "8 steps saved" in [part.text() for part in page.side.steps.findChildren(QLabel)])
        seen = record_signal(page.side.steps.looked_at)
        page.side.steps._row.setFocus()
        QTest.keyClick(page.side.steps._row, Qt.Key.Key_Left)
        QTest.keyClick(page.side.steps._row, Qt.Key.Key_Left)
        assert [view.index for (view,) in seen] == [8, 7]
        click(_find_button(page.side, "Reproducibility: check"))
        await until(lambda: [b for b in page.side.findChildren(QPushButton) if b.text() == "exactly"])

    run_in_window(play)


class ForgetfulLibrary(GaussianLibrary):
    """Library of tests whose model can be `lost` from memory until it is loaded again."""

    lost = False

    def is_loaded(self, name: str, *, device: object = None, dtype: object = None) -> bool:
        return not self.lost and super().is_loaded(name, device=device, dtype=dtype)

    def load(
        self, name: str, *, device: torch.device, dtype: torch.dtype, asked: Request | None = None
    ) -> GaussianModel:
        self.lost = False
        return super().load(name, device=device, dtype=dtype, asked=asked)


def test_pointing_at_saved_steps_loads_a_model_that_is_not_in_memory(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = ForgetfulLibrary()

    async def play(window: Window) -> None:
        window.create_page.controls.request_draft.change(steps=8)
        await generated(window)
        window.open_page("gallery")
        page = window.gallery_page
        await until(lambda: window.jobs.jobs == [] and page.grid.model().rowCount() == 1)
        library.lost = True
        _select(page, 0, 0)
        row = page.side.steps.findChild(SavedStepsRow)
        assert row is not None
        await until(lambda: row.is_offered)
        assert library.lost and page.side.steps.isVisible()
        hover(row, QPointF(5, 5))
        hover(row, QPointF(9, 5))
        await until(lambda: len(row.views) == 8)
        assert not library.lost and not row.is_offered
        # With the model in memory, they are loaded at once.
        messages: list[str] = []
        monkeypatch.setattr(page.side.steps, "show_message", messages.append)
        page.grid.clear_selection()
        _select(page, 0, 0)
        await until(lambda: "Loading its steps…" in messages)
        assert "Its steps are saved" in messages

    run_in_window(play, library=library)


def test_the_model_of_a_picture_that_is_no_longer_selected_is_not_loaded(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = ForgetfulLibrary()

    async def play(window: Window) -> None:
        window.create_page.controls.request_draft.change(steps=8, count=2)
        await generated(window, 2)
        window.open_page("gallery")
        page = window.gallery_page
        await until(lambda: window.jobs.jobs == [] and page.grid.model().rowCount() == 2)
        library.lost = True
        _select(page, 0, 0)
        row = page.side.steps.findChild(SavedStepsRow)
        assert row is not None
        await until(lambda: row.is_offered)
        ask, left = window.gallery.ask, []

        async def ask_and_leave(work: Any) -> Any:
            answer = await ask(work)
            # The offer ends when the steps are asked for.
            if not row.is_offered and not left:
                left.append(True)
                _select(page, 1, 1)
            return answer

        monkeypatch.setattr(window.gallery, "ask", ask_and_leave)
        page.side.steps.wanted.emit()
        await until(lambda: left and (row.is_offered or row.views))
        assert library.lost

    run_in_window(play, library=library)


def _encoded(image: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def test_thumbnails_are_decoded_alike_for_painting_and_for_pixels() -> None:
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 256, (24, 48, 4), np.uint8).repeat(4, 0).repeat(4, 1)
    drawing = Image.fromarray(pixels)
    photo, alpha = (_encoded(part, "JPEG", quality=95) for part in (drawing.convert("RGB"), drawing.getchannel("A")))
    lossless = _encoded(drawing, "WEBP", lossless=True, exact=True)
    # The PNG is in none of the cache's formats, so that Pillow has to decode it.
    for colours, channel in ((lossless, None), (photo, None), (photo, alpha), (_encoded(drawing, "PNG"), None)):
        expected = decode_thumbnail(colours, channel, 192)
        whole = decode_for_painting(colours, channel, 192)
        assert expected is not None and whole is not None and whole.size() == QSize(192, 96)
        shown = straight_array(whole).astype(int)
        assert np.abs(shown[..., 3] - expected[..., 3]).max() <= 4
        # Premultiplied colours lose precision where the image is hardly opaque.
        is_opaque = expected[..., 3] > 128
        assert np.abs(shown[is_opaque] - expected[is_opaque]).mean() < 2
        fitted = decode_for_painting(colours, channel, 48)
        assert fitted is not None and fitted.size() == QSize(48, 24)
        assert fitted.format() in (QImage.Format.Format_ARGB32_Premultiplied, QImage.Format.Format_RGB32)
    for length in (0, 40, len(lossless) // 2, len(lossless) - 2):
        assert decode_for_painting(lossless[:length], None, 48) is None, "a lossless image that was cut off"
    for length in (len(photo) // 2, len(photo) - 2):
        assert decode_for_painting(photo[:length], None, 48) is None, "a photo that was cut off"
        assert decode_for_painting(photo, alpha[: length * len(alpha) // len(photo)], 48) is None
    small = _encoded(drawing.getchannel("A").resize((24, 12)), "JPEG")
    for channel in (small, lossless, photo):
        assert decode_for_painting(photo, channel, 192) is None and decode_thumbnail(photo, channel, 192) is None


def test_only_visible_thumbnails_are_read() -> None:
    """Requests of a dragged scroll bar are skipped once their cells are out of view."""
    read: list[str] = []
    gate = threading.Event()

    def read_slowly(pictures: list[MadeUpPicture], side: int) -> dict[str, QImage | None]:
        gate.wait(60)
        read.extend(picture.id for picture in pictures)
        return {picture.id: to_qimage(flat_image(255, 0, 0, side=side)) for picture in pictures}

    async def play() -> None:
        failed: list[BaseException] = []
        reader, model = ThumbnailReader(read_slowly, Tasks(failed.append)), PictureModel(theme())
        model.thumbnails_wanted.connect(lambda pictures: reader.request(model, pictures))
        for first in range(0, 5000, 500):
            pictures = [MadeUpPicture(str(n)) for n in range(first, first + 100)]
            model.thumbnails_wanted.emit(pictures)
            await asyncio.sleep(0)
        gate.set()
        await until(lambda: model.thumbnail(pictures[-1]) is not None)
        reader.close()
        assert not failed

    asyncio.run(play())
    assert len(read) < 200 and "4500" in read and "1500" not in read


def test_a_list_that_fails_leaves_the_thumbnails_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gdm_studio.ui.gallery.thumbnails.FRAME", 3600.0)

    def read(pictures: list[MadeUpPicture], side: int) -> dict[str, QImage | None]:
        return {picture.id: to_qimage(flat_image(255, 0, 0, side=side)) for picture in pictures}

    class DeletedModel(PictureModel):
        def set_thumbnails(self, images: Any, side: int, **others: Any) -> None:
            raise RuntimeError("Internal C++ object already deleted.")

    async def play() -> None:
        failed: list[BaseException] = []
        reader = ThumbnailReader(read, Tasks(failed.append))
        # Both lists are updated at once.
        reader._updated_at = asyncio.get_running_loop().time()
        models = [DeletedModel(theme()), PictureModel(theme()), DeletedModel(theme()), PictureModel(theme())]
        pictures = [MadeUpPicture(str(n)) for n in range(5)]
        for model in models:
            reader.request(model, pictures)
        await until(lambda: all(model.thumbnail(pictures[4]) is not None for model in models[1::2]))
        await until(lambda: bool(failed))
        assert not reader._pending_ids and {type(error) for error in failed} == {RuntimeError}
        reader.close()

    asyncio.run(play())


def test_thumbnails_reach_their_list_once_per_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every update of a list repaints it, so batches that are read within a frame arrive together."""
    monkeypatch.setattr("gdm_studio.ui.gallery.thumbnails.FRAME", 3600.0)
    batches: list[int] = []
    updates: list[int] = []

    def read(pictures: list[MadeUpPicture], side: int) -> dict[str, QImage | None]:
        batches.append(len(pictures))
        return {picture.id: to_qimage(flat_image(255, 0, 0, side=side)) for picture in pictures}

    class CountingModel(PictureModel):
        def set_thumbnails(self, images: Any, side: int, **others: Any) -> None:
            updates.append(len(images))
            super().set_thumbnails(images, side, **others)

    async def play() -> None:
        failed: list[BaseException] = []
        reader, model = ThumbnailReader(read, Tasks(failed.append)), CountingModel(theme())
        # An update has just been painted.
        reader._updated_at = asyncio.get_running_loop().time()
        pictures = [MadeUpPicture(str(n)) for n in range(300)]
        reader.request(model, pictures)
        await until(lambda: len(batches) > 2)
        # The list still lacks those that wait for its update, and they are not read again.
        reader.request(model, pictures)
        await until(lambda: sum(updates) >= len(pictures))
        reader.close()
        assert not failed

    asyncio.run(play())
    # The last batches of both threads may end one after the other.
    assert len(batches) > 8 and len(updates) <= 2 and sum(batches) == 300
