"""Messages and child processes of the installer. All output goes to stderr, since stdout is reserved for
`gdm-studio`.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Outcome:
    """Exit code of a program (None after a timeout) and its output."""

    code: int | None
    output: str

    @property
    def ok(self) -> bool:
        return self.code == 0


def report(text: str) -> None:
    """Print one line on stderr."""
    print(text, file=sys.stderr, flush=True)


def run_captured(
    command: Sequence[str | Path], *, seconds: float | None = None, env: Mapping[str, str] | None = None
) -> Outcome:
    """Run a program for at most `seconds` and capture its output. A missing program has exit code 127."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=env and dict(env),
            # The child inherits the lock of an installation and keeps it as long as it runs.
            close_fds=False,
        )
    except OSError as error:
        return Outcome(127, str(error))
    try:
        output = process.communicate(timeout=seconds)[0]
        return Outcome(process.returncode, output.decode(errors="replace"))
    except subprocess.TimeoutExpired:
        return Outcome(None, "timed out")
    finally:
        _end(process)


def run_logged(
    command: Sequence[str | Path],
    log: Path,
    each: Callable[[str], None],
    *,
    env: Mapping[str, str] | None = None,
) -> Outcome:
    """Run an installation, call `each` with every line of its output, and write the output to `log`."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=env and dict(env),
        text=True,
        errors="replace",
        # The child inherits the installation's lock and keeps it as long as it runs.
        close_fds=False,
    )
    lines = []
    try:
        assert process.stdout is not None
        with log.open("w", encoding="utf-8") as file:
            for line in process.stdout:
                each(line)
                if not line.startswith("Progress "):
                    lines.append(line)
                    file.write(line)
        return Outcome(process.wait(), "".join(lines))
    finally:
        _end(process)


def run_visible(command: Sequence[str | Path], *, env: Mapping[str, str] | None = None) -> Outcome:
    """Run a program that shows its own progress on stderr."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=_stderr(),
        env=env and dict(env),
        close_fds=False,
    )
    try:
        return Outcome(process.wait(), "")
    finally:
        _end(process)


def _end(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    """End a child process that is still running. Ctrl-C reaches it directly, but SIGTERM does not."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _stderr() -> int:
    try:
        return sys.stderr.fileno()
    # Tests capture stderr.
    except OSError:
        return subprocess.DEVNULL
