"""Missing system libraries of Qt are named, with the command that installs them, before Qt aborts."""

from __future__ import annotations

import json
import os
import shlex
import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

import pytest

from gdm_studio import doctor
from gdm_studio.cli.main import run
from gdm_studio.common import system_libraries
from gdm_studio.common.system_libraries import DEBIAN, install_command, window_problem
from installer.system import needed_libraries
from tests.cli.test_streams import run_program
from tests.installer.conftest import fake

__all__ = ["fake"]
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only on Linux")
GONE = "libxcb-cursoX.so.0"
SCREEN = {"QT_QPA_PLATFORM": "xcb", "DISPLAY": ":4711"}


@pytest.fixture
def missing_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace Qt's X11 plugin by one that needs a library which no system has."""
    spec = find_spec("PySide6")
    assert spec is not None and spec.origin is not None
    qt = Path(spec.origin).parent / "Qt"
    platforms = tmp_path / "qt" / "plugins" / "platforms"
    platforms.mkdir(parents=True)
    (tmp_path / "qt" / "lib").symlink_to(qt / "lib")
    plugin = (qt / "plugins" / "platforms" / "libqxcb.so").read_bytes()
    assert b"libxcb-cursor.so.0\0" in plugin
    (platforms / "libqxcb.so").write_bytes(plugin.replace(b"libxcb-cursor.so.0\0", GONE.encode() + b"\0"))
    monkeypatch.setenv("QT_QPA_PLATFORM_PLUGIN_PATH", str(platforms))
    for name, value in SCREEN.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("missing_library")
def test_the_window_names_the_library_before_qt_aborts() -> None:
    ended = run_program(capture_output=True)
    said = ended.stderr.decode()
    assert ended.returncode == 2 and len(said.splitlines()) == 1, said
    assert f"Qt lacks the system library {GONE}; install" in said


@pytest.mark.usefixtures("missing_library")
def test_the_doctor_names_the_library_and_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fake: object
) -> None:
    fake("apt-get", "exit 1")  # type: ignore[operator]
    fake("sudo", "exit 1")  # type: ignore[operator]
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setitem(DEBIAN, GONE, "libxcb-cursor0")
    assert run(["doctor", "--json"]) == 1
    (found,) = [each for each in json.loads(capsys.readouterr().out)["findings"] if each["name"] == "Window"]
    assert found["value"].endswith(f"{GONE}; install by: sudo apt-get install -y libxcb-cursor0")
    assert found["state"] == doctor.BAD


@pytest.mark.usefixtures("missing_library")
def test_one_working_platform_is_sufficient() -> None:
    assert window_problem(dict(os.environ, QT_QPA_PLATFORM="xcb;offscreen")) == ""
    assert GONE in window_problem(dict(os.environ, QT_QPA_PLATFORM="xcb"))


def test_a_missing_screen_is_reported(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in system_libraries.SCREENS:
        monkeypatch.delenv(name, raising=False)
    assert run([]) == 2
    said = capsys.readouterr().err
    assert "no screen" in said and len(said.splitlines()) == 1
    (found,) = doctor.check_window()
    assert "neither DISPLAY nor WAYLAND_DISPLAY is set" in found.value or "Qt lacks" in found.value


@pytest.mark.parametrize(
    ("manager", "command"),
    [
        ("apt-get", "apt-get install -y libegl1 libxcb-cursor0 libxkbcommon-x11-0"),
        (
            "dnf",
            "dnf install -y 'libEGL.so.1()(64bit)' 'libxcb-cursor.so.0()(64bit)' 'libxkbcommon-x11.so.0()(64bit)'",
        ),
        (
            "zypper",
            "zypper install -y 'libEGL.so.1()(64bit)' 'libxcb-cursor.so.0()(64bit)' 'libxkbcommon-x11.so.0()(64bit)'",
        ),
        ("pacman", "pacman -S --needed libglvnd xcb-util-cursor libxkbcommon-x11"),
        ("none", ""),
    ],
)
def test_the_command_is_for_the_package_manager_of_the_system(
    manager: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for program in (manager, "sudo"):
        (tmp_path / program).write_text("#!/bin/sh\n")
        (tmp_path / program).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    libraries = ["libEGL.so.1", "libxcb-cursor.so.0", "libxkbcommon-x11.so.0"]
    for user, sudo in ((0, ""), (1000, "sudo ")):
        monkeypatch.setattr(os, "geteuid", lambda user=user: user)
        assert install_command(libraries) == (sudo + command if command else "")
    # Debian without sudo: the line is a command of `su` with one argument.
    (tmp_path / "sudo").unlink()
    words = shlex.split(install_command(libraries))
    assert words == (["su", "-", "-c", command] if command else [])


def test_all_missing_libraries_are_named_at_once(
    missing_library: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The window needs the network library too, whose libraries the X11 plugin does not need."""
    (tmp_path / "network").mkdir()
    folder = tmp_path / "network" / "PySide6"
    (folder / "Qt" / "lib").mkdir(parents=True)
    (folder / "__init__.py").touch()
    spec = find_spec("PySide6")
    assert spec is not None and spec.origin is not None
    library = (Path(spec.origin).parent / "Qt" / "lib" / "libQt6Network.so.6").read_bytes()
    name = b"libgssapi_krb5.so.2\0"
    assert name in library
    (folder / "Qt" / "lib" / "libQt6Network.so.6").write_bytes(library.replace(name, b"libgssapi_krbX.so.2\0"))
    monkeypatch.setattr(
        system_libraries, "find_spec", lambda package: ModuleSpec(package, None, origin=str(folder / "x"))
    )
    problem = window_problem(os.environ)
    assert GONE in problem and "libgssapi_krbX.so.2" in problem and problem.count("Qt lacks") == 1


def test_every_library_has_an_arch_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pacman").write_text("#!/bin/sh\n")
    (tmp_path / "pacman").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert all(install_command([library]) for library in DEBIAN)
    assert set(needed_libraries({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"})) == set(DEBIAN)
