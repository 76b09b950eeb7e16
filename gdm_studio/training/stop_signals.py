"""Signal handling that stops training after a complete step, so that it can be resumed."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


class StopSignals:
    """Signal handler that only records the first signal, so that training can stop later."""

    def __init__(self) -> None:
        # Number of the first signal that was received, or None.
        self.received: int | None = None

    def __call__(self, number: int, frame: object) -> None:
        self.received = self.received or number

    def should_stop(self) -> bool:
        return self.received is not None


@contextmanager
def stop_signals() -> Iterator[StopSignals]:
    """Catch SIGINT and SIGTERM within a `with` block, so that training can end after the current step.

    Yields the handler that records them.
    """
    handled = (signal.SIGINT, signal.SIGTERM)
    recorder = StopSignals()
    before = [signal.signal(number, recorder) for number in handled]
    try:
        yield recorder
    finally:
        for number, handler in zip(handled, before, strict=True):
            signal.signal(number, handler)
