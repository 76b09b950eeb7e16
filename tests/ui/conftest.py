"""What the tests of the window share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.openings import openings


@pytest.fixture
def home(_own_home: Path) -> Path:
    """Where the window keeps everything during the test."""
    return _own_home


@pytest.fixture(autouse=True)
def _responsive() -> Iterator[None]:
    """No file of a model is opened by the window's own thread: on a slow disk it would stand still."""
    with openings() as seen:
        yield
    assert [path for by, path in seen if by == "window"] == []
