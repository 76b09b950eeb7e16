"""Builds of torch for graphics cards: the choice from recorded outputs, and the folder beside an installed bundle."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gdm_studio.common.program_bundle import check_bundle
from installer.bundle.gpu import amd_architectures, choose_build
from installer.bundle.installation import Installation
from installer.bundle.torch_folder import use_build
from installer.problems import Problem
from tests.helpers.small_bundle import DRAW, TORCH, write_installation
from tests.installer.conftest import Fake

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="bundles are installed on Linux")
NO_DRIVER = "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n"
# The agents of rocminfo, of which a processor is one.
AGENT = """\
Agent 2
*******
  Name:                    {name}
  Marketing Name:          AMD Radeon
  Device Type:             GPU
  ISA Info:
    ISA 1
      Name:                    amdgcn-amd-amdhsa--{name}
"""
PROCESSOR = AGENT.format(name="AMD Ryzen 9 7950X 16-Core Processor").split("  ISA Info")[0]


@pytest.mark.parametrize(
    ("lines", "build", "reason"),
    [
        ("NVIDIA H100 80GB HBM3, 9.0, 580.95.05", "cu130", "runs the build cu130"),
        ("NVIDIA GeForce RTX 3060, 8.6, 550.54.14", "cu126", "compute capability 8.6, driver 550.54.14"),
        ("NVIDIA GeForce RTX 5090, 12.0, 570.86.16", "cpu", "needs driver 580.65.6 or newer"),
        ("NVIDIA GeForce RTX 2080 Ti, 7.5, 470.256.02", "cpu", "needs driver 525.60.13 or newer; update the driver"),
        ("GeForce GTX 780, 3.5, 470.256.02", "cpu", "is too old for this version of torch"),
        ("NVIDIA GeForce RTX 3060, 8.6, 580.95.05\nNVIDIA GeForce GTX 1080, 6.1, 580.95.05", "cu126", ""),
        ("NVIDIA GeForce GTX 1080, 6.1, 580.95.05\nNVIDIA GeForce RTX 5090, 12.0, 580.95.05", "cu130", "RTX 5090"),
        ("A card, with commas, 8.0, 580.95.05", "cu130", "A card, with commas \\("),
    ],
)
def test_the_build_suits_capability_and_driver_of_nvidia_cards(lines: str, build: str, reason: str) -> None:
    choice = choose_build(f"{lines}\n", "")
    assert choice.build == build
    assert re.search(reason, choice.reason), choice.reason


@pytest.mark.parametrize(
    ("names", "build", "reason"),
    [
        # Integrated graphics are listed beside the card.
        (["gfx1036", "gfx1201"], "rocm7.2", "gfx1201"),
        (["gfx1036"], "cpu", "No build of torch supports the AMD card gfx1036"),
        ([], "cpu", "Neither"),
    ],
)
def test_the_build_suits_the_architecture_of_amd_cards(names: list[str], build: str, reason: str) -> None:
    output = PROCESSOR + "".join(AGENT.format(name=name) for name in names)
    assert amd_architectures(output) == names
    choice = choose_build(NO_DRIVER, output)
    assert choice.build == build and reason in choice.reason


def test_a_card_of_nvidia_is_preferred_if_it_can_be_used() -> None:
    amd = AGENT.format(name="gfx1100")
    assert choose_build("NVIDIA GeForce RTX 4090, 8.9, 580.65.06\n", amd).build == "cu130"
    assert choose_build("GeForce GTX 780, 3.5, 470.256.02\n", amd).build == "rocm7.2"
    for nothing in ("", NO_DRIVER, "No devices were found\n", "a, b, c\n" * 1000, "9" * 10_000):
        assert choose_build(nothing, nothing).build == "cpu"


# Installs a package and notes its command line, as uv does with a target folder.
UV = """\
echo "$@" > "{calls}"
while [ "$1" != --target ]; do shift; done
mkdir -p "$2/torch" && echo build > "$2/torch/__init__.py"
"""


@LINUX
def test_a_build_is_tried_and_used_from_a_folder_beside_the_versions(tmp_path: Path, fake: Fake) -> None:
    generate = f'grep -q build "$PYTHONPATH/torch/__init__.py" && echo "$@" > "{tmp_path}/draw" && {DRAW}'
    bundle = write_installation(tmp_path / "a place", "1.0", None, generate=generate)
    installation = Installation.containing(bundle)
    fake("uv", UV.format(calls=tmp_path / "calls"))
    fake("nvidia-smi", 'echo "NVIDIA GeForce RTX 4090, 8.9, 580.65.06"')
    use_build(bundle, "auto")
    assert "--torch-backend=cu130" in (tmp_path / "calls").read_text()
    assert "torch==2.13.0\n" in (tmp_path / "calls").read_text()
    assert "--device cuda:0" in (tmp_path / "draw").read_text()
    folder = installation.place / "torch" / TORCH
    assert check_bundle(folder).is_intact and sorted(path.name for path in folder.iterdir()) == [
        "manifest.json",
        "torch",
    ]
    shown = launched(bundle)
    assert shown[0] == f"{bundle}/../../torch/{TORCH}"
    # A build that fails leaves the one before it in use.
    fake("uv", UV.format(calls=tmp_path / "calls").replace("echo build", "echo broken"))
    with pytest.raises(Problem, match="does not draw"):
        use_build(bundle, "cu126")
    fake("uv", "exit 1")
    with pytest.raises(Problem, match="could not install the build cu126"):
        use_build(bundle, "cu126")
    assert check_bundle(folder).is_intact and [path.name for path in folder.parent.iterdir()] == [TORCH]
    use_build(bundle, "cpu")
    assert launched(bundle)[0] == "unset" and not folder.exists()


@LINUX
def test_without_uv_or_a_card_the_build_for_the_processor_stays(
    tmp_path: Path, fake: Fake, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = write_installation(tmp_path / "place", "1.0", None)
    fake("nvidia-smi", f'echo "{NO_DRIVER}"; exit 9')
    fake("rocminfo", "exit 1")
    use_build(bundle, "auto")
    assert "Neither nvidia-smi nor rocminfo" in capsys.readouterr().err
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(Problem, match="uv, which is not installed"):
        use_build(bundle, "cu130")
    assert launched(bundle)[0] == "unset"


@LINUX
def test_removal_and_updates_delete_builds_that_no_version_uses(tmp_path: Path, fake: Fake) -> None:
    bundle = write_installation(tmp_path / "place", "1.0", None, generate=DRAW)
    installation = Installation.containing(bundle)
    fake("uv", UV.format(calls=tmp_path / "calls"))
    use_build(bundle, "cu130")
    folder = installation.place / "torch" / TORCH
    other = folder.rename(folder.with_name("2.12.0-cp311"))
    use_build(bundle, "cu130")
    assert folder.is_dir() and not other.exists()
    assert installation.remove() == [] and not installation.place.exists()


def launched(bundle: Path) -> list[str]:
    """Return what the stand-in for Python shows when the launcher starts it: its PYTHONPATH first."""
    shown: str = subprocess.check_output([bundle / "AppRun", "inspect"], text=True)
    return shown.splitlines()
