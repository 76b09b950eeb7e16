"""Creation of an empty virtual environment with pip, also where Debian has split `venv` off Python."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from installer.console import report, run_captured
from installer.problems import Problem, diagnose, require_room
from installer.system import apt_install, by_apt, may_install

# Size in GB of an environment that contains only pip.
BARE = 0.1


def create(folder: Path, python: Path) -> None:
    """Create a virtual environment with pip in `folder`, replacing its contents. Its Python will be `python`."""
    require_room(folder.parent, BARE)
    shutil.rmtree(folder, ignore_errors=True)
    made = run_captured([base_python(), "-m", "venv", folder])
    if made.ok:
        return
    if not re.search(r"ensurepip is not\s+available|No module named '?(venv|ensurepip)", made.output):
        raise Problem(diagnose(made.output, "Making the environment"))
    if _bare(folder) and add_pip(python):
        return
    shutil.rmtree(folder, ignore_errors=True)
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if not may_install():
        raise Problem(f"This Python has no venv; this line installs it: {by_apt(package)}")
    apt_install([package])
    made = run_captured([base_python(), "-m", "venv", folder])
    if not made.ok:
        raise Problem(diagnose(made.output, "Making the environment"))


def add_pip(python: Path) -> bool:
    """Install pip into the environment of `python` by ensurepip, another pip or uv. Return False if all fail."""
    ways = [
        [str(python), "-m", "ensurepip", "--default-pip"],
        [base_python(), "-m", "pip", "--python", str(python), "install", "pip"],
    ]
    if uv := shutil.which("uv"):
        ways.append([uv, "pip", "install", "--python", str(python), "pip"])
    return any(run_captured(way).ok and has_pip(python) for way in ways)


def has_pip(python: Path) -> bool:
    """Return True if the environment's pip starts."""
    return run_captured([python, "-m", "pip", "--version"]).ok


def base_python() -> str:
    """Return the Python to create environments from: the base of this one if it runs in an environment."""
    return getattr(sys, "_base_executable", None) or sys.executable


def _bare(folder: Path) -> bool:
    report("This Python comes without ensurepip; installing pip in another way.")
    return run_captured([base_python(), "-m", "venv", "--clear", "--without-pip", folder]).ok
