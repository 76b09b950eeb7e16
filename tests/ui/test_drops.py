"""Files let go over the window: each place takes a copy, and never says that it moved one."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from gdm_studio.gallery import save
from gdm_studio.request import Request
from gdm_studio.run import Result
from gdm_studio.ui.shell.window import Window
from tests.helpers.opened import opened, until

COPY, MOVE, LINK = Qt.DropAction.CopyAction, Qt.DropAction.MoveAction, Qt.DropAction.LinkAction
REQUEST = Request(model="gaussian", prompt="a green disc", steps=5, size=(128, 128))

PLACES: dict[str, tuple[str, Callable[[Window], QWidget]]] = {
    "window": ("models", lambda window: window),
    "canvas": ("create", lambda window: window.create_page.stage.canvas),
    "gallery": ("gallery", lambda window: window.gallery_page),
    "compare": ("compare", lambda window: window.comparing._page),
}


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    return save(Result(0, REQUEST, np.zeros((128, 128, 4), np.uint8)), tmp_path).path


def drag(
    target: QWidget, path: Path, actions: Qt.DropAction, held: Qt.KeyboardModifier
) -> list[tuple[bool, Qt.DropAction]]:
    """Has a file come over a widget, move on it and be let go; whether each was accepted, and as what."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    middle, left = target.rect().center(), Qt.MouseButton.LeftButton
    said = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # their successors are newer than the oldest Qt we run on
        for event in (
            QDragEnterEvent(middle, actions, mime, left, held),
            QDragMoveEvent(middle, actions, mime, left, held),
            QDropEvent(QPointF(middle), actions, mime, left, held),
        ):
            if held:
                assert event.proposedAction() == MOVE
            if isinstance(event, QDragMoveEvent) and not isinstance(event, QDragEnterEvent) and said:
                event.setDropAction(said[-1][1])  # as Qt passes on what was answered last
                event.setAccepted(said[-1][0])
            QApplication.sendEvent(target, event)
            said.append((event.isAccepted(), event.dropAction()))
    return said


@pytest.mark.parametrize("place", PLACES)
def test_a_dropped_file_is_never_taken_away(home: Path, picture: Path, place: str) -> None:
    page, target = PLACES[place]

    async def play(window: Window) -> None:
        window.turn_to(page)
        shift = Qt.KeyboardModifier.ShiftModifier  # with which a file manager moves
        assert drag(target(window), picture, COPY | MOVE | LINK, shift) == [(True, COPY)] * 3
        if place in ("window", "canvas"):
            await until(lambda: window.create_page.controls.request().prompt == REQUEST.prompt)
        elif place == "compare":
            await until(lambda: len(window.comparing.items) == 1)
        else:
            await until(lambda: window.gallery_desk.importing.report is not None)
            window.gallery_desk.importing.report.close_up()
        assert picture.is_file()

    opened(play)


@pytest.mark.parametrize("place", PLACES)
def test_what_can_only_be_moved_is_left_alone(home: Path, picture: Path, place: str) -> None:
    page, target = PLACES[place]

    async def play(window: Window) -> None:
        window.turn_to(page)
        said = drag(target(window), picture, MOVE, Qt.KeyboardModifier.NoModifier)
        assert said[0][0] is False

    opened(play)
