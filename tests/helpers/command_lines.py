"""Several command lines executed in one child process, for tests that do not need one process each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

PROGRAM = """
import contextlib, io, json, sys
from gdm_studio.cli.main import run

for arguments in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        status = run(arguments)
    print(json.dumps([status, out.getvalue(), err.getvalue()]), flush=True)
"""


class CommandResult(NamedTuple):
    """Result of a command line that a test has run: its exit status, standard output and standard error."""

    arguments: tuple[str, ...]
    status: int
    out: str
    err: str


def run_command_lines(
    lines: Sequence[tuple[str, ...]], *, patience: float, first: Callable[[], object] | None = None
) -> list[CommandResult]:
    """Run several command lines of the program in one child process, and return their results.

    The child calls `first` before it starts the program. Raises `subprocess.TimeoutExpired` after `patience` seconds.
    """
    process = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps(lines),
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path), PYTHONDONTWRITEBYTECODE="1"),
        preexec_fn=first,
        capture_output=True,
        text=True,
        timeout=patience,
        check=False,
    )
    told = [json.loads(line) for line in process.stdout.splitlines()]
    assert process.returncode == 0 and len(told) == len(lines), (told, process.stderr)
    return [CommandResult(arguments, *ended) for arguments, ended in zip(lines, told, strict=True)]
