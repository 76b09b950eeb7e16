"""Starting of worker and engine processes. It imports little, so that an engine can start before the window."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gdm_studio
from gdm_studio.jobs.workers.shared_file import SharedFile

ENGINE_MODULE = "gdm_studio.jobs.workers.engine_main"
# Ctrl-C in a terminal is handled by the parent process alone, which then stops its workers.
_APART: dict[str, Any]
if sys.platform == "win32":
    _APART = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
else:
    _APART = {"process_group": 0}


class WorkerProcess(subprocess.Popen[bytes]):
    """Worker or engine process, with pipes for its input, output and errors. It is not in this process's group."""

    # The file through which it passes large data, or None if it writes all data to its output.
    shared_file: SharedFile | None = None

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], inherited: Sequence[int] = ()) -> None:
        """Start a process that inherits the file descriptors `inherited`. Raises OSError."""
        pipe = subprocess.PIPE
        apart = _APART | ({"pass_fds": tuple(inherited)} if inherited else {})
        super().__init__(command, stdin=pipe, stdout=pipe, stderr=pipe, env=dict(environment), **apart)


def start(command: Sequence[str], environment: Mapping[str, str]) -> WorkerProcess:
    """Start a worker process. Raises OSError."""
    return WorkerProcess(command, environment)


def start_engine() -> WorkerProcess:
    """Start an engine, which imports torch at once. A `ProcessEngine` takes it over. Raises OSError."""
    shared = SharedFile.create()
    if shared is None:
        return WorkerProcess(command_of(ENGINE_MODULE), environment())
    try:
        process = WorkerProcess(command_of(ENGINE_MODULE, *shared.arguments), environment(), shared.inherited)
    except OSError:
        shared.close()
        raise
    process.shared_file = shared
    return process


def command_of(module: str, *arguments: str) -> list[str]:
    """Return the command line that runs a module of this program."""
    return [sys.executable, "-P", "-m", module, *arguments]


def environment() -> dict[str, str]:
    """Return the environment variables for a worker process: this process's own, with this package first on the import
    path.
    """
    root = str(Path(gdm_studio.__file__).parent.parent)
    others = os.environ.get("PYTHONPATH")
    return os.environ | {"PYTHONPATH": os.pathsep.join([root, others] if others else [root])}
