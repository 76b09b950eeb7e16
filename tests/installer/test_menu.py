"""Entry in the applications menu: its contents, the question before its installation, and its removal."""

from __future__ import annotations

import configparser
import io
import os
import plistlib
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from installer import commands
from installer.environment import Environment
from installer.menu import entry, offer
from tests.installer.conftest import Fake

ROOT = Path(__file__).parent.parent.parent
UNIX = pytest.mark.skipif(os.name == "nt", reason="a terminal of Unix")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Create an empty home folder."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    return tmp_path / "home"


@pytest.fixture
def project(tmp_path: Path) -> Environment:
    """Create the program in a folder whose name has all characters that a desktop file must quote."""
    root = tmp_path / 'a "new" $HOME 100% `x` \\ folder'
    shutil.copytree(ROOT / "resources" / "app", root / "resources" / "app")
    (root / ".venv").mkdir()
    (root / ".venv" / "pyvenv.cfg").touch()
    return Environment(root)


def desktop_file(home: Path) -> dict[str, str]:
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(home / ".local/share/applications/gdm-studio.desktop", encoding="utf-8")
    return dict(parser["Desktop Entry"])


def as_desktops_read(value: str) -> list[str]:
    """Parse the arguments of Exec: escapes of the value, then quotes as in a shell, then field codes."""
    script = "printf '%s\\n' " + value.replace("\\\\", "\\")
    parts = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout.splitlines()
    return ["PICTURE" if part == "%f" else part.replace("%%", "%") for part in parts]


@UNIX
def test_the_entry_starts_this_program_with_a_picture(home: Path, project: Environment) -> None:
    entry(project).make()
    told = desktop_file(home)
    assert as_desktops_read(told["Exec"]) == [str(project.python), "-P", "-m", "gdm_studio", "PICTURE"]
    assert told["TryExec"].replace("\\\\", "\\") == str(project.python)
    assert (told["Type"], told["Terminal"], told["MimeType"]) == ("Application", "false", "image/png;")
    icon = home / f".local/share/icons/hicolor/scalable/apps/{told['Icon']}.svg"
    assert icon.read_bytes() == (ROOT / "resources/app/gdm-studio.svg").read_bytes()


@UNIX
@pytest.mark.parametrize("name", ["car\rriage", "new\nline", "ta\tb", "all\r\n\t\\ of them"])
def test_the_entry_has_control_characters_of_the_path_escaped(home: Path, tmp_path: Path, name: str) -> None:
    project = Environment(tmp_path / name)
    shutil.copytree(ROOT / "resources" / "app", project.root / "resources" / "app")
    entry(project).make()
    file = (home / ".local/share/applications/gdm-studio.desktop").read_bytes()
    assert b"\r" not in file and b"\t" not in file
    (value,) = [line.removeprefix("TryExec=") for line in file.decode().split("\n") if line.startswith("TryExec=")]
    escapes = {"\\": "\\", "n": "\n", "r": "\r", "t": "\t", "s": " "}
    assert re.sub(r"\\(.)", lambda match: escapes[match[1]], value) == str(project.python)


