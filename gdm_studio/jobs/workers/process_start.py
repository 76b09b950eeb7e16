"""Starting of worker and engine processes. It imports little, so that an engine can start before the window."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gdm_studio

ENGINE_MODULE = "gdm_studio.jobs.workers.engine_main"
# Ctrl-C in a terminal is handled by the parent process alone, which then stops its workers.
_APART: dict[str, Any]
if sys.platform == "win32":
    _APART = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
else:
    _APART = {"process_group": 0}


def start(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a process with pipes for its input, output and errors, apart from this process's group. Raises OSError."""
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(environment),
        **_APART,
    )


def start_engine() -> subprocess.Popen[bytes]:
    """Start an engine, which imports torch at once. A `ProcessEngine` takes it over. Raises OSError."""
    return start(command_of(ENGINE_MODULE), environment())


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
