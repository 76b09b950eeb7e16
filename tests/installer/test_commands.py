"""Verbs of the installer: started programs, refused arguments, messages and exit codes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from installer import commands
from installer.commands import extras_for, wants_window
from installer.environment import Environment
from installer.system import may_install, missing_libraries, needed_libraries, require_display
from tests.installer.conftest import Fake

ROOT = Path(__file__).parent.parent.parent
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there always is a display")


def installer(*args: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run it in a process of its own; a name given with "" is not in its environment at all."""
    env = {name: value for name, value in (os.environ | environ).items() if value}
    return subprocess.run(
        [sys.executable, ROOT / "installer", *args], capture_output=True, text=True, env=env, timeout=60
    )


@LINUX
def test_without_a_display_it_names_the_headless_command() -> None:
    done = installer("run", DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert 'python3 installer run generate "a red apple"' in done.stderr


@LINUX
@pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"])
def test_any_kind_of_display_will_do(name: str) -> None:
    require_display({name: "some"})


@pytest.mark.parametrize("args", [[], ["install"], ["run!"]])
def test_unknown_verbs_get_the_list_of_verbs(args: list[str]) -> None:
    done = installer(*args)
    assert done.returncode == 2
    assert all(f"installer {verb}" in done.stderr for verb in ("run", "test", "menu", "uninstall"))


@pytest.mark.parametrize("verb", ["test", "bundle"])
def test_help_installs_nothing(verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "ROOT", tmp_path)
    assert commands.main([verb, "--help"]) == 0 and not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("args", "window"),
    [
        ([], True),
        (["--style", "dark"], True),
        (["--version"], False),
        (["-h"], False),
        (["generate", "a red apple"], False),
        (["models", "--json"], False),
    ],
)
def test_a_window_is_wanted_where_there_is_no_verb(args: list[str], window: bool) -> None:
    assert wants_window(args) is window


@pytest.mark.parametrize("verb", ["run", "test", "add", "menu", "bundle", "uninstall"])
def test_the_two_dashes_that_end_options_are_not_passed_on(verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    got: list[list[str]] = []

    def begin(environment: Environment, args: list[str]) -> int:
        got.append(list(args))
        return 0

    monkeypatch.setattr(commands, verb, begin)
    assert commands.main([verb, "--", "--version"]) == commands.main([verb, "generate", "--", "-x"]) == 0
    # Only the first one is the installer's.
    assert commands.main([verb, "--", "generate", "--", "-x"]) == 0
    assert got == [["--version"], ["generate", "--", "-x"], ["generate", "--", "-x"]]


def test_training_verbs_bring_their_tools() -> None:
    assert extras_for(["train", "icons"]) == extras_for(["data", "icons"]) == ("train",)
    assert extras_for(["serve", "--port", "0"]) == ("server",)
    assert extras_for(["generate", "a train"]) == extras_for([]) == ()


@pytest.fixture(autouse=True)
def no_menu(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Protect the menu of the user who runs the tests."""
    for name in ("HOME", "XDG_DATA_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path_factory.mktemp(name)))


def test_uninstall_removes_the_environment_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "pyvenv.cfg").touch()
    (tmp_path / "picture.png").touch()
    assert commands.uninstall(Environment(tmp_path), []) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["picture.png"]


def test_uninstall_leaves_a_folder_that_is_no_environment(tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    assert commands.uninstall(Environment(tmp_path), []) == 0
    assert (tmp_path / ".venv").exists()


OLD = "import sys, runpy; sys.version_info = (3, 8, 0, 'final', 0); sys.argv = [{path!r}, 'run']; "
OLD += "runpy.run_path({path!r}, run_name='__main__')"


def in_an_old_python() -> subprocess.CompletedProcess[str]:
    code = OLD.format(path=str(ROOT / "installer"))
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)


def test_an_old_python_hands_over_to_a_suitable_one(fake: Fake) -> None:
    fake("python3.13", "exit 127")  # a shim for a version that is not there
    fake("python3.12", 'test "$1" = -c || echo "3.12 got $2"')
    assert in_an_old_python().stdout == "3.12 got run\n"


def test_an_old_python_alone_says_what_to_install(fake: Fake) -> None:
    for minor in (11, 12, 13):
        fake(f"python3.{minor}", "exit 127")
    done = in_an_old_python()
    assert done.returncode == 2
    assert "install Python 3.11, 3.12 or 3.13" in done.stderr


def test_missing_libraries_are_told_from_those_that_load() -> None:
    assert missing_libraries(["libno-such-thing.so.7"]) == ("libno-such-thing.so.7",)
    if sys.platform.startswith("linux"):
        assert missing_libraries(["libc.so.6"]) == ()


@LINUX
def test_each_kind_of_display_has_libraries_of_its_own() -> None:
    bare, x11, wayland = (needed_libraries(env) for env in ({}, {"DISPLAY": ":0"}, {"WAYLAND_DISPLAY": "w"}))
    assert bare.items() < x11.items()
    assert bare.items() < wayland.items()
    assert x11["libxcb-cursor.so.0"] == "libxcb-cursor0"


def test_root_on_debian_may_install_and_nobody_else(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    fake("apt-get", "exit 0")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert may_install()
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert not may_install()
