"""Detection of Qt warnings and of exceptions lost in asyncio or in a Qt slot."""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

# Messages of Qt that say nothing about the application.
HARMLESS = (
    # The offscreen platform logs this for every window that is shown, raised or popped up.
    "This plugin does not support ",
)


@contextmanager
def no_strays() -> Iterator[None]:
    """Fail at the end of a `with` block if Qt logged a warning or an exception was lost in asyncio or a Qt slot.

    Qt's messages are seen only if PySide6 is imported already, because tests of other packages must not load it.
    """
    found: list[str] = []
    with _record_qt(found), _record_asyncio(found), _record_slots(found):
        yield
        # A task that was never awaited complains when it is collected.
        gc.collect(1)
    assert not found, "reached nobody:\n" + "\n".join(found)


@contextmanager
def _record_qt(found: list[str]) -> Iterator[None]:
    if "PySide6.QtCore" not in sys.modules:
        yield
        return
    from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

    bad = (QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg)

    def note(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        if kind in bad and not text.startswith(HARMLESS):
            found.append(f"Qt: {text}")

    before = qInstallMessageHandler(note)
    try:
        yield
    finally:
        qInstallMessageHandler(before)


@contextmanager
def _record_asyncio(found: list[str]) -> Iterator[None]:
    """Record lost exceptions of asyncio tasks and callbacks, which event loops report to their loggers."""
    handler = _RecordingHandler(found)
    loggers = [logging.getLogger(name) for name in ("asyncio", "qasync")]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)


@contextmanager
def _record_slots(found: list[str]) -> Iterator[None]:
    """Record exceptions that were raised in Qt slots. They only reach `sys.excepthook`."""
    before = sys.excepthook

    def note(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        found.append(f"{kind.__name__}: {error}")
        before(kind, error, trace)

    sys.excepthook = note
    try:
        yield
    finally:
        sys.excepthook = before


class _RecordingHandler(logging.Handler):
    def __init__(self, found: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._found = found

    def emit(self, record: logging.LogRecord) -> None:
        self._found.append(f"asyncio: {record.getMessage()}")
