"""Ctrl-C while a verb is carried out: an exception for what is going on, except inside an import."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

_IMPORTING = "<frozen importlib._bootstrap>"  # the file of Python's own lines that load a module


@contextlib.contextmanager
def interruptible(say_stopped: Callable[[], int]) -> Iterator[None]:
    """Inside the block Ctrl-C raises KeyboardInterrupt, or while modules are loaded says so and ends the process.

    A library that is half loaded turns the exception into one of its own, or loses it. Ending there costs nothing:
    whatever is written is whole or not there, as after a crash.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupted(number: int, frame: FrameType | None) -> None:
        if _is_importing(frame):
            with contextlib.suppress(Exception):
                os._exit(say_stopped())
            os._exit(128 + number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _is_importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename == _IMPORTING:
            return True
        frame = frame.f_back
    return False
