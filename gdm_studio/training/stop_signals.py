"""Signal handling that stops training at a point from which it can be resumed."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def stop_signals() -> Iterator[Callable[[], bool]]:
    """Context manager that catches SIGINT and SIGTERM. Yields a function that returns True after one was received."""
    handled = (signal.SIGINT, signal.SIGTERM)
    recorder = _SignalRecorder()
    before = [signal.signal(number, recorder) for number in handled]
    try:
        yield lambda: recorder.received
    finally:
        for number, handler in zip(handled, before, strict=True):
            signal.signal(number, handler)


class _SignalRecorder:
    """Signal handler that only records that a signal was received."""

    def __init__(self) -> None:
        self.received = False

    def __call__(self, number: int, frame: object) -> None:
        self.received = True
