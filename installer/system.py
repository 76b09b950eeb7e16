"""What the machine itself must bring: a display, the libraries Qt loads, a virtual screen for tests."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence

from installer.console import ask, say
from installer.problems import Problem

HEADLESS = 'python3 installer run generate "a red apple"'


def has_display(environ: Mapping[str, str]) -> bool:
    """Whether a window can be opened here; a platform named by hand (QT_QPA_PLATFORM) is believed."""
    if not sys.platform.startswith("linux"):
        return True
    return any(environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def require_display(environ: Mapping[str, str]) -> None:
    """Refuse in a sentence where no window can be opened."""
    if not has_display(environ):
        raise Problem(f"There is no display to open a window on; make pictures without one by: {HEADLESS}")


def missing_libraries(names: Collection[str]) -> tuple[str, ...]:
    """Those of the shared libraries `names` that the dynamic loader cannot open, in the order given."""
    return tuple(name for name in names if not _loads(name))


def needed_libraries(environ: Mapping[str, str]) -> dict[str, str]:
    """Library -> Debian package, for what Qt loads on the display that `environ` tells of."""
    if not sys.platform.startswith("linux"):
        return {}
    needed = dict(_ALWAYS)
    if environ.get("DISPLAY"):
        needed |= _X11
    if environ.get("WAYLAND_DISPLAY"):
        needed |= _WAYLAND
    return needed


def ensure_libraries(needed: Mapping[str, str]) -> None:
    """Install what is missing of `needed` (library -> package), else raise with the line that does."""
    missing = missing_libraries(needed)
    if missing and may_install():
        apt_install(needed[name] for name in missing)
        missing = missing_libraries(needed)
    if missing:
        raise Problem(f"Qt lacks system libraries; this line installs them: {_line(missing, needed)}")


def ensure_xvfb() -> None:
    """Install the virtual screen for tests of real windows where we may; else those are skipped."""
    if sys.platform.startswith("linux") and not shutil.which("Xvfb") and may_install():
        try:
            apt_install(["xvfb"])
        except Problem as problem:
            say(f"Without a virtual screen, tests of real windows are skipped: {problem}")


def may_install() -> bool:
    """Whether system packages can be installed without asking anyone: root on a Debian family."""
    return shutil.which("apt-get") is not None and os.geteuid() == 0


def apt_install(packages: Iterable[str]) -> None:
    """Install Debian packages, showing the command; raises Problem with the line to type where that fails."""
    command = ["apt-get", "install", "-y", "--no-install-recommends", *dict.fromkeys(packages)]
    say("System packages: " + " ".join(command))
    if not _apt(command) and not (_apt(["apt-get", "update"]) and _apt(command)):
        raise Problem(f"apt-get could not install them; this line shows why: sudo {' '.join(command)}")


def _apt(command: Sequence[str]) -> bool:
    quiet = [command[0], "-qq", "-o", "DPkg::Lock::Timeout=120", *command[1:]]
    return ask(quiet, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}).ok


def _line(missing: Sequence[str], needed: Mapping[str, str]) -> str:
    if shutil.which("apt-get"):
        return "sudo apt-get install -y " + " ".join(dict.fromkeys(needed[name] for name in missing))
    if shutil.which("dnf"):
        return "sudo dnf install -y " + " ".join(f"'{name}()(64bit)'" for name in missing)
    return "your package manager's, for " + " ".join(missing)


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


# Read off the libraries' own tables of what they load: Qt6Gui, Qt6Widgets and Qt6DBus; the xcb plugin; the
# Wayland plugin with its shell integrations.
_ALWAYS = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libzstd.so.1": "libzstd1",
}
_X11 = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
_WAYLAND = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
