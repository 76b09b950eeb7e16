"""The comparison of two checkouts, by a program that only prints the package that it finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from benches.in_turn import compare, run_in_turn
from gdm_studio.common.errors import StudioError

PROGRAM = """
import os, pathlib, gdm_studio
with open("order", "a") as file:
    file.write(gdm_studio.NAME)
print(gdm_studio.NAME, pathlib.Path(os.environ["GDM_STUDIO_HOME"]).name)
"""


@pytest.fixture
def checkouts(tmp_path: Path) -> list[Path]:
    """Folders of two packages that only have a name."""
    for name in ("a", "b"):
        (tmp_path / name / "gdm_studio").mkdir(parents=True)
        (tmp_path / name / "gdm_studio" / "__init__.py").write_text(f"NAME = {name!r}")
    return [tmp_path / "a", tmp_path / "b"]


def test_each_checkout_runs_with_its_package_and_folders_in_turn(checkouts: list[Path], tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    runs = run_in_turn(["-c", PROGRAM], checkouts, home, pairs=2)
    assert [[run.output.split() for run in each] for each in runs] == [[["a", "0"]] * 2, [["b", "1"]] * 2]
    # The first run of each is not measured.
    assert (home / "order").read_text() == "ab" * 3
    found = {(figure.name, figure.unit): figure.value for figure in compare("it", runs, "≤ 1")}
    assert all(value > 0 for value in found.values()) and ("it, ratio", "× as long") in found
    assert {name for name, _ in found} == {"it", "it, the other checkout", "it, ratio"}
    assert {figure.name for figure in compare("it", runs[:1])} == {"it"}


def test_a_folder_without_the_package_is_refused(checkouts: list[Path], tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="is no checkout"):
        run_in_turn(["-c", PROGRAM], [tmp_path / "home"], tmp_path)


def test_a_failed_run_is_reported(checkouts: list[Path], tmp_path: Path) -> None:
    with pytest.raises(StudioError, match=r"package of .*a failed: SystemExit|failed: no reason"):
        run_in_turn(["-c", "import sys; sys.exit('no reason')"], checkouts, tmp_path, pairs=1)
