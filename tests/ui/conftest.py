"""Fixtures of the window's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from gdm_studio.jobs.thread_engine import ThreadEngine
from gdm_studio.jobs.workers import engine_messages
from gdm_studio.ui import translation
from gdm_studio.ui.shell.app import application
from gdm_studio.ui.theme import roles
from tests.helpers.file_openings import record_openings


@pytest.fixture
def home(_own_home: Path) -> Path:
    """Return the home folder of the window during a test."""
    return _own_home


@pytest.fixture(scope="session", autouse=True)
def _application() -> Iterator[None]:
    """Create the application, whose translator writes plurals, even for tests that need no widget.

    A test of a grid without a window, which this process ran before, has created a plain one. The clipboard is emptied
    at the end: Qt's platform without a screen deletes its data only after Python has ended, which crashes.
    """
    if (plain := QApplication.instance()) is None:
        application()
    else:
        roles.install()
        translation.install(plain)
    yield
    QApplication.clipboard().clear()


@pytest.fixture(autouse=True)
def _plain_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pass arguments and results of engine calls through the messages of an engine, which refuse objects of torch."""

    def call(engine: ThreadEngine, function: Callable[..., Any], *args: Any) -> Any:
        args = engine_messages.unpack(engine_messages.pack(args))
        return engine_messages.unpack(engine_messages.pack(engine._service.call(function, args)))

    monkeypatch.setattr(ThreadEngine, "call", call)


@pytest.fixture(autouse=True)
def _responsive() -> Iterator[None]:
    """Fail the test if the window's thread opens a model file, since the window would freeze on a slow disk."""
    with record_openings() as seen:
        yield
    assert [path for by, path in seen if by == "window"] == []
