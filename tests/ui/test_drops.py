"""Files dropped on the window: every target copies them and never accepts a move."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from gdm_studio.gallery import save
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.gallery.sidebar import PLACE
from gdm_studio.ui.shell.window import PAGES, Window
from gdm_studio.ui.widgets.file_drops import DropFrame
from gdm_studio.ui.widgets.notices import Notice
from tests.helpers.window import run_in_window, until

COPY, MOVE, LINK = Qt.DropAction.CopyAction, Qt.DropAction.MoveAction, Qt.DropAction.LinkAction
REQUEST = Request(model="gaussian", prompt="a green disc", steps=5, size=(128, 128))

PLACES: dict[str, tuple[str, Callable[[Window], QWidget]]] = {
    "window": ("models", lambda window: window),
    "canvas": ("create", lambda window: window.create_page.canvas_panel.canvas),
    "gallery": ("gallery", lambda window: window.gallery_page),
    "compare": ("compare", lambda window: window.compare_controller.page),
}


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    return save(Result(0, REQUEST, np.zeros((128, 128, 4), np.uint8)), tmp_path).path


def drag(
    target: QWidget, path: Path, actions: Qt.DropAction, held: Qt.KeyboardModifier, *others: Path
) -> list[tuple[bool, Qt.DropAction]]:
    """Drag files over a widget and drop them; return for each event if it was accepted, and its drop action."""
    return drag_url(target, QUrl.fromLocalFile(str(path)), actions, held, *map(QUrl.fromLocalFile, map(str, others)))


def drag_url(
    target: QWidget,
    url: QUrl,
    actions: Qt.DropAction,
    held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    *others: QUrl,
) -> list[tuple[bool, Qt.DropAction]]:
    """Drag addresses like `drag`."""
    mime = QMimeData()
    mime.setUrls([url, *others])
    middle, left = target.rect().center(), Qt.MouseButton.LeftButton
    said = []
    with warnings.catch_warnings():
        # The oldest supported Qt lacks the replacements.
        warnings.simplefilter("ignore", DeprecationWarning)
        for event in (
            QDragEnterEvent(middle, actions, mime, left, held),
            QDragMoveEvent(middle, actions, mime, left, held),
            QDropEvent(QPointF(middle), actions, mime, left, held),
        ):
            if held:
                assert event.proposedAction() == MOVE
            if isinstance(event, QDragMoveEvent) and not isinstance(event, QDragEnterEvent) and said:
                # Qt passes on the previous answer.
                event.setDropAction(said[-1][1])
                event.setAccepted(said[-1][0])
            QApplication.sendEvent(target, event)
            said.append((event.isAccepted(), event.dropAction()))
    return said


def test_a_dropped_file_is_never_moved(home: Path, picture: Path) -> None:
    async def play(window: Window) -> None:
        draft = window.create_page.controls.request_draft
        for place, (page, target) in PLACES.items():
            draft.change(prompt="none")
            window.open_page(page)
            # File managers move files with Shift.
            shift = Qt.KeyboardModifier.ShiftModifier
            assert drag(target(window), picture, COPY | MOVE | LINK, shift) == [(True, COPY)] * 3, place
            if place in ("window", "canvas"):
                await until(lambda: draft["prompt"] == REQUEST.prompt)
            elif place == "compare":
                await until(lambda: len(window.compare_controller.items) == 1)
            else:
                await until(lambda: window.gallery_controller.importer.report is not None)
                window.gallery_controller.importer.report.close_up()
            assert picture.is_file(), place

    run_in_window(play)


def test_a_drop_that_uses_one_file_names_the_others(home: Path, picture: Path) -> None:
    others = [picture.with_name(name) for name in ("b.png", "style.safetensors", "c.png", "d.png")]
    no_key = Qt.KeyboardModifier.NoModifier

    def notices(window: Window) -> list[tuple[str, str]]:
        return [(notice.title, notice.text) for notice in window.findChildren(Notice) if notice.isVisible()]

    async def play(window: Window) -> None:
        used = (f"Only {picture.name} is used", "Left out: b.png, style.safetensors, c.png, ….")
        for place in ("window", "canvas"):
            page, target = PLACES[place]
            window.open_page(page)
            drag(target(window), picture, COPY, no_key, *others)
            await until(lambda: used in notices(window))
            for notice in window.findChildren(Notice):
                notice.dismiss()
            drag(target(window), picture, COPY, no_key)
            assert used not in notices(window), place
        copied = QMimeData()
        copied.setUrls([QUrl.fromLocalFile(str(path)) for path in (picture, others[0])])
        assert window.tools.start_from(copied)
        assert (used[0], "Left out: b.png.") in notices(window)

    run_in_window(play)


def test_a_page_shows_that_it_takes_a_dragged_file(home: Path, picture: Path) -> None:
    async def play(window: Window) -> None:
        for place in ("window", "gallery", "compare"):
            page, target = PLACES[place]
            window.open_page(page)
            on = target(window)
            (frame,) = (frame for frame in on.findChildren(DropFrame) if frame.parentWidget() is on)
            for suffix, is_taken in ((".png", True), (".tif", True), (".avif", True), (".jxl", True), (".txt", False)):
                file = picture.with_suffix(suffix)
                mime = QMimeData()
                mime.setUrls([QUrl.fromLocalFile(str(file))])
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", DeprecationWarning)
                    enter = QDragEnterEvent(
                        QPoint(9, 9), COPY, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
                    )
                QApplication.sendEvent(on, enter)
                assert frame.isVisible() == is_taken, place
                QApplication.sendEvent(on, QDragLeaveEvent())
                assert not frame.isVisible(), place
                # No event ends the drag if the other program does. The mouse is used again later.
                QApplication.sendEvent(on, enter)
                none, at = Qt.MouseButton.NoButton, QPointF(9, 9)
                moved = QMouseEvent(QEvent.Type.MouseMove, at, at, none, none, Qt.KeyboardModifier.NoModifier)
                QApplication.sendEvent(on, moved)
                assert not frame.isVisible(), place
                # Qt sends later events of drags to this widget otherwise, also after its end.
                QApplication.sendEvent(on, QDragLeaveEvent())

    run_in_window(play)


def test_a_file_that_can_only_be_moved_is_rejected(home: Path, picture: Path) -> None:
    async def play(window: Window) -> None:
        for place, (page, target) in PLACES.items():
            window.open_page(page)
            said = drag(target(window), picture, MOVE, Qt.KeyboardModifier.NoModifier)
            assert said[0][0] is False, place

    run_in_window(play)


@pytest.mark.parametrize(("suffix", "form"), [(".tif", "TIFF"), (".bmp", "BMP"), (".tga", "TGA")])
def test_a_dropped_picture_of_another_format_is_used_or_named(
    home: Path, tmp_path: Path, suffix: str, form: str
) -> None:
    file = tmp_path / f"photo{suffix}"
    Image.new("RGB", (64, 64), "red").save(file, form)

    async def play(window: Window) -> None:
        window.open_page("gallery")
        drag(window.gallery_page, file, COPY, Qt.KeyboardModifier.NoModifier)
        if form == "TGA":
            words = "is a TGA picture, which is not supported"
            await until(lambda: any(words in label.text() for label in window.findChildren(QLabel)))
        else:
            await until(lambda: window.gallery_controller.importer.report is not None)

    run_in_window(play)


def test_a_dropped_file_that_is_no_model_is_named_as_what_it_is(home: Path, tmp_path: Path) -> None:
    files = [
        ("style.safetensors", b"<!DOCTYPE html><title>Log in</title>", "is a web page, such as a login page"),
        ("style.safetensors.crdownload", b"1", "is not completely downloaded"),
        ("style.zip", b"PK", "is an archive; unpack it"),
    ]

    async def play(window: Window) -> None:
        window.open_page("models")
        for name, data, words in files:
            file = tmp_path / name
            file.write_bytes(data)
            drag(window, file, COPY, Qt.KeyboardModifier.NoModifier)
            await until(lambda words=words: any(words in label.text() for label in window.findChildren(QLabel)))

    run_in_window(play, library=Library())


def test_every_page_says_that_it_cannot_use_a_drop(home: Path) -> None:
    drops = [
        ("file:///home/ada/words.txt", "words.txt cannot be used here"),
        ("file:///home/ada/sound.ogg", "sound.ogg cannot be used here"),
        ("https://example.com/fox.png", "Web addresses cannot be dropped"),
    ]

    async def play(window: Window) -> None:
        for page, (address, words) in product(PAGES, drops):
            window.open_page(page)
            # Qt offers a drag to the parents of a widget that ignores it.
            target: QWidget | None = window.pages.currentWidget()
            is_taken = False
            while target is not None and not is_taken:
                is_taken = target.acceptDrops() and drag_url(target, QUrl(address), COPY)[-1][0]
                target = target.parentWidget()
            assert is_taken, page
            shown = [label for label in window.findChildren(QLabel) if label.text() == words]
            assert any(label.isVisible() for label in shown), page
            for notice in window.findChildren(Notice):
                notice.dismiss()

    run_in_window(play)


def test_a_dragged_tile_goes_into_a_collection_or_nowhere(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(Result(0, REQUEST, np.zeros((128, 128, 4), np.uint8)), home / "pictures")

    async def play(window: Window) -> None:
        window.open_page("gallery")
        page = window.gallery_page
        draft = window.create_page.controls.request_draft
        draft.change(prompt="mine")
        model = page.grid.model()
        await until(lambda: model.rowCount() == 1 and model.picture(0) is not None)
        page.grid.selectAll()
        view = page.sidebar.view
        page.collect_asked.emit("", [])
        await until(lambda: view.state() == view.State.EditingState)
        QTest.keyClick(view.indexWidget(view.currentIndex()) or view.focusWidget(), Qt.Key.Key_Escape)
        rows = [view.model().index(row, 0) for row in range(view.model().rowCount())]
        (entry,) = (index for index in rows if getattr(index.data(PLACE), "kind", "") == "collection")

        entry_row = entry.row()
        monkeypatch.setattr(QDropEvent, "source", lambda event: page.grid)
        mime = model.mimeData([model.index(0)])
        drag = (COPY, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        words = QMimeData()
        words.setText("searched")
        for kind in (QDragEnterEvent, QDragMoveEvent):
            typed = kind(view.visualRect(entry).center(), COPY, words, *drag[2:])
            QApplication.sendEvent(view.viewport(), typed)
        assert not typed.isAccepted(), "text of the search field is no picture"
        for target, at, is_taken in (
            (page, page.rect().center(), False),
            (view.viewport(), view.visualRect(rows[0]).center(), False),
            (view.viewport(), view.visualRect(entry).center(), True),
        ):
            enter, move = QDragEnterEvent(at, *drag), QDragMoveEvent(at, *drag)
            QApplication.sendEvent(target, enter)
            QApplication.sendEvent(target, move)
            # The window would take what the page does not.
            assert (enter.isAccepted(), move.isAccepted()) == (True, is_taken), at
        drop = QDropEvent(QPointF(view.visualRect(entry).center()), *drag)
        QApplication.sendEvent(view.viewport(), drop)
        # The list is new by then.
        await until(lambda: page.sidebar.view.model().index(entry_row, 0).data(PLACE).count == 1)
        assert draft["prompt"] == "mine"
        assert window.page() == "gallery"

    run_in_window(play)
