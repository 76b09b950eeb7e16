"""The wheel contains the model, the fonts and icons, and their licences."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from gdm_studio.common.program_integrity import check_files
from gdm_studio.request.generation_request import BUILT_IN

ROOT = Path(__file__).parent.parent


@pytest.mark.slow
def test_the_wheel_contains_what_the_program_needs(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    made = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert made.returncode == 0, made.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    shipped = {path.relative_to(ROOT).as_posix() for path in (ROOT / "resources").rglob("*") if path.is_file()}
    shipped -= {name for name in shipped if name.startswith("resources/translations/") and not name.endswith(".qm.xz")}
    # Programs that write resources.
    shipped -= {name for name in shipped if name.endswith(".py")}
    assert {f"gdm_studio/{name}" for name in shipped} <= names
    model = f"gdm_studio/resources/models/{BUILT_IN}"
    assert {f"{model}/{BUILT_IN}{part}.safetensors" for part in ("", ".recall", ".sketch", ".text", ".vae")} <= names
    assert "gdm_studio/resources/translations/gdm_studio_en.qm.xz" in names
    assert any(name.startswith("gdm_studio/resources/fonts/") and name.endswith(".ttf") for name in names)
    assert any(name.startswith("gdm_studio/resources/icons/") and name.endswith(".svg") for name in names)
    assert {f"{model}/card.json", "gdm_studio/training/evaluation/prompts.json"} <= names
    licences = {name.rpartition("/")[2] for name in names if ".dist-info/licenses/" in name}
    assert licences == {"LICENSE", "NOTICE"}
    code = {path.relative_to(ROOT).as_posix() for path in (ROOT / "gdm_studio").rglob("*.py")}
    assert code | {"gdm_studio/py.typed", "gdm_studio/__init__.pyi"} <= names
    assert not any(name.startswith(("tests/", "installer/", "docs/", "benches/")) for name in names)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    check = check_files(tmp_path / "installed" / "gdm_studio")
    assert check.is_intact and check.count > len(code)
    assert _bench(wheel, "ui", tmp_path).startswith("gdm-studio: The benchmark 'ui' needs the source tree")


def _bench(wheel: Path, name: str, folder: Path) -> str:
    """Return the output of `bench NAME` with only the wheel and its dependencies installed."""
    # The option -S ignores .pth files, which could lead to this checkout.
    command = [sys.executable, "-S", "-m", "gdm_studio", "bench", name]
    found = os.pathsep.join((str(wheel), sysconfig.get_path("purelib")))
    place = {**os.environ, "PYTHONPATH": found, "PYTHONSAFEPATH": "1"}
    told = subprocess.run(command, cwd=folder, env=place, capture_output=True, text=True, timeout=120, check=False)
    assert told.returncode == 2
    return told.stderr
