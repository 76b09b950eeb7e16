"""Handling of Ctrl-C while a verb runs. It raises KeyboardInterrupt, but ends the process during an import."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType

# File name of the frames of Python's import system.
_IMPORTING = "<frozen importlib._bootstrap>"


@contextlib.contextmanager
def interruptible(report_stopped: Callable[[], int]) -> Iterator[None]:
    """Context manager in which Ctrl-C raises KeyboardInterrupt, or ends the process during an import.

    A partly imported library may replace or swallow the exception. Ending the process is safe, because all files are
    written atomically. `report_stopped` prints a message and returns the exit status.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        if _is_importing(frame):
            with contextlib.suppress(Exception):
                os._exit(report_stopped())
            os._exit(128 + number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def exit_on_termination() -> None:
    """Make SIGTERM end the process like Ctrl-C, so that context managers can clean up. Call this in the main thread."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _terminate)


def _terminate(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _is_importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename == _IMPORTING:
            return True
        frame = frame.f_back
    return False
