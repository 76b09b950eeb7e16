"""Fails a test for what nobody would see: Qt's warnings, exceptions lost in asyncio or in a Qt slot."""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

# Messages of Qt that say nothing about the application.
HARMLESS = (
    "This plugin does not support ",  # the offscreen platform: at every window shown, raised, popped up
)


@contextmanager
def no_strays() -> Iterator[None]:
    """Collect stray messages and exceptions while the block runs; at its end fail with what was found.

    Qt's messages are seen only where PySide6 was imported before: tests of other rooms must not load it.
    """
    found: list[str] = []
    with _qt(found), _asyncio(found), _slots(found):
        yield
        if "asyncio" in sys.modules:
            gc.collect(1)  # a task that nobody awaited complains when it is collected
    assert not found, "reached nobody:\n" + "\n".join(found)


@contextmanager
def _qt(found: list[str]) -> Iterator[None]:
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
def _asyncio(found: list[str]) -> Iterator[None]:
    """Loops report a task's lost exception, and one in a callback, to these loggers."""
    handler = _Noting(found)
    loggers = [logging.getLogger(name) for name in ("asyncio", "qasync")]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)


@contextmanager
def _slots(found: list[str]) -> Iterator[None]:
    """An exception in a slot goes to `sys.excepthook` and no further."""
    before = sys.excepthook

    def note(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        found.append(f"{kind.__name__}: {error}")
        before(kind, error, trace)

    sys.excepthook = note
    try:
        yield
    finally:
        sys.excepthook = before


class _Noting(logging.Handler):
    def __init__(self, found: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._found = found

    def emit(self, record: logging.LogRecord) -> None:
        self._found.append(f"asyncio: {record.getMessage()}")
