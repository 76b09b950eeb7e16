"""The real window for a test: opened on the Gaussian model, driven by clicks and keys, closed and looked over."""

from __future__ import annotations

import asyncio
import threading
import time
import warnings
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QObject, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QMouseEvent, QShowEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from gdm_studio.models.library import Library
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.shell.app import application, event_loop
from gdm_studio.ui.shell.window import Window
from tests.helpers.gaussian_model import GaussianLibrary

if TYPE_CHECKING:
    from tests.helpers.tiny_model import TinyLibrary

    AnyLibrary = GaussianLibrary | TinyLibrary | Library

SECONDS = 90.0  # that anything may take, on a busy machine

Play = Callable[[Window], Coroutine[Any, Any, None]]


def opened(play: Play, *, library: AnyLibrary | None = None, seconds: float = SECONDS) -> None:
    """Opens a window, waits until its model is loaded, runs `play(window)` for `seconds` at most, closes it.

    Fails on a second window that flashes by and on a thread that outlives the first.
    """
    app = QApplication.instance() or application()
    assert isinstance(app, QApplication)
    flashes = _Flashes()
    app.installEventFilter(flashes)
    try:
        with event_loop(app) as loop:
            loop.run_until_complete(_live(app, play, library or GaussianLibrary(), seconds))
    finally:
        app.removeEventFilter(flashes)
        asyncio.set_event_loop(None)
    assert not flashes.seen, f"shown as windows of their own: {flashes.seen}"
    threads = [thread for thread in threading.enumerate() if thread.name.startswith("gallery")]
    for thread in threads:
        thread.join(SECONDS)  # told to end, it does so once it has the processor
    left = [thread.name for thread in threads if thread.is_alive()]
    assert not left, f"threads left: {left}"


async def _live(app: QApplication, play: Play, library: AnyLibrary, seconds: float) -> None:
    await asyncio.to_thread(library.refresh)
    window = Window(app.findChild(Theme) or Theme(app), library)
    window.show()
    window.activateWindow()  # the offscreen platform does not do so by itself
    await window.painted.wait()
    window.start()
    try:
        if type(library) is not Library:  # the shipped model comes while people look around
            await until(lambda: library.is_loaded(library.cards()[0].name) and window.making.device != "")
        await asyncio.wait_for(play(window), seconds)
    finally:
        window.close()
        await asyncio.wait_for(window.closed.wait(), SECONDS)
        assert window.lane.isFinished(), "the lane is still running"
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        with window.theme.undressed():
            pass  # Qt's style sheet remembers widgets that are gone, and a change of theme would style them


async def until(reason: Callable[[], object], seconds: float = SECONDS) -> None:
    """Waits for something to become true."""
    end = time.monotonic() + seconds
    while not reason():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.01)


async def still_found(find: Callable[[], list[str]], *, after: float = 0.05, seconds: float = 20.0) -> list[str]:
    """What `find` finds after a moment, once what is still being laid out or read has had its time to end that."""
    await asyncio.sleep(after)
    end = time.monotonic() + seconds
    while (found := find()) and time.monotonic() < end:
        await asyncio.sleep(0.02)
    return found


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def hover(widget: QWidget, place: QPointF) -> None:
    """The mouse at a place of the widget: QTest's own would work events off, which must not be done in a task."""
    nothing = Qt.MouseButton.NoButton
    here = QPointF(widget.mapToGlobal(place))
    moved = QMouseEvent(QEvent.Type.MouseMove, place, here, nothing, nothing, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, moved)


def press(window: Window, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key, to whatever has the focus; straight to the widget, since events must not be worked off in a task."""
    QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)


def drop(window: Window, path: Path, *, on: QWidget | None = None) -> None:
    """A file let go over the window, or over a widget in it; as file managers do, with its path as text too."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    mime.setText(str(path))
    args = Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    target = on or window
    middle = target.rect().center()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # its successor is newer than the oldest Qt we run on
        enter = QDragEnterEvent(middle, *args)
    QApplication.sendEvent(target, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(target, QDropEvent(QPointF(middle), *args))


def notices(window: Window) -> list[str]:
    """Titles and texts of the notices on the Create page."""
    return [f"{notice.title} {notice.text}" for notice in window.create_page.stage.notices.shown]


async def told(window: Window, words: str) -> None:
    """Waits until a notice on the Create page says so: what it tells of has happened a moment before."""
    await until(lambda: any(words in notice for notice in notices(window)))


def offered(window: Window, words: str) -> QPushButton | None:
    """The button of a notice on the Create page that says so."""
    buttons = (
        button for notice in window.create_page.stage.notices.shown for button in notice.findChildren(QPushButton)
    )
    return next((button for button in buttons if button.text() == words), None)


class _Flashes(QObject):
    """Notices widgets that are shown before they have a parent: each is a window for a moment."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QShowEvent) and isinstance(watched, QWidget) and not isinstance(watched, Window):
            self._look_at(watched)
        return False

    def _look_at(self, widget: QWidget) -> None:
        if widget.windowType() is Qt.WindowType.Window or widget.parent() is None:
            self.seen.append(str(widget))
