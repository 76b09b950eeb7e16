"""Builds of torch for graphics cards, in folders beside the versions of an installed bundle.

The launcher of a version puts the folder with its versions of torch and Python first in the search path. Without such
a folder, the CPU build in the version itself is used.
"""

from __future__ import annotations

import os
import shutil
from importlib.metadata import distributions
from pathlib import Path

from gdm_studio.common.program_bundle import write_manifest
from installer.bundle.gpu import AMD_QUERY, NVIDIA_QUERY, Choice, choose_build
from installer.bundle.installation import PARTIAL, TORCH, Installation, manifest_of, remove_listed
from installer.bundle.trial import try_image
from installer.console import report, run_captured, run_visible
from installer.problems import Problem, require_room

CPU = "cpu"
AUTO = "auto"
# GB that a build with its libraries takes on disk.
ROOM = 8.0


def use_build(bundle: Path, wanted: str) -> None:
    """Install the build of torch with a name, such as cu130, or the one for this computer ("auto").

    A new build is tried with one image before it is used. "cpu" removes the build. Raises Problem.
    """
    installation = Installation.containing(bundle)
    name = manifest_of(bundle)["torch"]
    choice = _detect() if wanted == AUTO else Choice(wanted, "")
    if choice.reason:
        report(choice.reason)
    with installation.alone():
        installation.require_stopped()
        installation.clean()
        folder = installation.place / TORCH / name
        if choice.build == CPU:
            if folder.exists():
                remove_listed(folder)
            report("The CPU build of torch is in use.")
            return
        partial = folder.with_name(f"{PARTIAL}{name}")
        partial.mkdir(parents=True)
        try:
            _install(bundle, name, choice.build, partial)
            report("Trying it ...")
            try_image(bundle / "python" / "bin" / "python3", partial, installation.versions)
            write_manifest(partial, {"name": TORCH, "version": name, "build": choice.build})
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        if folder.exists():
            remove_listed(folder)
        partial.rename(folder)
    report(f"The build {choice.build} of torch is in use; --torch cpu goes back.")


def _detect() -> Choice:
    outputs = []
    for query in (NVIDIA_QUERY, AMD_QUERY):
        answer = run_captured(query, seconds=60)
        outputs.append(answer.output if answer.ok else "")
    return choose_build(*outputs)


def _install(bundle: Path, name: str, build: str, folder: Path) -> None:
    """Install a build of torch by uv, which knows where builds are. Other packages keep the bundle's versions."""
    uv = shutil.which("uv")
    if uv is None:
        raise Problem(f"The build {build} is fetched by uv, which is not installed; install uv and run this again.")
    require_room(folder, ROOM, "The build")
    pins = folder / "constraints.txt"
    others = {each.name: each.version for each in distributions() if each.name not in ("torch", "gdm-studio")}
    pins.write_text("".join(f"{package}=={version}\n" for package, version in sorted(others.items())), "utf-8")
    command: list[str | Path] = [
        uv,
        "pip",
        "install",
        "--target",
        folder,
        "--constraints",
        pins,
        f"--torch-backend={build}",
    ]
    command += ["--python", bundle / "python" / "bin" / "python3", f"torch=={name.split('-')[0]}"]
    if not run_visible(command, env=os.environ).ok:
        raise Problem(f"uv could not install the build {build}; the CPU build stays in use.")
    pins.unlink()
