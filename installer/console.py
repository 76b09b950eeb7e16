"""What the installer says and the programs it runs, all on stderr: stdout is the app's own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Outcome:
    """How a program ended: its exit code (None: it ran past its time limit) and what it wrote."""

    code: int | None
    output: str

    @property
    def ok(self) -> bool:
        return self.code == 0


def say(text: str) -> None:
    """One line to the person at the terminal."""
    print(text, file=sys.stderr, flush=True)


def ask(
    command: Sequence[str | Path], *, seconds: float | None = None, env: Mapping[str, str] | None = None
) -> Outcome:
    """Run a program for what it answers, at most `seconds` long; one that is not there exits with 127."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=env and dict(env),
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


def watch(
    command: Sequence[str | Path],
    log: Path,
    each: Callable[[str], None],
    *,
    env: Mapping[str, str] | None = None,
) -> Outcome:
    """Run a program that installs, handing `each` line it writes on; all of it goes to `log` too."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=env and dict(env),
        text=True,
        errors="replace",
        close_fds=False,  # so that it holds the installation's lock as long as it lives
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


def let(command: Sequence[str | Path], *, env: Mapping[str, str] | None = None) -> Outcome:
    """Run a program that shows its progress on stderr itself."""
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
    """Leave no program behind, whatever interrupted us (Ctrl-C reaches it by itself, SIGTERM does not)."""
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
    except OSError:  # captured, as in tests
        return subprocess.DEVNULL
