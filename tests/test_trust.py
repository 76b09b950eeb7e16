"""Proofs of the statements under Permissions: no plugins, no network, files as installed."""

from __future__ import annotations

import ast
import base64
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gdm_studio import doctor, preferences
from gdm_studio.common.program_integrity import FileCheck, check_files
from gdm_studio.doctor import BAD, OK
from gdm_studio.ui.settings.about import Capabilities
from gdm_studio.ui.settings.entries import CAPABILITIES
from gdm_studio.ui.shell.window import Window
from tests.helpers.networking import networking_imports
from tests.helpers.source_tree import OURS, ROOT, imports, package_of, syntax_nodes
from tests.helpers.window import run_in_window, until

# The window's single instance uses a socket in a private folder, and Ctrl-C a pair of connected sockets.
LOCAL = {
    "gdm_studio.ui.shell.socket_peer": {"socket"},
    "gdm_studio.ui.shell.app": {"socket"},
    "gdm_studio.ui.shell.single_instance": {"PySide6.QtNetwork"},
}
# Functions that run code from data or from other packages.
GENERATED = {"exec", "eval", "compile", "__import__", "entry_points", "runpy.run_path", "pickle.load", "pickle.loads"}
# Modules that use the network when a user asks for it: the server's package, its verbs, and `--cluster`.
SERVER = "server"
ON_REQUEST = {"gdm_studio.cli.serve", "gdm_studio.cli.mcp", "gdm_studio.jobs.ray.cluster"}

# Runs the rest of its command line, a Python program, and prints the addresses that it has looked up or connected to.
WATCHED = r"""
import json, sys

found = []


def watch(event, arguments):
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        found.append([event, str(arguments[0])])
    elif event in ("socket.connect", "socket.bind", "socket.sendto") and isinstance(arguments[1], tuple):
        found.append([event, str(arguments[1])])


sys.addaudithook(watch)
exec(sys.argv[1])
print(json.dumps(found))
"""
GENERATE = """
from gdm_studio.cli.main import run
from gdm_studio.common import paths
from tests.helpers import tiny_model

tiny_model.write(paths.models_dir() / "tiny")
assert run(["generate", "a fox", "--model", "tiny", "--steps", "2", "--seed", "1"]) == 0
assert run(["doctor"]) in (0, 1)
assert run(["models"]) == 0
"""
WINDOW = """
from tests.helpers.tiny_model import TinyLibrary
from tests.helpers.window import click, run_in_window, until


async def play(window):
    window.open_page("settings")
    window.open_page("create")
    click(window.create_page.controls.button)
    await until(lambda: window.gallery.panel_model.rowCount() == 1)


run_in_window(play, library=TinyLibrary())
"""


def test_window_and_command_line_import_no_networking_module() -> None:
    found = networking_imports().items()
    by_program = {name: modules for name, modules in found if package_of(name) != SERVER and name not in ON_REQUEST}
    assert by_program == LOCAL


def test_there_are_no_plugins_and_no_generated_code() -> None:
    for name, path in OURS.items():
        calls = [node for node in syntax_nodes(path) if isinstance(node, ast.Call)]
        assert not {ast.unparse(call.func) for call in calls} & GENERATED, name
        loads = [call for call in calls if ast.unparse(call.func) == "torch.load"]
        assert all("weights_only=True" in map(ast.unparse, call.keywords) for call in loads), name
        assert "importlib.metadata.entry_points" not in imports(name, path), name


@pytest.mark.slow
@pytest.mark.parametrize("program", [GENERATE, WINDOW], ids=["command line", "window"])
def test_no_address_is_looked_up_or_connected_to(program: str) -> None:
    assert watched(program) == []


def test_a_connection_would_be_noticed() -> None:
    assert watched("import socket; socket.getaddrinfo('localhost', 80)") == [["socket.getaddrinfo", "localhost"]]


def watched(program: str) -> list[list[str]]:
    """Run a program, and return the network addresses that it used."""
    command = [sys.executable, "-c", WATCHED, program]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    found: list[list[str]] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Return the package of an installed wheel of two files."""
    package = tmp_path / "gdm_studio"
    info = tmp_path / "gdm_studio-1.0.dist-info"
    (package / "cli").mkdir(parents=True)
    info.mkdir()
    (package / "__init__.py").write_text("a = 1\n")
    (package / "cli" / "main.py").write_text("b = 2\n")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: gdm-studio\nVersion: 1.0\n")
    lines = []
    for name in ("__init__.py", "cli/main.py"):
        digest = hashlib.sha256((package / name).read_bytes()).digest()
        lines.append(f"gdm_studio/{name},sha256={base64.urlsafe_b64encode(digest).rstrip(b'=').decode()},6\n")
    (info / "RECORD").write_text("".join(lines) + "gdm_studio-1.0.dist-info/RECORD,,\n")
    return package


def test_every_change_of_an_installed_file_is_found(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_files(installed) == FileCheck(2)
    (installed / "__init__.py").write_text("a = 3\n")
    (installed / "cli" / "main.py").unlink()
    (installed / "cli" / "evil.py").write_text("")
    check = check_files(installed)
    assert check == FileCheck(2, ("__init__.py",), ("cli/main.py",), ("cli/evil.py",)) and not check.is_intact
    monkeypatch.setattr(doctor, "check_files", lambda: check)
    finding = doctor.check_program_files()
    assert (
        finding.state == BAD and "3 differ from what was installed" in finding.value and "cli/evil.py" in finding.value
    )


def test_a_source_tree_has_no_list() -> None:
    assert check_files().count == 0 and "source tree" in doctor.check_program_files().value


def test_the_settings_page_states_what_the_program_can_do() -> None:
    async def play(window: Window) -> None:
        window.open_page("settings")
        page = window.settings_page
        await until(lambda: "Plugins" in texts(page.capabilities))
        assert "opens no connection" in texts(page.capabilities) and "never run" in texts(page.capabilities)
        page.rows["remote_devices"].changed.emit("remote_devices", "gpubox, me@tower")
        await until(lambda: "for gpubox, me@tower" in texts(page.capabilities))
        page.search.setText("permissions")
        assert [card.isHidden() for _, card, _ in page._cards].count(False) == 1 and not page.capabilities.isHidden()

    run_in_window(play)
    assert preferences.load().remote_devices and {each.state for each in doctor.list_capabilities()} == {OK}
    assert CAPABILITIES == "Permissions"


def texts(card: Capabilities) -> str:
    return " ".join(row.accessibleName() for row in card.findChildren(object) if hasattr(row, "accessibleName"))
