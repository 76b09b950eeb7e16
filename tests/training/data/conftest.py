"""The made-up archives as a fixture."""

from pathlib import Path

import pytest

from tests.training.data.made_up import drawings, write_archives


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A folder with a tiny copy of the three npm archives."""
    folder = tmp_path / "npm"
    folder.mkdir()
    return write_archives(folder, drawings())
