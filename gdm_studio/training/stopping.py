"""Signals that end a training run where it can go on again."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def stop_signals() -> Iterator[Callable[[], bool]]:
    """Within, SIGINT and SIGTERM only make the given function true, so that a loop ends where it can be resumed."""
    handled = (signal.SIGINT, signal.SIGTERM)
    heard = _Heard()
    before = [signal.signal(number, heard) for number in handled]
    try:
        yield lambda: heard.any
    finally:
        for number, handler in zip(handled, before, strict=True):
            signal.signal(number, handler)


class _Heard:
    """A signal handler that remembers."""

    def __init__(self) -> None:
        self.any = False

    def __call__(self, number: int, frame: object) -> None:
        self.any = True
