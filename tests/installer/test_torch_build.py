"""Choice of the torch build. An unreachable index delays the installation by seconds but does not break it."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from installer import torch_build
from installer.problems import Problem
from installer.torch_build import accelerator, install_torch, offered_versions, pip_is_right
from tests.installer.conftest import Fake

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")
VERSION = "2.13.0"
PUBLIC, WITH_CPU = (VERSION,), (f"{VERSION}+cpu", VERSION)


@pytest.mark.parametrize(
    ("system", "gpu", "offered", "right"),
    [
        ("Darwin", None, PUBLIC, True),
        ("Windows", None, PUBLIC, True),
        ("Windows", "NVIDIA", PUBLIC, False),
        ("Linux", None, WITH_CPU, True),  # pip is configured to have the small build
        ("Linux", None, PUBLIC, False),  # that one would bring gigabytes of CUDA
        ("Linux", None, (), False),
        ("Linux", "NVIDIA", WITH_CPU, False),
        ("Linux", "NVIDIA", PUBLIC, False),  # uv picks the CUDA that suits the driver
        ("Linux", "AMD", PUBLIC, False),
    ],
)
def test_pip_is_taken_where_it_is_surely_right(
    system: str, gpu: str | None, offered: Sequence[str], right: bool
) -> None:
    assert pip_is_right(VERSION, system=system, gpu=gpu, offered=offered) is right


def test_a_graphics_card_counts_only_with_a_working_driver(fake: Fake) -> None:
    if accelerator() is not None:
        pytest.skip("there is a real card here")
    fake("nvidia-smi", "echo 'NVIDIA-SMI has failed because it could not talk to the driver' >&2; exit 9")
    assert accelerator() is None
    fake("nvidia-smi", "echo 'GPU 0: NVIDIA H200 (UUID: ...)'")
    assert accelerator() == "NVIDIA"


def test_what_pip_offers_is_asked_of_pip(fake: Fake) -> None:
    python = fake("python", "echo 'torch (2.15.0)'; echo 'Available versions: 2.15.0, 2.13.0+cpu, 2.13.0'")
    assert offered_versions(python) == ("2.15.0", "2.13.0+cpu", "2.13.0")
    assert offered_versions(fake("mute", "exit 1")) == ()


def install(python: Path) -> bool:
    return install_torch(python, version=VERSION, constraints=Path("pins.txt"))


@pytest.fixture
def on_linux(monkeypatch: pytest.MonkeyPatch, fake: Fake) -> Path:
    """Simulate a Linux machine without a graphics card, whose pip offers only the public wheel."""
    monkeypatch.setattr(torch_build.platform, "system", lambda: "Linux")
    monkeypatch.setattr(torch_build, "accelerator", lambda: None)
    return fake("python", f"echo 'Available versions: {VERSION}'")


def test_uv_installs_where_its_index_answers(
    on_linux: Path, fake: Fake, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake("uv", f'echo "$@" >> "{tmp_path}/calls"; echo " + torch=={VERSION}+cpu"')
    assert install(on_linux)
    asked, installed = (tmp_path / "calls").read_text().splitlines()
    assert asked == f"{installed} --dry-run"
    assert f"--torch-backend=auto --constraints pins.txt torch=={VERSION}" in installed
    assert f"torch {VERSION}+cpu, CPU build" in capsys.readouterr().err


def test_uv_hurries_when_it_asks_and_when_it_installs(on_linux: Path, fake: Fake, tmp_path: Path) -> None:
    fake("uv", f'echo "$UV_HTTP_RETRIES retries, $UV_HTTP_TIMEOUT s" >> "{tmp_path}/calls"')
    assert install(on_linux)
    assert (tmp_path / "calls").read_text().splitlines() == ["0 retries, 10 s"] * 2


@pytest.mark.slow
def test_fetching_uv_is_bounded(fake: Fake, on_linux: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch_build, "FETCH_SECONDS", 1.0)
    python = fake("python", f'case "$*" in *index*) echo "Available versions: {VERSION}";; *) exec sleep 600;; esac')
    began = time.monotonic()
    assert not install(python)
    assert time.monotonic() - began < 300


@pytest.mark.slow
@pytest.mark.parametrize("uv", ["exit 2", "exec sleep 600", 'case "$*" in *--dry-run*) exit 0;; esac; exit 2'])
def test_pip_takes_over_from_a_uv_that_fails(
    uv: str, on_linux: Path, fake: Fake, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(torch_build, "ASK_SECONDS", 1.0)
    fake("uv", uv)
    began = time.monotonic()
    assert not install(on_linux)
    assert time.monotonic() - began < 300
    said = capsys.readouterr().err
    assert "pip takes over" in said
    assert "2.8 GB to download" in said  # before it is downloaded


def test_a_dead_index_is_given_up_within_20_seconds() -> None:
    assert torch_build.ASK_SECONDS < 20


def test_a_disk_without_room_is_refused_before_the_download(
    on_linux: Path, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake("uv", "exit 2")
    nearly_full = shutil.disk_usage("/")._replace(free=10**9)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: nearly_full)
    with pytest.raises(Problem, match=r"5\.6 GB .* 1\.0 GB are free"):
        install(on_linux)
