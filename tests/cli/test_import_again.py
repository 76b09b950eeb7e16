"""A folder that is imported a second time."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from gdm_studio.cli.main import run


def test_importing_a_folder_again_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.new("RGB", (8, 8), "red").save(folder / "red.png")
    assert run(["gallery", "import", str(folder)]) == 0
    assert "before" not in capsys.readouterr().err
    Image.new("RGB", (8, 8), "blue").save(folder / "blue.png")
    assert run(["gallery", "import", str(folder)]) == 0
    found = capsys.readouterr()
    assert found.out.startswith("2 images imported")
    assert "the folder was imported before, and was read again" in found.err
