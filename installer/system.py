"""System requirements: a display, the libraries of Qt, and a virtual screen for tests."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence

from gdm_studio.common import system_libraries
from installer.console import report, run_captured
from installer.problems import Problem

HEADLESS = 'python3 installer run generate "a red apple"'


def require_display(environ: Mapping[str, str]) -> None:
    """Raise Problem if there is no display."""
    if not system_libraries.has_screen(environ):
        raise Problem(f"There is no display to open a window on; make pictures without one by: {HEADLESS}")


def missing_libraries(names: Collection[str]) -> tuple[str, ...]:
    """Return the shared libraries in `names` that the dynamic loader cannot open, in the same order."""
    return tuple(name for name in names if not _loads(name))


def needed_libraries(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the libraries that Qt loads on the display in `environ`, with their Debian packages."""
    if not sys.platform.startswith("linux"):
        return {}
    needed = dict(system_libraries.ALWAYS)
    if environ.get("DISPLAY"):
        needed |= system_libraries.X11
    if environ.get("WAYLAND_DISPLAY"):
        needed |= system_libraries.WAYLAND
    return needed


def ensure_libraries(needed: Mapping[str, str]) -> None:
    """Install the missing libraries of `needed` (library -> package). Raises Problem with a command."""
    missing = missing_libraries(needed)
    if missing and may_install():
        apt_install(needed[name] for name in missing)
        missing = missing_libraries(needed)
    if missing:
        raise Problem(system_libraries.missing_libraries_message(missing, needed))


def ensure_xvfb() -> None:
    """Install the virtual screen for tests of real windows, if possible. Without it these tests are skipped."""
    if sys.platform.startswith("linux") and not shutil.which("Xvfb") and may_install():
        try:
            apt_install(["xvfb"])
        except Problem as problem:
            report(f"Without a virtual screen, tests of real windows are skipped: {problem}")


def may_install() -> bool:
    """Return True if system packages can be installed without a password: root on Debian or a derivative."""
    return shutil.which("apt-get") is not None and os.geteuid() == 0


def apt_install(packages: Iterable[str]) -> None:
    """Print and run the command that installs Debian packages. Raises Problem with the command if it fails."""
    command = ["apt-get", "install", "-y", "--no-install-recommends", *dict.fromkeys(packages)]
    report("System packages: " + " ".join(command))
    if not _run_apt(command) and not (_run_apt(["apt-get", "update"]) and _run_apt(command)):
        raise Problem(f"apt-get could not install them; this line shows why: {' '.join(command)}")


def by_apt(package: str) -> str:
    """Return the command line with which this user installs a Debian package."""
    return system_libraries.command_as_root(f"apt-get install -y {package}")


def _run_apt(command: Sequence[str]) -> bool:
    quiet = [command[0], "-qq", "-o", "DPkg::Lock::Timeout=120", *command[1:]]
    return run_captured(quiet, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}).ok


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
