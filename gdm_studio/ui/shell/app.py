"""`gdm-studio` without a verb: the window, from its first paint to the end of its last thread."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEvent, QSocketNotifier, Signal
from PySide6.QtGui import QFileOpenEvent, QIcon
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from gdm_studio import paths
from gdm_studio.models.library import Library
from gdm_studio.ui.look import roles
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.shell import launch
from gdm_studio.ui.shell.single import Single
from gdm_studio.ui.shell.window import Window

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no SIGHUP
INTERRUPTED = 130  # exit status after Ctrl-C


class Application(QApplication):
    """Signal: `opened(path)`, for each picture that macOS's Finder opens with the program."""

    opened = Signal(str)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent) and event.file():
            self.opened.emit(event.file())
            return True
        return super().event(event)


def main(library: Library | None = None, *, picture: Path | None = None) -> int:
    """Shows the window until it is closed, with the settings of `picture`; returns 0, or 130 where Ctrl-C closed it.

    Where a window of the same library is open already, that one comes to the front instead.
    """
    app = application()
    single = Single(app)
    if not single.is_first() and single.hand_over(picture):
        return 0
    with event_loop(app) as loop:
        window, status = loop.run_until_complete(_live(app, library or Library(), single, picture))
    single.release()
    if not window.lane_ended:
        # it is inside one long network call; pictures and settings are safe by now
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    return status


async def _live(app: Application, library: Library, single: Single, picture: Path | None) -> tuple[Window, int]:
    await asyncio.to_thread(library.refresh)  # what the window shows of models is there from the first paint
    window = Window(Theme(app), library)
    status = 0

    def interrupted(number: int) -> None:
        nonlocal status
        status = INTERRUPTED if number == signal.SIGINT else 0
        window.close()

    with _signals(interrupted):
        window.show()
        await window.painted.wait()
        launch.end()
        window.start()
        single.serve(window.come_forward)
        app.opened.connect(lambda path: window.come_forward(Path(path)))
        if picture is not None:
            window.come_forward(picture)
        await window.closed.wait()
    return window, status


def application() -> Application:
    """The one QApplication; it does not end by itself when the window is hidden."""
    app = Application(sys.argv[:1])
    app.setApplicationName("gdm-studio")
    app.setApplicationDisplayName("GDM Studio")
    app.setDesktopFileName("gdm-studio")
    app.setWindowIcon(QIcon(str(paths.resources() / "app" / "gdm-studio.png")))
    app.setQuitOnLastWindowClosed(False)
    roles.install()
    return app


@contextmanager
def event_loop(app: QApplication) -> Iterator[QEventLoop]:
    """asyncio on Qt's event loop; its own executor, since qasync's would start ten threads."""
    loop = QEventLoop(app)
    executor = ThreadPoolExecutor(1, thread_name_prefix="waiting")
    loop.set_default_executor(executor)
    asyncio.set_event_loop(loop)
    with loop:
        yield loop


@contextmanager
def _signals(received: Callable[[int], None]) -> Iterator[None]:
    """Calls `received(number)` on the main thread for each of SIGNALS, also while Qt waits for events.

    Python's own handlers run only between two lines of Python; the wake-up socket makes Qt come to one.
    """
    ours, pythons = socket.socketpair()
    ours.setblocking(False)
    pythons.setblocking(False)
    notifier = QSocketNotifier(ours.fileno(), QSocketNotifier.Type.Read)

    def read() -> None:
        for number in ours.recv(64):
            received(number)

    notifier.activated.connect(read)
    before = signal.set_wakeup_fd(pythons.fileno(), warn_on_full_buffer=False)
    numbers = [signal.Signals[name] for name in SIGNALS if name in signal.Signals.__members__]
    handlers = [signal.signal(number, lambda *_: None) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, handlers, strict=True):
            signal.signal(number, handler)
        signal.set_wakeup_fd(before)
        notifier.setEnabled(False)
        ours.close()
        pythons.close()
