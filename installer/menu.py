"""Entry in the user's applications menu: a .desktop file, a shortcut in the Start menu, or an .app."""

from __future__ import annotations

import os
import plistlib
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from installer.console import report, run_captured
from installer.environment import WINDOWS, Environment
from installer.problems import Problem

NAME = "GDM Studio"
# The application id of the window on Linux.
ID = "gdm-studio"
OPEN_PNG = "--open-png"


@dataclass(frozen=True)
class MenuEntry:
    """Files of a menu entry. The first one contains the path of the command that the entry starts."""

    # The content of each file, or the file to copy.
    files: Mapping[Path, bytes | Path]
    # A folder that contains these files and no others.
    folder: Path | None = None
    # The executable among the files.
    runs: Path | None = None

    @property
    def is_there(self) -> bool:
        """True if the entry is installed and starts this installation."""
        path, content = next(iter(self.files.items()))
        try:
            return path.read_bytes() == content
        except OSError:
            return False

    def make(self) -> None:
        """Write the entry's files, replacing older ones. Raises OSError."""
        for path, content in self.files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.read_bytes() if isinstance(content, Path) else content)
        if self.runs is not None:
            self.runs.chmod(0o755)
        _tell_desktop(next(iter(self.files)).parent)

    def remove(self) -> bool:
        """Delete the entry if it starts this installation, and return True if it was deleted. Raises OSError."""
        if not self.is_there:
            return False
        if self.folder is not None:
            shutil.rmtree(self.folder)
            return True
        for path in self.files:
            path.unlink(missing_ok=True)
        _tell_desktop(next(iter(self.files)).parent)
        return True


class StartMenuShortcut(MenuEntry):
    """Shortcut on Windows. A PowerShell script in the environment creates the .lnk file and identifies its owner."""

    def make(self) -> None:
        super().make()
        script = next(iter(self.files))
        if not run_captured(["powershell", "-NoProfile", "-ExecutionPolicy", "Bypass", "-File", script], seconds=60).ok:
            script.unlink()
            raise Problem("PowerShell could not write the shortcut; the program runs without it as before.")

    def remove(self) -> bool:
        removed = super().remove()
        if removed:
            _find_shortcut(os.environ).unlink(missing_ok=True)
        return removed


