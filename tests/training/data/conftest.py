"""The made-up archives as a fixture."""

from pathlib import Path

import pytest

from tests.training.data.made_up import drawings, write_archives


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Write tiny copies of the three npm archives, and return their folder."""
    folder = tmp_path / "npm"
    folder.mkdir()
    return write_archives(folder, drawings())
