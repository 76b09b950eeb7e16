"""Signal handling that stops training after a complete step, so that it can be resumed."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def stop_signals() -> Iterator[Callable[[], bool]]:
    """Catch SIGINT and SIGTERM within a `with` block, so that training can end after the current step.

    Yields a function that returns True after a signal was received.
    """
    handled = (signal.SIGINT, signal.SIGTERM)
    recorder = _SignalRecorder()
    before = [signal.signal(number, recorder) for number in handled]
    try:
        yield lambda: recorder.received
    finally:
        for number, handler in zip(handled, before, strict=True):
            signal.signal(number, handler)


class _SignalRecorder:
    """Signal handler that only records that a signal was received, so that training can stop later."""

    def __init__(self) -> None:
        self.received = False

    def __call__(self, number: int, frame: object) -> None:
        self.received = True
