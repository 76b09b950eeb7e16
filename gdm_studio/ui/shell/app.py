"""Entry point of the window: application object, event loop, signal handling and shutdown."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFileOpenEvent, QIcon
from PySide6.QtWidgets import QApplication, QMessageBox

from gdm_studio import preferences
from gdm_studio.common import gc_pause, paths
from gdm_studio.common.errors import StudioError
from gdm_studio.ui import translation
from gdm_studio.ui.shell.single_instance import SingleInstance
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.theme import roles
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import error_text, translate

if TYPE_CHECKING:
    from gdm_studio.jobs.workers.process_start import WorkerProcess
    from gdm_studio.models.model_library import Library
    from gdm_studio.ui.shell.event_loop import OrderedEventLoop

# Signals that close the window; Windows has no SIGHUP.
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
# Time that the main thread has to respond to a signal before the process ends.
ANSWER_SECONDS = 10.0
# Environment variable that Qt reads when the application is created.
SCALE_VARIABLE = "QT_SCALE_FACTOR"
# Exit status after Ctrl-C.
INTERRUPTED = 130


class Application(QApplication):
    """Qt application of the window, which on macOS emits `opened(path)` for each image file opened with it in the
    Finder.
    """

    opened = Signal(str)
    # Scale of the window by the preferences, in addition to the desktop's scale.
    scale = 1.0

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent) and event.file():
            self.opened.emit(event.file())
            return True
        return super().event(event)


def main(
    library: Library | None = None, *, picture: Path | None = None, engine_process: WorkerProcess | None = None
) -> int:
    """Open the window, run it until it is closed, and return the exit status: 0, or 130 after Ctrl-C.

    `picture` is an image file whose settings are loaded. If a window of the same library is already open, it is raised
    instead. `engine_process` generates the images, see `process_start.start_engine`; without it, a thread does.
    """
    try:
        return _run(library, engine_process, picture)
    finally:
        # The window ends the engine itself, unless another window is open already or it could not be opened.
        if engine_process is not None and engine_process.poll() is None:
            engine_process.kill()


def _run(library: Library | None, engine_process: WorkerProcess | None, picture: Path | None) -> int:
    app = scaled_application()
    single = SingleInstance(app)
    try:
        if not single.try_lock() and single.hand_over(picture):
            return 0
    except StudioError as error:
        # A program that is started from the desktop has no terminal for the error.
        show_error(error_text(error))
        raise
    with _deferred_interrupts() as interrupts:
        # The loop, and with it asyncio, is imported after the first paint.
        window = open_window(app, library, engine_process, interrupts)
        with event_loop(app) as loop:
            status = loop.run_until_complete(run_window(app, window, single, picture, interrupts))
    single.release()
    if window.wants_restart:
        _start_again()
    if not window.worker_ended:
        # The worker thread is still inside a network call. Pictures and settings are saved by now.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    return status


def _start_again() -> None:
    """Start the program in another process, which outlives this one.

    It gets no arguments, since an image on the command line would replace the settings of the closed window.
    """
    import subprocess

    from gdm_studio.jobs.workers import process_start

    subprocess.Popen(process_start.command_of("gdm_studio"), env=process_start.environment())


def open_window(
    app: Application,
    library: Library | None = None,
    engine_process: WorkerProcess | None = None,
    interrupts: Sequence[int] = (),
) -> Window:
    """Create the window, show it, and return it after its first paint, or after Ctrl-C, see `_deferred_interrupts`. It
    then needs `run_window` in an event loop.
    """
    # The window shows the models of the last scan at once. A new scan would delay it until all folders are read.
    if library is not None:
        import threading

        # The window's own thread opens no model files.
        restoring = threading.Thread(target=library.restore, name="restore")
        restoring.start()
        restoring.join()
    window = Window(Theme(app), library, engine_process)
    window.show_first_frame(lambda: bool(interrupts))
    return window


async def run_window(
    app: Application,
    window: Window,
    single: SingleInstance,
    picture: Path | None,
    interrupts: Sequence[int] = (),
) -> int:
    """Finish the start of a window, run it until it is closed, and return the exit status.

    After `interrupts` during its creation, the window closes at once.
    """
    status = 0

    def interrupted(number: int) -> None:
        nonlocal status
        status = INTERRUPTED if number == signal.SIGINT else 0
        window.close()

    with _signals_on_main_thread(interrupted):
        for number in interrupts:
            interrupted(number)
        gc_pause.exempt_existing_objects()
        await window.start_gradually()
        if problem := single.serve(window.bring_to_front):
            window.notify(
                translate("Application", "Opening pictures from outside does not work"), problem, kind="error"
            )
        app.opened.connect(lambda path: window.bring_to_front(Path(path)))
        if picture is not None:
            window.bring_to_front(picture)
        await window.closed.wait()
    if window.engine is not None:
        window.engine.close()
    return status


def show_error(sentence: str) -> None:
    """Show an error dialog about why the window cannot open, and wait until the user closes it."""
    # The default application, because the saved settings and theme may be those of a newer version.
    app = QApplication.instance() or QApplication(sys.argv[:1])
    box = QMessageBox(QMessageBox.Icon.Critical, "GDM Studio", sentence)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.exec()
    # The application has to exist until the dialog is closed.
    del box, app


def scaled_application() -> Application:
    """Create the Qt application with the interface scale from the preferences, unless QT_SCALE_FACTOR is set."""
    scale = preferences.load().ui_scale
    if scale == 1 or SCALE_VARIABLE in os.environ:
        return application()
    os.environ[SCALE_VARIABLE] = f"{scale:g}"
    try:
        app = application()
        app.scale = scale
        return app
    finally:
        # Programs that the window starts, such as a file manager, have sizes of their own.
        del os.environ[SCALE_VARIABLE]


def application() -> Application:
    """Create the Qt application with its name, icon and translations, which keeps running while the window is
    hidden.
    """
    app = Application(sys.argv[:1])
    app.setApplicationName("gdm-studio")
    app.setApplicationDisplayName("GDM Studio")
    app.setDesktopFileName("gdm-studio")
    app.setWindowIcon(QIcon(str(paths.resources() / "app" / "gdm-studio.png")))
    app.setQuitOnLastWindowClosed(False)
    roles.install()
    translation.install(app)
    return app


@contextmanager
def event_loop(app: QApplication) -> Iterator[OrderedEventLoop]:
    """Create an asyncio event loop on top of Qt's, so that coroutines and widgets share a thread.

    Its executor has one thread instead of qasync's ten.
    """
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    from gdm_studio.ui.shell.event_loop import OrderedEventLoop

    loop = OrderedEventLoop(app)
    executor = ThreadPoolExecutor(1, thread_name_prefix="waiting")
    loop.set_default_executor(executor)
    asyncio.set_event_loop(loop)
    with loop:
        yield loop


@contextmanager
def _deferred_interrupts() -> Iterator[list[int]]:
    """Collect the signals of Ctrl-C in a list while there is no event loop to respond to them. The second one ends the
    process.

    Without this, Ctrl-C would raise KeyboardInterrupt in Python code that Qt calls, such as `paintEvent`. Qt prints
    such an exception and continues, and may call the code again and again.
    """
    received: list[int] = []

    def receive(number: int, _: FrameType | None) -> None:
        received.append(number)
        if len(received) > 1:
            # This is safe, because files are written atomically.
            os._exit(128 + number)

    before = signal.signal(signal.SIGINT, receive)
    try:
        yield received
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _signals_on_main_thread(received: Callable[[int], None]) -> Iterator[None]:
    """Call `received(number)` on the main thread for each operating-system signal in this context.

    This works even while Qt waits for events. Python runs signal handlers only between bytecode instructions of the
    main thread. Another thread therefore reads Python's wake-up socket, and ends the process if the main thread does
    not respond within ANSWER_SECONDS.
    """
    import asyncio
    import socket
    import threading

    reader, pythons = socket.socketpair()
    pythons.setblocking(False)
    loop = asyncio.get_running_loop()
    has_responded = threading.Event()

    def respond(number: int) -> None:
        has_responded.set()
        received(number)

    def watch() -> None:
        with reader:
            while numbers := reader.recv(1):
                has_responded.clear()
                loop.call_soon_threadsafe(respond, numbers[0])
                if not has_responded.wait(ANSWER_SECONDS):
                    # This is safe, because files are written atomically.
                    os._exit(128 + numbers[0])

    threading.Thread(target=watch, name="signals", daemon=True).start()
    before = signal.set_wakeup_fd(pythons.fileno(), warn_on_full_buffer=False)
    numbers = [signal.Signals[name] for name in SIGNALS if name in signal.Signals.__members__]
    handlers = [signal.signal(number, lambda *_: None) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, handlers, strict=True):
            signal.signal(number, handler)
        signal.set_wakeup_fd(before)
        pythons.close()
        has_responded.set()
