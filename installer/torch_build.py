"""Choice of the torch build for this machine, from pip's index or the one that uv knows."""

from __future__ import annotations

import os
import platform
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from installer.console import report, run_captured, run_visible
from installer.problems import require_room

# Time limit for the index of torch's builds.
ASK_SECONDS = 15.0
# Time limit for installing uv. With an unreachable index, pip gives up much earlier.
FETCH_SECONDS = 60.0
# If uv's hosts cannot be reached, pip may have a mirror.
HURRY = {"UV_HTTP_RETRIES": "0", "UV_HTTP_TIMEOUT": "10"}


@dataclass(frozen=True)
class Build:
    """Build of torch, with its download and disk sizes in GB."""

    name: str
    download: float
    disk: float


CPU = Build("CPU build", 0.2, 0.8)
CUDA = Build("build with CUDA", 2.8, 5.0)
REST = Build("everything but torch", 0.14, 0.63)


def install_torch(python: Path, *, version: str, constraints: Path) -> bool:
    """Install the build for this machine by uv. Return False if pip should install torch instead."""
    gpu = accelerator()
    offered = offered_versions(python)
    if pip_is_right(version, system=platform.system(), gpu=gpu, offered=offered):
        _announce(CPU, version, tool="pip", folder=python.parent)
        return False
    with tempfile.TemporaryDirectory(prefix="gdm-studio-") as scratch:
        if _by_uv(python, Path(scratch), version=version, constraints=constraints):
            return True
    left = CPU if f"{version}+cpu" in offered or platform.system() != "Linux" else CUDA
    if left is CUDA and gpu != "NVIDIA":
        report("The smaller CPU build of torch is not available here; pip's build with CUDA also works on the CPU.")
    _announce(left, version, tool="pip", folder=python.parent)
    return False


def pip_is_right(version: str, *, system: str, gpu: str | None, offered: Sequence[str]) -> bool:
    """Return True if pip's index certainly offers the right build, so that uv is not needed.

    `gpu` is "NVIDIA", "AMD" or None; `offered` are the versions pip sees. On Linux a public wheel of torch
    carries CUDA, on Windows it does not; on macOS there is but one build.
    """
    if system == "Darwin":
        return True
    if gpu is not None:
        return False
    return system == "Windows" or f"{version}+cpu" in offered


def accelerator() -> str | None:
    """Return "NVIDIA" or "AMD" if a graphics card with a working driver is found, otherwise None."""
    nvidia = shutil.which("nvidia-smi")
    if nvidia and "GPU" in _answer([nvidia, "-L"]):
        return "NVIDIA"
    if Path("/proc/driver/nvidia/version").exists():
        return "NVIDIA"
    return "AMD" if Path("/dev/kfd").exists() else None


def offered_versions(python: Path) -> tuple[str, ...]:
    """Return the versions of torch that pip, as the user configured it, can install. Empty if unknown."""
    answer = _answer([str(python), "-m", "pip", "index", "versions", "torch", "--disable-pip-version-check"])
    listed = re.search(r"Available versions: (.*)", answer)
    return tuple(listed[1].strip().split(", ")) if listed else ()


def _by_uv(python: Path, scratch: Path, *, version: str, constraints: Path) -> bool:
    uv = shutil.which("uv") or _fetch_uv(python, scratch, constraints)
    if not uv:
        return False
    install = [uv, "pip", "install", "--python", str(python), "--torch-backend=auto"]
    install += ["--constraints", str(constraints), f"torch=={version}"]
    report("Asking which build of torch suits this machine ...")
    hurry = os.environ | HURRY
    answer = run_captured([*install, "--dry-run"], seconds=ASK_SECONDS, env=hurry)
    if not answer.ok:
        report("The index of torch's builds cannot be reached; pip takes over.")
        return False
    chosen = re.search(r"torch==(\S+)", answer.output)
    found = chosen[1] if chosen else version
    _announce(CPU if found.endswith("+cpu") else CUDA, found, tool="uv", folder=python.parent)
    # The host of the wheels may be unreachable although the index is not.
    if run_visible(install, env=hurry).ok:
        return True
    report("uv could not install torch; pip takes over.")
    return False


def _fetch_uv(python: Path, folder: Path, constraints: Path) -> str | None:
    """Download uv (25 MB) into a temporary folder, and return its path or None."""
    report("Fetching uv, which knows torch's builds (25 MB, not kept) ...")
    fetch = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    fetch += ["--retries", "1", "--timeout", "5", "--target", str(folder), "-c", str(constraints), "uv"]
    if not run_captured(fetch, seconds=FETCH_SECONDS).ok:
        return None
    return shutil.which("uv", path=str(folder / "bin"))


def _announce(build: Build, version: str, *, tool: str, folder: Path) -> None:
    """Print the size of the download. Raises Problem if the disk has no room for all packages."""
    report(
        f"torch {version}, {build.name}, by {tool}: about {build.download:g} GB to download, {build.disk:g} GB on disk."
    )
    require_room(folder, build.disk + REST.disk)


def _answer(command: Sequence[str]) -> str:
    return run_captured(command, seconds=20).output
