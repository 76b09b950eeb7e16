"""Bundles for Windows and macOS: a folder, or an application, that is unpacked from a .zip and started.

The Python that runs this must be relocatable, such as one installed by uv.
"""

from __future__ import annotations

import platform
import plistlib
import shutil
import sys
from pathlib import Path

from gdm_studio.common.program_bundle import write_manifest
from installer.bundle.contents import add_contents
from installer.bundle.interpreter import UNUSED_FOLDERS, VERSION
from installer.bundle.licences import copy_python_licence
from installer.console import report, run_captured
from installer.environment import Environment
from installer.menu import ID, NAME, app_properties
from installer.problems import Problem

SYSTEMS = {"win32": "windows", "darwin": "macos"}
# Folders beside the standard library that GDM Studio never uses.
UNUSED = (*UNUSED_FOLDERS, "Doc", "Tools", "include", "libs", "pkgconfig", "share", "tcl", "tcl8*", "tk8*", "itcl*")
# %~dp0 is the folder of the script. The program runs isolated from the user's Python, as on Linux.
_SETTINGS = """\
@echo off
setlocal
set PYTHONHOME=
set PYTHONPATH=
set PYTHONSTARTUP=
set PYTHONNOUSERSITE=1
set PYTHONDONTWRITEBYTECODE=1
"""
CONSOLE_SCRIPT = _SETTINGS + '"%~dp0python\\python.exe" -P -m gdm_studio %*\n'
# pythonw opens no console beside the window.
WINDOW_SCRIPT = _SETTINGS + 'start "" "%~dp0python\\pythonw.exe" -P -m gdm_studio %*\n'
APP_SCRIPT = """\
#!/bin/sh
here=$(cd "$(dirname "$0")/../Resources" && pwd -P)
unset PYTHONHOME PYTHONPATH PYTHONSTARTUP
export PYTHONNOUSERSITE=1 PYTHONDONTWRITEBYTECODE=1
exec "$here/python/bin/python3" -P -m gdm_studio "$@"
"""


def system_name() -> str:
    """Return the system and processor that a bundle built here runs on, such as linux-x86_64."""
    return f"{SYSTEMS.get(sys.platform, 'linux')}-{platform.machine().lower()}"


def build_portable(environment: Environment, scratch: Path, version: str) -> tuple[Path, Path]:
    """Build the folder or application for this system, and return it and its launcher. Raises Problem."""
    report("Copying Python and the packages ...")
    if sys.platform == "win32":
        top = folder = scratch / f"{ID}-{version}"
        launcher = write_scripts(folder)
    else:
        top = scratch / f"{NAME}.app"
        folder = top / "Contents" / "Resources"
        launcher = write_app(top, version, environment.root / "resources" / "app" / f"{ID}.icns")
    python = copy_relocatable(folder / "python")
    add_contents(environment, folder, python)
    copy_python_licence(folder)
    write_manifest(folder, {"name": ID, "version": version, "system": system_name()})
    return top, launcher


def copy_relocatable(folder: Path) -> Path:
    """Copy the Python that runs this, without its packages, and return the copy's executable."""
    shutil.copytree(sys.base_prefix, folder, symlinks=True, ignore=shutil.ignore_patterns(*UNUSED))
    return folder / ("python.exe" if sys.platform == "win32" else f"bin/{VERSION}")


def write_scripts(folder: Path) -> Path:
    """Write the launchers of Windows, and return the one for a console."""
    folder.mkdir(parents=True)
    (folder / f"{NAME}.cmd").write_bytes(WINDOW_SCRIPT.replace("\n", "\r\n").encode())
    console = folder / f"{ID}.cmd"
    console.write_bytes(CONSOLE_SCRIPT.replace("\n", "\r\n").encode())
    return console


def write_app(top: Path, version: str, icon: Path) -> Path:
    """Write launcher, properties and icon of an application of macOS, and return the launcher."""
    launcher = top / "Contents" / "MacOS" / ID
    launcher.parent.mkdir(parents=True)
    launcher.write_text(APP_SCRIPT, encoding="utf-8")
    launcher.chmod(0o755)
    properties = app_properties() | {"CFBundleShortVersionString": version, "CFBundleVersion": version}
    (top / "Contents" / "Info.plist").write_bytes(plistlib.dumps(properties))
    (top / "Contents" / "Resources").mkdir()
    shutil.copyfile(icon, top / "Contents" / "Resources" / icon.name)
    return launcher


def write_zip(top: Path, to: Path) -> None:
    """Pack a folder as .zip. On macOS its own tool does so, which keeps links and permissions. Raises Problem."""
    if sys.platform == "darwin":
        answer = run_captured(["ditto", "-c", "-k", "--keepParent", top, to])
        if not answer.ok:
            raise Problem(f"Packing failed: {answer.output.strip()}")
    else:
        shutil.make_archive(str(to.with_suffix("")), "zip", top.parent, top.name)
