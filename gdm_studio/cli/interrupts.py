"""Ctrl-C that cannot get lost: what is raised within a callback or a finalizer, Python only prints and forgets."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def interrupts() -> Iterator[Callable[[], None]]:
    """Within, the given function raises KeyboardInterrupt if Ctrl-C was pressed and nobody heard; call it often.

    For the main thread.
    """
    pressed = False

    def hear(number: int, frame: object) -> None:
        nonlocal pressed
        pressed = True
        raise KeyboardInterrupt

    def check() -> None:
        if pressed:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, hear)
    try:
        yield check
    finally:
        signal.signal(signal.SIGINT, before)
