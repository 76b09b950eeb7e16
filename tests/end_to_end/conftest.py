"""Fixtures of the end-to-end tests: the window on the shipped model and a simulated user."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QAccessible

from gdm_studio.models.model_library import Library
from gdm_studio.ui.shell.window import Window
from tests.helpers.person import Person
from tests.helpers.window import run_in_window

# The limit of one visit to the window, on a busy machine.
VISIT_SECONDS = 240.0

Play = Callable[[Person], Coroutine[Any, Any, None]]


@pytest.fixture
def home(_own_home: Path) -> Path:
    """Return the test's own home folder."""
    return _own_home


@pytest.fixture
def at_window(home: Path, shipped: Library) -> Callable[[Play], None]:
    """Return a function that opens the window, runs `play` and closes it. It can be called repeatedly in one home."""

    async def run_play(window: Window, play: Play) -> None:
        # The size does not depend on the screen.
        window.resize(1280, 800)
        await play(Person(window))

    def visit(play: Play) -> None:
        try:
            run_in_window(lambda window: run_play(window, play), library=shipped, seconds=VISIT_SECONDS)
        finally:
            QAccessible.setActive(False)

    return visit
