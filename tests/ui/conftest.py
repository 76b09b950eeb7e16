"""What the tests of the window share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def home(_own_home: Path) -> Path:
    """Where the window keeps everything during the test."""
    return _own_home
