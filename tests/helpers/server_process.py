"""A server of the tests in a process of its own, which can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.helpers.http_client import RunningServer

SERVER = """
import os, sys
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.http_client import running_server
from gdm_studio.server.comfyui import prompts

steps, dies_in_nodes = int(sys.argv[1]), sys.argv[2] == "True"

class Stopper:
    previews, count = False, 0
    def put(self, event):
        self.count += event["event"] == "step"
        if self.count == steps:
            library.hurried.clear()

library = GaussianLibrary(step_seconds=3600)
library.hurry()
if dies_in_nodes:
    prompts.run_stages = lambda *_: os._exit(9)
with running_server(library) as server:
    server.service.events.attach(Stopper())
    print(server.port, flush=True)
    sys.stdin.read()
"""


@contextmanager
def server_process(
    steps: int = 3, *, dies_in_nodes: bool = False
) -> Iterator[tuple[RunningServer, subprocess.Popen[str]]]:
    """Run a server in a process of its own, and kill it at the end. It stops at its step number `steps`, or dies when
    it runs the nodes of a graph.
    """
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", SERVER, str(steps), str(dies_in_nodes)]
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True) as process:
        try:
            assert process.stdout is not None
            # A server that dies in the nodes of an accepted graph may do so before it has told its port.
            port = int(process.stdout.readline() or 0)
            yield RunningServer(None, None, port), process  # type: ignore[arg-type]
        finally:
            process.send_signal(signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
