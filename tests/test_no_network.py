"""Proof that the window and the command line use no network, except the verbs `serve`, `mcp` and `models get`, and
`--cluster` and `--shards`.

Importing torch loads `socket` and `ssl`, so loaded modules prove nothing after an image was generated. There, an audit
hook reports every use of a socket, and the kernel's tables show that the process has no network socket.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.networking import networking_imports
from tests.helpers.source_tree import package_of

PATIENCE = 240
# The window's socket in the file system, by which a second start of the program finds the first, and a pair of
# connected sockets for Ctrl-C.
LOCAL = {
    "gdm_studio.ui.shell.socket_peer": {"socket"},
    "gdm_studio.ui.shell.app": {"socket"},
    "gdm_studio.ui.shell.single_instance": {"PySide6.QtNetwork"},
}
# The module of `--cluster` asks whether an address answers, `--shards` writes to object stores, and `models get`
# downloads models.
ON_REQUEST = {
    "gdm_studio.jobs.ray.cluster_workers",
    "gdm_studio.jobs.shards.target",
    "gdm_studio.downloads.model_download",
    "gdm_studio.downloads.hub",
    "gdm_studio.downloads.file_transfer",
}
# Runs the command lines in its arguments, or opens the window if there are none, and reports its use of the network.
PROGRAM = """
import json, os, re, sys
used = []
loaded = lambda: sorted(m for m in ("socket", "ssl", "http.client", "urllib.request", "asyncio") if m in sys.modules)
sys.addaudithook(lambda name, args: used.append(f"{name} {args!r:.200}")
    if name.startswith(("socket.", "ssl.", "urllib.", "http.", "smtplib.", "ftplib.")) else None)

def inode(fd):
    try:
        return re.fullmatch(r"socket:\\[(\\d+)\\]", os.readlink(f"/proc/self/fd/{fd}"))
    except OSError:
        return None

def open_sockets():
    if not os.path.isdir("/proc/self/fd"):
        return []
    own = {found[1] for fd in os.listdir("/proc/self/fd") if (found := inode(fd))}
    tables = [f"/proc/self/net/{kind}{version}" for kind in ("tcp", "udp", "raw") for version in ("", "6")]
    lines = [line.split() for table in tables if os.path.exists(table) for line in open(table)]
    return [line for line in lines if len(line) > 9 and line[9] in own]

def report(status=0):
    path = os.environ["REPORT"]
    with open(path, "w") as file:
        json.dump({"status": status, "used": used, "loaded": loaded(), "sockets": open_sockets()}, file)

from gdm_studio.cli.main import run
commands = json.loads(sys.argv[1])
if not commands:
    import asyncio

    from gdm_studio.common import paths
    from gdm_studio.request.generation_request import Request
    from gdm_studio.ui.shell.window import Window
    from tests.helpers import tiny_model
    start = Window.start
    tiny_model.write(paths.models_dir() / "tiny")

    async def close_when_loaded(window):
        # The models folder is searched after the start.
        while window.generation.device == "" or all(card.name != "tiny" for card in window.library.cards()):
            await asyncio.sleep(0.02)
        window.open_page("settings")
        window.generate_request(Request(prompt="a fox", model="tiny", steps=2, seed=1))
        while window.gallery.panel_model.rowCount() == 0:
            await asyncio.sleep(0.02)
        report()
        window.close()

    def start_and_close(window):
        start(window)
        window.closing_task = asyncio.ensure_future(close_when_loaded(window))

    Window.start = start_and_close
    run([])
else:
    report(max(map(run, commands)))
"""


def observe(tmp_path: Path, *commands: str) -> dict[str, Any]:
    """Run the commands, or the window if there are none, in a process, and return a report on its use of the
    network.
    """
    path = tmp_path / "report.json"
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps([shlex.split(command) for command in commands])],
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path), REPORT=str(path)),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert path.exists(), ended.stderr
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    assert found["status"] == 0, ended.stderr
    return found


def test_only_the_server_imports_networking() -> None:
    found = networking_imports()
    by_program = {name: modules for name, modules in found.items() if package_of(name) != "server"}
    assert {name: modules for name, modules in by_program.items() if name not in ON_REQUEST} == LOCAL
    assert ON_REQUEST | {"gdm_studio.server.app", "gdm_studio.server.http_server"} <= {*found}


def test_the_start_of_the_command_line_loads_no_networking_module(tmp_path: Path) -> None:
    found = observe(tmp_path, "models")
    assert found["used"] == [] and found["loaded"] == []


@pytest.mark.slow
def test_commands_use_no_socket(tmp_path: Path) -> None:
    found = observe(tmp_path, "generate 'a fox' --model icons-2-fast --steps 1", "doctor", "models")
    assert found["used"] == [] and found["sockets"] == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="asyncio wakes its loop through a loopback connection there")
def test_the_window_uses_no_socket_of_the_network(tmp_path: Path) -> None:
    """Allow only AF_UNIX sockets, of which the event loop uses connected pairs to wake itself."""
    found = observe(tmp_path)
    others = [each for each in found["used"] if not each.startswith("socket.__new__") or ", 1, 1, 0)" not in each]
    assert found["used"] and others == [] and found["sockets"] == []


def test_a_use_of_the_network_is_noticed(tmp_path: Path) -> None:
    listening = """
import socket
server = socket.create_server(("127.0.0.1", 0))
run = lambda arguments: 0
"""
    program = PROGRAM.replace("from gdm_studio.cli.main import run", listening)
    path = tmp_path / "report.json"
    subprocess.run(
        [sys.executable, "-c", program, '[["x"]]'], env=dict(os.environ, REPORT=str(path)), timeout=PATIENCE, check=True
    )
    found = json.loads(path.read_text("utf-8"))
    assert any(each.startswith("socket.bind") for each in found["used"]) and "socket" in found["loaded"]
    assert len(found["sockets"]) == 1 or sys.platform != "linux"
