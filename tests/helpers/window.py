"""The real window in a test: opened on the Gaussian model, driven by clicks and keys, closed and checked."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
import warnings
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest import mock

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QLoggingCategory,
    QMessageLogContext,
    QMimeData,
    QPoint,
    QPointF,
    Qt,
    QtMsgType,
    QUrl,
    qInstallMessageHandler,
)
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QWidget

from gdm_studio.common import paths
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Run, State
from gdm_studio.ui.create.viewer.canvas_bars import MENUS
from gdm_studio.ui.shell import gc_timer
from gdm_studio.ui.shell.app import application, event_loop
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.shell.window_state import restore, session_of
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.window_state_file import FILE, Session
from tests.helpers import beats
from tests.helpers.gaussian_model import GaussianLibrary

if TYPE_CHECKING:
    from tests.helpers.tiny_model import TinyLibrary

    AnyLibrary = GaussianLibrary | TinyLibrary | Library

# The limit of any single wait, on a busy machine.
SECONDS = 90.0

# Category in which Qt logs the changes of a widget's visibility, and its message about a native window.
SHOW_LOG = "qt.widgets.showhide"
NATIVE_WINDOW = "Setting visibility of QWidgetWindow("

Play = Callable[[Window], Coroutine[Any, Any, None]]


def run_in_window(
    *plays: Play,
    library: AnyLibrary | None = None,
    engine_process: Popen[bytes] | None = None,
    seconds: float = SECONDS,
    opens_more: bool = True,
) -> None:
    """Open the program's window for a test, wait until its model is loaded, run `play(window)` and close the window.

    Without an `engine_process`, its worker thread generates the images. `play` may take at most `seconds`. With
    `opens_more`, the section More is open in a window without an earlier session. Fails if another top-level window was
    shown or a gallery thread is still running afterwards.

    Several `plays` run one after another, since opening and closing the window takes longer than most checks. Each
    finds the settings and searches of a new window and no notices, but the images that the plays before have left.
    """
    assert plays, "nothing to check in the window"
    app = QApplication.instance() or application()
    assert isinstance(app, QApplication)
    try:
        # A notice stays longer than any wait, so that no test misses one on a busy machine.
        names = ("DEFAULT_SECONDS", "OFFER_SECONDS", "ERROR_SECONDS")
        lasting = mock.patch.multiple("gdm_studio.ui.notifier", **dict.fromkeys(names, 2 * SECONDS))
        with lasting, _garbage_collected(), _shown_windows() as shown, event_loop(app) as loop:
            library = library or GaussianLibrary()
            loop.run_until_complete(_live(app, plays, library, engine_process, seconds, opens_more))
    finally:
        asyncio.set_event_loop(None)
    assert any(issubclass(kind, Window) for kind, _ in shown), "Qt no longer logs which windows are shown"
    flashes = [text for kind, text in shown if not issubclass(kind, Window)]
    assert not flashes, f"shown as windows of their own: {flashes}"
    threads = [thread for thread in threading.enumerate() if thread.name.startswith("gallery")]
    for thread in threads:
        # The threads have been asked to end and do so once they are scheduled.
        thread.join(SECONDS)
    left = [thread.name for thread in threads if thread.is_alive()]
    assert not left, f"threads left: {left}"


async def _live(
    app: QApplication,
    plays: Sequence[Play],
    library: AnyLibrary,
    engine_process: Popen[bytes] | None,
    seconds: float,
    opens_more: bool,
) -> None:
    opens_more = opens_more and not (paths.data_dir() / FILE).exists()
    await asyncio.to_thread(library.refresh)
    window = Window(app.findChild(Theme) or Theme(app), library, engine_process)
    window.show()
    # The offscreen platform does not activate windows.
    window.activateWindow()
    await window.painted.wait()
    window.start()
    if opens_more:
        window.create_page.controls.main_settings.set_open(True)
    try:
        # The shipped model loads while the user looks around.
        if type(library) is not Library:
            await until(lambda: library.is_loaded(library.cards()[0].name) and window.generation.device != "")
        with beats.beating_in_qt():
            session = session_of(window, ())
            for number, play in enumerate(plays):
                if number:
                    _start_again(window, session)
                await asyncio.wait_for(play(window), seconds)
    except BaseException as error:
        error.add_note(f"Notices: {notices(window)}")
        if len(plays) > 1:
            error.add_note(f"Failed in {play.__name__}, number {number + 1} of {len(plays)} in this window")
        raise
    finally:
        window.close()
        await asyncio.wait_for(window.closed.wait(), SECONDS)
        if window.engine is not None:
            window.engine.close()
        # The window waits only some seconds for a model that is being loaded.
        has_ended = await asyncio.to_thread(window.worker.wait, int(1000 * SECONDS))
        assert has_ended, "the worker thread is still running"
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        with window.theme.without_style_sheet():
            # Qt's style sheet remembers deleted widgets, and a change of theme would style them.
            pass


def _start_again(window: Window, session: Session) -> None:
    """Bring the Create page with its settings and the search of both galleries back to a session of the window.

    Images, queue, undo stack and other pages stay as they are.
    """
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.close()
    for dialog in window.findChildren(QDialog):
        dialog.reject()
    window.open_page(session.page)
    if window.sets.on != session.set_open:
        window.modes.turn_set(session.set_open)
    restore(window, session)
    window.create_page.controls.things.set_text(session.things)
    for page in (window.gallery_page, window.create_page.gallery):
        page.search.set_text("")
        page.grid.clear_selection()
    window.gallery_page.sidebar.choose("")
    for area in (window.create_page.notices(), window._notices):
        area.clear("error", "info", "success", "warning")


async def until(reason: Callable[[], object], seconds: float = SECONDS) -> None:
    """Wait in an asyncio task until `reason()` is true. Fails if that takes more than `seconds`."""
    end = time.monotonic() + seconds
    while not reason():
        assert time.monotonic() < end, "it did not happen in time"
        await beats.next_beat()


async def remaining_problems(find: Callable[[], list[str]], *, after: float = 0.05, seconds: float = 20.0) -> list[str]:
    """Return the problems that `find` still reports after pending layouts and reads had time to finish."""
    await asyncio.sleep(after)
    end = time.monotonic() + seconds
    while (found := find()) and time.monotonic() < end:
        await asyncio.sleep(0.02)
    return found


def finish_layouts(window: QWidget) -> None:
    """Update the layouts of all visible widgets of a window until none is pending, as Qt does a little later."""
    is_pending = True
    while is_pending:
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        visible = [each for each in (window, *window.findChildren(QWidget)) if each.isVisible()]
        is_pending = any([layout.activate() for each in visible if (layout := each.layout()) is not None])


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


async def pause_run(window: Window, *, steps: int = 2) -> Run:
    """Start a run with the current settings, and pause it by its key after this number of steps."""
    click(window.create_page.controls.button)
    run = window.viewer.run
    assert run is not None
    await until(lambda: run.steps_done >= steps)
    window.create_page.canvas_panel.setFocus()
    press(window, Qt.Key.Key_Space)
    await until(lambda: run.state is State.PAUSED)
    return run


def use_tool(window: Window, name: str) -> None:
    """Choose a tool for the finished image, by its key of `TOOLS`, as an entry of its menu does."""
    tools = window.create_page.canvas_panel.tools
    assert tools.isVisible() and not tools.refusal(name)
    for menu, (_, names) in MENUS.items():
        if name in names:
            tools.entries(menu)[names.index(name)].act()


def turn_wheel(widget: QWidget, x: float, y: float, notches: int) -> None:
    """Turn the mouse wheel at a position in a widget, away from the user if `notches` is positive."""
    place = QPointF(x, y)
    none = Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        place,
        widget.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        none,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def hover(widget: QWidget, place: QPointF) -> None:
    """Move the mouse to a position in the widget.

    QTest's own function processes events, which a task must not do.
    """
    nothing = Qt.MouseButton.NoButton
    here = QPointF(widget.mapToGlobal(place))
    moved = QMouseEvent(QEvent.Type.MouseMove, place, here, nothing, nothing, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, moved)


def press(window: Window, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Send a key press to the widget with the focus.

    It is sent directly, because a task must not process events.
    """
    QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)