@UNIX
def test_a_path_that_is_not_utf_8_is_refused_in_one_sentence(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    (root / ".venv").mkdir(parents=True)
    (root / ".venv" / "pyvenv.cfg").touch()
    monkeypatch.setattr(commands, "ROOT", root)
    monkeypatch.setattr(Environment, "ready", lambda self, extras=(): True)
    assert commands.main(["menu"]) == 2
    told = capsys.readouterr().err
    assert "caf\\xe9; rename the folder.\n" in told and len(told.splitlines()) == 1
    with monkeypatch.context() as at_a_terminal:
        answering("y\n", Environment(root), at_a_terminal)
    assert not list(home.rglob("*.desktop"))
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace")  # as Python's own
    monkeypatch.setattr(sys, "stderr", terminal)
    assert commands.main(["uninstall"]) == 0 and not (root / ".venv").exists()


@pytest.mark.skipif(not shutil.which("desktop-file-validate"), reason="desktop-file-utils are not here")
def test_the_entry_is_valid(home: Path, project: Environment) -> None:
    entry(project).make()
    file = home / ".local/share/applications/gdm-studio.desktop"
    assert subprocess.run(["desktop-file-validate", file], capture_output=True, check=False).stdout == b""


def test_uninstall_takes_its_own_entry_away_and_no_other(home: Path, project: Environment, tmp_path: Path) -> None:
    other = Environment(tmp_path / "other")
    shutil.copytree(project.root, other.root)
    entry(other).make()
    assert commands.uninstall(project, []) == 0
    assert str(other.python) in desktop_file(home)["Exec"]
    assert commands.uninstall(other, []) == 0
    assert list(home.rglob("*gdm-studio*")) == []


def answering(answer: str, project: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Call `offer` with a terminal on which the user types `answer`."""
    ours, theirs = pty.openpty()
    os.write(ours, answer.encode())
    with open(theirs, encoding="utf-8", closefd=True) as terminal, open(os.devnull, "w", encoding="utf-8") as nothing:
        monkeypatch.setattr(sys, "stdin", terminal)
        monkeypatch.setattr(sys, "stderr", nothing)
        monkeypatch.setattr(nothing, "isatty", lambda: True, raising=False)
        offer(project)
    os.close(ours)


@UNIX
@pytest.mark.parametrize(("answer", "made"), [("y\n", True), ("\n", True), ("no\n", False)])
def test_it_is_offered_once(
    answer: str, made: bool, home: Path, project: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Environment, "ready", lambda self, extras=(): True)
    answering(answer, project, monkeypatch)
    assert entry(project).is_there is made
    entry(project).remove()
    answering("y\n", project, monkeypatch)
    assert not entry(project).is_there


def test_nobody_is_asked_without_a_terminal(home: Path, project: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    offer(project)
    assert not entry(project).is_there
    assert not (project.folder / "menu-offered").exists()


@UNIX
def test_the_app_of_macos_starts_the_program_and_opens_pictures(home: Path, project: Environment) -> None:
    project.python.parent.mkdir()
    project.python.write_text('#!/bin/sh\necho "$@"\n')
    project.python.chmod(0o755)
    app = entry(project, {"HOME": str(home)}, "darwin")
    app.make()
    contents = home / "Applications" / "GDM Studio.app" / "Contents"
    about = plistlib.loads((contents / "Info.plist").read_bytes())
    program = contents / "MacOS" / about["CFBundleExecutable"]
    said = subprocess.run([program], capture_output=True, text=True, check=True)
    assert said.stdout == "-P -m gdm_studio\n"
    assert (contents / "Resources" / f"{about['CFBundleIconFile']}.icns").stat().st_size > 1000
    assert about["CFBundleDocumentTypes"][0]["LSItemContentTypes"] == ["public.png"]
    assert app.remove()
    assert not contents.parent.exists()


@UNIX
def test_the_shortcut_of_windows_is_written_by_its_shell(
    home: Path, project: Environment, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    menu = home / "Microsoft/Windows/Start Menu/Programs"
    menu.mkdir(parents=True)
    monkeypatch.setenv("APPDATA", str(home))
    fake("powershell", f'for last; do :; done; cp "$last" "{menu}/GDM Studio.lnk"')
    shortcut = entry(project, os.environ, "win32")
    shortcut.make()
    script = (menu / "GDM Studio.lnk").read_text(encoding="utf-8")
    assert "pythonw.exe'" in script and "'-P -m gdm_studio'" in script
    assert f"CreateShortcut('{menu}/GDM Studio.lnk')" in script
    assert shortcut.remove()
    assert not list(menu.iterdir())


def test_menu_refuses_what_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["menu", "--what"]) == 2
    assert "takes no argument but --open-png" in capsys.readouterr().err
