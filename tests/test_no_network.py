"""Proof that the window and the command line use no network, except the verb `serve`.

Importing torch loads `socket` and `ssl`, so loaded modules prove nothing after an image was generated. There, an audit
hook reports every use of a socket, and the kernel's tables show that the process has no network socket.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.networking import networking_imports
from tests.helpers.source_tree import package_of

PATIENCE = 240
# The window's socket in the file system, by which a second start of the program finds the first.
LOCAL_SOCKET = {"ui.shell.socket_peer", "ui.shell.app", "ui.shell.single_instance"}
# `--cluster` asks whether an address answers.
ON_REQUEST = {"jobs.ray.cluster"}
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
arguments = json.loads(sys.argv[1])
if not arguments:
    import asyncio

    from gdm_studio.ui.shell.window import Window
    start = Window.start

    async def close_when_loaded(window):
        while window.generation.device == "":
            await asyncio.sleep(0.02)
        report()
        window.close()

    def start_and_close(window):
        start(window)
        window.closing_task = asyncio.ensure_future(close_when_loaded(window))

    Window.start = start_and_close
    run([])
else:
    report(run(arguments))
"""


def observe(tmp_path: Path, *arguments: str) -> dict[str, Any]:
    """Run the program in a separate process, and return a report on its use of the network."""
    path = tmp_path / "report.json"
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(arguments)],
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
    found = {name.removeprefix("gdm_studio.") for name in networking_imports()}
    assert {name for name in found if package_of(f"gdm_studio.{name}") != "server"} == LOCAL_SOCKET | ON_REQUEST
    assert {"server.app", "server.http_server"} <= found


def test_the_start_of_the_command_line_loads_no_networking_module(tmp_path: Path) -> None:
    found = observe(tmp_path, "models")
    assert found["used"] == [] and found["loaded"] == []


@pytest.mark.slow
def test_generating_an_image_uses_no_socket(tmp_path: Path) -> None:
    found = observe(tmp_path, "generate", "a fox", "--model", "icons-2-fast", "--steps", "1")
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
        [sys.executable, "-c", program, '["x"]'], env=dict(os.environ, REPORT=str(path)), timeout=PATIENCE, check=True
    )
    found = json.loads(path.read_text("utf-8"))
    assert any(each.startswith("socket.bind") for each in found["used"]) and "socket" in found["loaded"]
    assert len(found["sockets"]) == 1 or sys.platform != "linux"
