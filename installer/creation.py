"""Making an empty environment with pip in it, also where Debian has split `venv` off Python."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from installer.console import ask, say
from installer.problems import Problem, diagnose, require_room
from installer.system import apt_install, may_install

BARE = 0.1  # GB of an environment with nothing but pip


def create(folder: Path, python: Path) -> None:
    """Make `folder` a virtual environment whose own Python is `python`, with pip; replaces what is there."""
    require_room(folder.parent, BARE)
    shutil.rmtree(folder, ignore_errors=True)
    made = ask([base_python(), "-m", "venv", folder])
    if made.ok:
        return
    if not re.search(r"ensurepip is not\s+available|No module named '?(venv|ensurepip)", made.output):
        raise Problem(diagnose(made.output, "Making the environment"))
    if _bare(folder) and add_pip(python):
        return
    shutil.rmtree(folder, ignore_errors=True)
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if not may_install():
        raise Problem(f"This Python has no venv; this line installs it: sudo apt-get install -y {package}")
    apt_install([package])
    made = ask([base_python(), "-m", "venv", folder])
    if not made.ok:
        raise Problem(diagnose(made.output, "Making the environment"))


def add_pip(python: Path) -> bool:
    """Bring pip into the environment of `python` with whatever is at hand; False where nothing is."""
    ways = [
        [str(python), "-m", "ensurepip", "--default-pip"],
        [base_python(), "-m", "pip", "--python", str(python), "install", "pip"],
    ]
    if uv := shutil.which("uv"):
        ways.append([uv, "pip", "install", "--python", str(python), "pip"])
    return any(ask(way).ok and has_pip(python) for way in ways)


def has_pip(python: Path) -> bool:
    """Whether the environment's pip starts."""
    return ask([python, "-m", "pip", "--version"]).ok


def base_python() -> str:
    """The Python that environments are made of: this one, or the one behind the environment this runs in."""
    return getattr(sys, "_base_executable", None) or sys.executable


def _bare(folder: Path) -> bool:
    say("This Python comes without ensurepip; bringing pip in another way.")
    return ask([base_python(), "-m", "venv", "--clear", "--without-pip", folder]).ok
