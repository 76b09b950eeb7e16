"""The system libraries that Qt needs on Linux, and the commands that install missing ones.

The installer uses this module before anything is installed, so it imports only the standard library.
"""

from __future__ import annotations

import ctypes
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

# Each of these environment variables names a screen.
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
_LDD_SECONDS = 30.0
# Matches a line in the output of ldd.
_MISSING = re.compile(r"^\s*(\S+) => not found", re.MULTILINE)
# Matches an error of the dynamic loader.
_NOT_OPENED = re.compile(r"^(\S+\.so[.\d]*): cannot open shared object file")

# The packages of libraries in Debian and its derivatives. The libraries are the ELF dependencies of Qt6Gui, Qt6Widgets,
# Qt6Network and Qt6DBus, of the xcb plugin, and of the Wayland plugin with its shell integrations.
ALWAYS = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libzstd.so.1": "libzstd1",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
}
X11 = {
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
WAYLAND = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
DEBIAN = ALWAYS | X11 | WAYLAND
# The packages of libraries in Arch Linux, except those whose name starts with the package name "libxcb" or "wayland".
ARCH = {
    "libEGL.so.1": "libglvnd",
    "libGL.so.1": "libglvnd",
    "libX11.so.6": "libx11",
    "libX11-xcb.so.1": "libx11",
    "libxkbcommon.so.0": "libxkbcommon",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11",
    "libfontconfig.so.1": "fontconfig",
    "libfreetype.so.6": "freetype2",
    "libglib-2.0.so.0": "glib2",
    "libdbus-1.so.3": "dbus",
    "libzstd.so.1": "zstd",
    "libgssapi_krb5.so.2": "krb5",
    "libxcb-cursor.so.0": "xcb-util-cursor",
    "libxcb-icccm.so.4": "xcb-util-wm",
    "libxcb-image.so.0": "xcb-util-image",
    "libxcb-keysyms.so.1": "xcb-util-keysyms",
    "libxcb-render-util.so.0": "xcb-util-renderutil",
    "libxcb-util.so.1": "xcb-util",
}


def has_screen(environ: Mapping[str, str]) -> bool:
    """Return True if there is a screen for a window. A platform set by QT_QPA_PLATFORM is assumed to have one."""
    return not sys.platform.startswith("linux") or any(environ.get(name) for name in SCREENS)


def window_problem(environ: Mapping[str, str]) -> str:
    """Return a sentence that explains why Qt cannot open a window and how to fix it, or "" if it can.

    The window needs one of Qt's platform plugins, and the network library for its single-instance socket.
    """
    failures = [
        failure
        for alternatives in (_find_plugins(environ), _find_network_library())
        if (failure := _find_loading_failure(alternatives)) is not None
    ]
    # All at once, so that one command installs them.
    missing = [name for _, names, _ in failures for name in names]
    if missing:
        return missing_libraries_message(list(dict.fromkeys(missing)))
    return next((f"Qt cannot load {library}: {reason}" for library, _, reason in failures), "")


def _find_loading_failure(alternatives: Sequence[Path]) -> tuple[Path, list[str], str] | None:
    """Try to load one of several alternative libraries. If all fail, return the first one, the names of missing
    libraries that it needs, and the loader's message. Returns None on success or if there are no alternatives.
    """
    first: tuple[Path, str] | None = None
    for library in alternatives:
        try:
            ctypes.CDLL(str(library))
            return None
        except OSError as error:
            first = first or (library, str(error))
    if first is None:
        return None
    library, reason = first
    return library, _find_missing_dependencies(library) or _NOT_OPENED.findall(reason), reason


def missing_libraries_message(missing: Sequence[str], debian: Mapping[str, str] = DEBIAN) -> str:
    """Return a sentence that names the system libraries missing for Qt and the command that installs them."""
    what = f"Qt lacks the system librar{'y' if len(missing) == 1 else 'ies'} {', '.join(missing)}"
    command = install_command(missing, debian)
    return f"{what}; install by: {command}" if command else f"{what}; install with the system's package manager"


def install_command(missing: Sequence[str], debian: Mapping[str, str] = DEBIAN) -> str:
    """Return the command that installs missing system libraries with the package manager of this Linux, or "" if it is
    unknown.
    """
    command = ""
    packages: list[str] = []
    if shutil.which("apt-get"):
        command = "apt-get install -y"
        packages = [debian[name] for name in missing if name in debian]
    elif shutil.which("dnf"):
        command = "dnf install -y"
        packages = [f"'{name}()(64bit)'" for name in missing]
    elif shutil.which("zypper"):
        command = "zypper install -y"
        packages = [f"'{name}()(64bit)'" for name in missing]
    elif shutil.which("pacman"):
        command = "pacman -S --needed"
        packages = [found for name in missing if (found := _name_arch_package(name))]
    if not packages:
        return ""
    return command_as_root(f"{command} {' '.join(dict.fromkeys(packages))}")


def command_as_root(command: str) -> str:
    """Return the command line with which this user runs a command as root.

    Debian installs no sudo if root has a password. `su -` has the folders of the tools that a package manager runs.
    """
    if not os.geteuid():
        return command
    return f"sudo {command}" if shutil.which("sudo") else f"su - -c {shlex.quote(command)}"


def _name_arch_package(library: str) -> str:
    beginnings = {"libxcb": "libxcb", "libwayland": "wayland"}
    return ARCH.get(library) or next((found for name, found in beginnings.items() if library.startswith(name)), "")


def _find_plugins(environ: Mapping[str, str]) -> list[Path]:
    """Return the files of the Qt platform plugins that Qt would try in this environment (Wayland, X11, …). Plugins
    outside the usual folders are omitted. Linux only.
    """
    if not sys.platform.startswith("linux"):
        return []
    if named := environ.get("QT_QPA_PLATFORM"):
        names = [part.partition(":")[0] for part in named.split(";")]
    else:
        screens = {"WAYLAND_DISPLAY": "wayland", "DISPLAY": "xcb"}
        names = [plugin for screen, plugin in screens.items() if environ.get(screen)]
    own = environ.get("QT_QPA_PLATFORM_PLUGIN_PATH")
    folders = [Path(own)] if own else []
    if qt := _find_qt_folder():
        folders.append(qt / "plugins" / "platforms")
    files = [f"libq{name}{kind}.so" for name in names for kind in ("", "-generic")]
    found = (next((folder / file for folder in folders if (folder / file).is_file()), None) for file in files)
    return [path for path in found if path is not None]


def _find_network_library() -> list[Path]:
    """Return a list with the path of Qt's network library on Linux, or [] if the file is not found."""
    qt = _find_qt_folder() if sys.platform.startswith("linux") else None
    library = qt / "lib" / "libQt6Network.so.6" if qt else None
    return [library] if library and library.is_file() else []


def _find_qt_folder() -> Path | None:
    """Return the folder of the Qt libraries inside the package PySide6, or None if it is not installed."""
    package = find_spec("PySide6")
    return Path(package.origin).parent / "Qt" if package is not None and package.origin else None


def _find_missing_dependencies(plugin: Path) -> list[str]:
    """Return the names of system libraries that a Qt plugin needs, directly or indirectly, and that
    are not installed.
    """
    try:
        command = ["ldd", str(plugin)]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=_LDD_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return list(dict.fromkeys(_MISSING.findall(done.stdout)))
