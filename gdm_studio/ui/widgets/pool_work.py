"""Work on a thread of Qt's pool whose result a widget receives on the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import TypeVar

from PySide6.QtCore import QObject, QThreadPool, Signal
from shiboken6 import isValid

T = TypeVar("T")


def run_in_pool(work: Callable[[], T], owner: QObject, receive: Callable[[T], object]) -> None:
    """Call `work()` on a thread of Qt's pool, and then `receive(result)` on the window's thread, from which this is
    called. Nothing is received once Qt has deleted `owner`, nor if `work()` raises an error.

    `work` must not use `owner`: a signal that another thread emits while Qt deletes its object crashes the program.
    """
    delivery = _delivery()

    def run() -> None:
        result = work()
        # The delivery is deleted at the end of the program.
        with suppress(RuntimeError):
            delivery.finished.emit(owner, lambda: receive(result))

    QThreadPool.globalInstance().start(run)


class _Delivery(QObject):
    """Object that lives until the program ends, and calls functions on the window's thread for others that may not."""

    finished = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.finished.connect(self._deliver)

    def _deliver(self, owner: QObject, deliver: Callable[[], object]) -> None:
        if isValid(owner):
            deliver()


@cache
def _delivery() -> _Delivery:
    return _Delivery()
