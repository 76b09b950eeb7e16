"""Event loop of asyncio on top of Qt's."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop


class _Relay(QObject):
    """Sender of the signal that passes a callback, its arguments and its context to the loop's thread."""

    passed = Signal(object, tuple, object)


class OrderedEventLoop(QEventLoop):
    """Event loop of asyncio on top of Qt's, which runs the callbacks of `call_soon_threadsafe` in the order of its
    calls.

    The loop of qasync runs one from its own thread before earlier ones from other threads. Such a callback is the
    answer of a call that has ended before its future is connected. It would overtake the answers of earlier calls, and
    the window would go back to an earlier state.
    """

    def __init__(self, app: QApplication) -> None:
        self._relay = _Relay()
        self._relay.passed.connect(self._on_passed, Qt.ConnectionType.QueuedConnection)
        super().__init__(app)

    def call_soon_threadsafe(self, callback: Callable[..., object], *args: Any, context: Any = None) -> None:
        """Call `callback` in the loop's thread, after those that were passed earlier. May be called from any thread."""
        self._relay.passed.emit(callback, args, context or copy_context())

    def _on_passed(self, callback: Callable[..., object], args: tuple[Any, ...], context: Any) -> None:
        self.call_soon(callback, *args, context=context)