def drop(window: Window, path: Path, *others: Path, on: QWidget | None = None) -> None:
    """Drop files on the window or on a widget inside it.

    The first path is also passed as text, as file managers do.
    """
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(each)) for each in (path, *others)])
    mime.setText(str(path))
    args = Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    target = on or window
    middle = target.rect().center()
    with warnings.catch_warnings():
        # The successor of this constructor is newer than the oldest supported Qt.
        warnings.simplefilter("ignore", DeprecationWarning)
        enter = QDragEnterEvent(middle, *args)
    QApplication.sendEvent(target, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(target, QDropEvent(QPointF(middle), *args))


def notices(window: Window) -> list[str]:
    """Return the titles and texts of the notices that the Create page shows."""
    return [f"{notice.title} {notice.text}" for notice in window.create_page.canvas_panel.notices.shown]


async def wait_for_notice(window: Window, words: str) -> None:
    """Wait until the Create page shows a notice that contains this text."""
    await until(lambda: any(words in notice for notice in notices(window)))


def notice_button(window: Window, words: str) -> QPushButton | None:
    """Return the button with this text in a notice on the Create page, or None if there is none."""
    buttons = (
        button
        for notice in window.create_page.canvas_panel.notices.shown
        for button in notice.findChildren(QPushButton)
    )
    return next((button for button in buttons if button.text() == words), None)


@contextmanager
def _shown_windows() -> Iterator[list[tuple[type[QWidget], str]]]:
    """Record the widgets that are shown as windows within a `with` block, even briefly: top-level widgets, and widgets
    that have no parent yet.

    The list has the class and a description of each. Qt logs whenever it shows a native window. An event filter in
    Python would be called for each of the 15,000 events of a window that opens.
    """
    shown: list[tuple[type[QWidget], str]] = []

    def note(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        if context.category != SHOW_LOG:
            if before is not None:
                before(kind, context, text)
        elif text.startswith(NATIVE_WINDOW) and " to true " in text:
            shown.extend((type(each), str(each)) for each in QApplication.topLevelWidgets() if _is_window(each))

    before = qInstallMessageHandler(note)
    QLoggingCategory.setFilterRules(f"{SHOW_LOG}.debug=true")
    try:
        yield shown
    finally:
        QLoggingCategory.setFilterRules("")
        qInstallMessageHandler(before)


def _is_window(widget: QWidget) -> bool:
    return widget.isVisible() and (widget.windowType() is Qt.WindowType.Window or widget.parent() is None)


@contextmanager
def _garbage_collected() -> Iterator[None]:
    """Collect the garbage of a window when it has been closed, without going through the older objects of the process.

    The garbage of a hundred windows takes longer to collect than to create, and new windows are slower without the
    memory that it occupies. The window would exempt its own objects from collection, and end the exemption of all.
    """
    gc.freeze()
    unfrozen = SimpleNamespace(**{**vars(gc), "freeze": lambda: None, "unfreeze": lambda: None})
    with mock.patch.object(gc_timer, "gc", unfrozen):
        yield
    gc.collect()
    gc.freeze()