def entry(environment: Environment, environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> MenuEntry:
    """Return the menu entry for this platform."""
    icons = environment.root / "resources" / "app"
    if platform == "win32":
        script = _build_shortcut_script(environment, icons / f"{ID}.ico", _find_shortcut(environ))
        return StartMenuShortcut({environment.folder / "start-menu.ps1": _encoded(script)})
    if platform == "darwin":
        return _build_app_entry(
            environment, icons, Path(environ.get("HOME", "~")).expanduser() / "Applications" / f"{NAME}.app"
        )
    command = f"{quoted(str(environment.python))} -P -m gdm_studio"
    return linux_entry(command, str(environment.python), icons / f"{ID}.svg", environ)


def linux_entry(command: str, program: str, icon: Path, environ: Mapping[str, str] = os.environ) -> MenuEntry:
    """Return the entry of the user's menu on Linux. See `desktop_file` for `command` and `program`."""
    data = Path(environ.get("XDG_DATA_HOME") or Path(environ.get("HOME", "~")).expanduser() / ".local" / "share")
    return MenuEntry(
        {
            data / "applications" / f"{ID}.desktop": _encoded(desktop_file(command, program)),
            data / "icons" / "hicolor" / "scalable" / "apps" / f"{ID}.svg": icon,
        }
    )


def menu(environment: Environment, args: Sequence[str]) -> int:
    """Install the menu entry. With --open-png, also make GDM Studio the default for PNG files."""
    if set(args) - {OPEN_PNG}:
        raise Problem(f"menu takes no argument but {OPEN_PNG}, and got: {' '.join(args)}")
    if not _can_be_entered(environment):
        folder = os.fsencode(environment.root).decode(errors="backslashreplace")
        raise Problem(f"The menu takes only paths that are UTF-8, unlike {folder}; rename the folder.")
    if not environment.ready():
        environment.make()
    entry(environment).make()
    report(f"{NAME} is in the applications menu now; PNG files can be opened with it. `uninstall` takes it away.")
    if args:
        _open_png()
    return 0


def offer(environment: Environment) -> None:
    """Ask once whether to install the entry, if stdin and stderr are terminals."""
    asked = environment.folder / "menu-offered"
    if asked.exists() or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return
    if not _can_be_entered(environment) or entry(environment).is_there:
        return
    report(f"Put {NAME} into the applications menu, so that it starts from there too? [Y/n] ")
    answer = sys.stdin.readline()
    asked.touch()
    if answer and not answer.strip().lower().startswith("n"):
        menu(environment, [])


def _open_png() -> None:
    if not sys.platform.startswith("linux"):
        raise Problem(f"Here the system asks which program opens PNG files: choose {NAME} under “Open with … always”.")
    if not run_captured(["xdg-mime", "default", f"{ID}.desktop", "image/png"], seconds=30).ok:
        raise Problem("xdg-mime could not do it; choose it by “Open with …” in the file manager.")
    report(f"PNG files open in {NAME} now: one of its own pictures with all its settings.")


def desktop_file(command: str, program: str) -> str:
    """Return a .desktop file that runs `command` if `program` exists (Desktop Entry Specification 1.5).

    Words of the command with special characters must be `quoted`.
    """
    return "\n".join(
        [
            "[Desktop Entry]",
            "Type=Application",
            f"Name={NAME}",
            "GenericName=Image maker",
            "Comment=Make pictures with diffusion models, step by step",
            f"Exec={command} %f",
            f"TryExec={_value(program)}",
            f"Icon={ID}",
            "Terminal=false",
            "Categories=Graphics;2DGraphics;RasterGraphics;",
            "Keywords=diffusion;AI;image;picture;icon;prompt;",
            "MimeType=image/png;",
            f"StartupWMClass={ID}",
            "StartupNotify=true",
            "",
        ]
    )


def quoted(text: str) -> str:
    """Return one word of a command for Exec: quoted as an argument, with its % doubled, then as a value."""
    for character in '\\"`$':
        text = text.replace(character, f"\\{character}")
    return _value(f'"{text}"'.replace("%", "%%"))


def _value(text: str) -> str:
    for character, escape in (("\\", "\\\\"), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        text = text.replace(character, escape)
    return text


def _build_app_entry(environment: Environment, icons: Path, folder: Path) -> MenuEntry:
    program = folder / "Contents" / "MacOS" / ID
    quoted = "'" + str(environment.python).replace("'", "'\\''") + "'"
    files: dict[Path, bytes | Path] = {
        program: _encoded(f'#!/bin/sh\nexec {quoted} -P -m gdm_studio "$@"\n'),
        folder / "Contents" / "Info.plist": plistlib.dumps(app_properties()),
        folder / "Contents" / "Resources" / f"{ID}.icns": icons / f"{ID}.icns",
    }
    return MenuEntry(files, folder, program)


def app_properties() -> dict[str, Any]:
    """Return the properties of an application of macOS, which opens PNG files if the user chooses so."""
    return {
        "CFBundleName": NAME,
        "CFBundleIdentifier": "org.gdm-studio",
        "CFBundleExecutable": ID,
        "CFBundleIconFile": ID,
        "CFBundlePackageType": "APPL",
        "NSHighResolutionCapable": True,
        "CFBundleDocumentTypes": [
            {"CFBundleTypeRole": "Editor", "LSHandlerRank": "Alternate", "LSItemContentTypes": ["public.png"]}
        ],
    }


def _find_shortcut(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("APPDATA", "")) / "Microsoft" / "Windows" / "Start Menu" / "Programs" / f"{NAME}.lnk"


def _build_shortcut_script(environment: Environment, icon: Path, shortcut: Path) -> str:
    """Return the PowerShell script of the shortcut. `pythonw` opens no console beside the window."""
    settings = {
        "TargetPath": environment.python.with_name("pythonw.exe"),
        "Arguments": "-P -m gdm_studio",
        "WorkingDirectory": environment.root,
        "IconLocation": icon,
    }
    lines = [f"$s.{name} = {_quote_powershell(value)}" for name, value in settings.items()]
    begin = f"$s = (New-Object -ComObject WScript.Shell).CreateShortcut({_quote_powershell(shortcut)})"
    return "; ".join(["$ErrorActionPreference = 'Stop'", begin, *lines, "$s.Save()"])


def _quote_powershell(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _can_be_entered(environment: Environment) -> bool:
    """Return True if the path of the installation is valid text, as menu entries require."""
    try:
        str(environment.root).encode()
    except UnicodeEncodeError:
        return False
    return True


def _encoded(text: str) -> bytes:
    """Return the bytes of a file. Bytes of a path that is not valid text are only compared, never written."""
    return text.encode(errors="surrogatepass")


def _tell_desktop(applications: Path) -> None:
    """Update the desktop's database of file types, on desktops that have one."""
    if not WINDOWS and shutil.which("update-desktop-database"):
        run_captured(["update-desktop-database", str(applications)], seconds=30)
