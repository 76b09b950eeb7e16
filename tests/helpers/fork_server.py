"""Python processes that are forked from one with the libraries loaded, because loading torch takes seconds."""

from __future__ import annotations

import json
import os
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

from gdm_studio.engine import torch_startup
from tests.helpers.source_tree import ROOT

# Bytes of a message with the arguments and the environment of a process that are read at a time.
MAX_MESSAGE = 2**18


@cache
def address() -> str:
    """Start the server, which ends with this process, and return the path of its socket."""
    folder = tempfile.mkdtemp(prefix="gdm-fork-")
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", __name__, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    )
    assert process.stdout is not None and process.stdout.readline() == b"ready\n"
    return str(Path(folder) / "socket")


def _serve(folder: Path) -> None:
    """Fork a process for each connection until stdin is closed."""
    threading.Thread(target=_end_with_stdin, args=(folder,), daemon=True).start()
    torch_startup.prepare()
    torch_startup.load_libraries()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(folder / "socket"))
    listener.listen()
    print("ready", flush=True)
    while True:
        connection, _ = listener.accept()
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if os.fork() == 0:
            listener.close()
            _run_and_report(connection)
        connection.close()


def _run_and_report(connection: socket.socket) -> None:
    """Run the process that a client describes, and send its exit status. The process is killed with its client."""
    data, files, _, _ = socket.recv_fds(connection, MAX_MESSAGE, 3)
    while not data.endswith(b"\n"):
        data += connection.recv(MAX_MESSAGE)
    pid_file, arguments, environment = json.loads(data)
    if (pid := os.fork()) == 0:
        connection.close()
        _become(files, pid_file, arguments, environment)
    for file in (*files, 0, 1, 2):
        os.close(file)

    def kill_with_client() -> None:
        connection.recv(1)
        os.kill(pid, signal.SIGKILL)

    threading.Thread(target=kill_with_client, daemon=True).start()
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    connection.send(str(status if status >= 0 else 128 - status).encode())
    os._exit(0)


def _become(files: list[int], pid_file: str, arguments: list[str], environment: Mapping[str, str]) -> None:
    """Run `python -P ARGUMENTS` in this process with these files as stdin, stdout and stderr."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode) for number, mode in enumerate("rww"))
    os.environ.clear()
    os.environ.update(environment)
    Path(pid_file).write_text(str(os.getpid()))
    status = 1
    try:
        if arguments[0] == "-m":
            sys.argv = arguments[1:]
            runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
        else:
            sys.argv = arguments
            runpy.run_path(arguments[0], run_name="__main__")
        status = 0
    except SystemExit as leaving:
        status = int(leaving.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


def _end_with_stdin(folder: Path) -> None:
    # Reading `sys.stdin` would hold its lock, which the forks would inherit.
    os.read(0, 1)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
