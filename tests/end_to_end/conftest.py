"""What the tests from end to end share: the window on the shipped model, and someone at it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QAccessible

from gdm_studio.models.library import Library
from gdm_studio.ui.shell.window import Window
from tests.helpers.opened import opened
from tests.helpers.person import Person

SECONDS_SAT = 240.0  # that one sitting may take, on a busy machine

Play = Callable[[Person], Coroutine[Any, Any, None]]


@pytest.fixture
def home(_own_home: Path) -> Path:
    """Where the window keeps everything during the test."""
    return _own_home


@pytest.fixture(scope="session")
def shipped() -> Library:
    """The models that come with the program: their weights are read once for all tests."""
    return Library()


@pytest.fixture
def at_window(home: Path, shipped: Library) -> Callable[[Play], None]:
    """Opens the window, lets someone play, and closes it; again and again in the same home."""

    async def sit_at(window: Window, play: Play) -> None:
        window.resize(1280, 800)  # whatever the screen
        await play(Person(window))

    def sit_down(play: Play) -> None:
        try:
            opened(lambda window: sit_at(window, play), library=shipped, seconds=SECONDS_SAT)
        finally:
            QAccessible.setActive(False)

    return sit_down
