"""Another computer: a command that takes the place of ssh and runs the program here, with another home."""

from __future__ import annotations

import os
import shlex
import signal
import sys
import time
from pathlib import Path

import pytest

from gdm_studio import preferences
from gdm_studio.jobs.workers import ssh

# Python code in place of ssh. It runs the command behind "--" and the host with the home of that host, and writes its
# process id into a file. It is killed as often as the file "deaths" says, and a shell runs the command if there is a
# file "shell". The text of the file "trouble" is an exit status and the error that ssh would print.
STAND_IN = r"""
import os, shlex, sys, time
from pathlib import Path

folder = Path(sys.argv[1])
host, command = sys.argv[sys.argv.index("--") + 1 :]
home = folder / host
(folder / "calls").open("a").write(" ".join(sys.argv[2:]) + "\n")
trouble = folder / "trouble"
if trouble.exists():
    status, _, text = trouble.read_text().partition(" ")
    sys.stderr.write(text + "\n")
    sys.exit(int(status))
os.environ["GDM_STUDIO_HOME"] = str(home)
home.mkdir(exist_ok=True)
(home / "pid").write_text(str(os.getpid()))
if (home / "motd").exists():
    sys.stdout.write((home / "motd").read_text())
    sys.stdout.flush()
deaths = folder / "deaths"
if deaths.exists() and (left := int(deaths.read_text())) > 0:
    deaths.write_text(str(left - 1))
    os.kill(os.getpid(), 9)
if (folder / "shell").exists():
    # The shell of sshd reads no profile, but a login shell does.
    os.environ |= {"HOME": str(home), "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin"}
    os.execv("/bin/sh", ["sh", "-c", command])
words = shlex.split(command)
if "__fork_server__" in sys.modules and words[:3] == [sys.executable, "-P", "-m"]:
    # The process is a fork that has imported the program.
    import runpy
    sys.argv = words[2:3] + words[4:]
    runpy._run_module_as_main(words[3])
    sys.exit()
os.execvp(words[0], words)
"""
PROGRAM = f"{shlex.quote(sys.executable)} -P -m gdm_studio"


class OtherComputer:
    """Simulated remote computer called `name`, with its own home folder, on which the program runs over a fake ssh.

    `device` is the name of its device in the program.
    """

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str = "gpubox") -> None:
        self.folder = folder
        self.home = folder / name
        self.device = f"ssh:{name}/cpu"
        self.models = self.home / "data" / "models"
        self.home.mkdir(parents=True)
        stand_in = folder / "stand_in.py"
        stand_in.write_text(STAND_IN)
        root = Path(__file__).parents[2]
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(root), *os.environ.get("PYTHONPATH", "").split(":")]))
        monkeypatch.setenv(ssh.COMMAND, shlex.join([sys.executable, str(stand_in), str(folder)]))
        preferences.change({"remote_program": PROGRAM})

    @property
    def pid(self) -> int:
        """Process id of the latest worker on the simulated computer."""
        return int((self.home / "pid").read_text())

    @property
    def calls(self) -> list[str]:
        """Arguments with which the program has called ssh, one line for each call."""
        return (self.folder / "calls").read_text().splitlines()

    def drop(self) -> None:
        """Interrupt the connection as a failing network does, and wait until the worker process has ended."""
        pid = self.pid
        os.kill(pid, signal.SIGKILL)

    def refuse(self, status: int, text: str) -> None:
        """Let all following connections fail with an exit status and error message of ssh."""
        (self.folder / "trouble").write_text(f"{status} {text}")

    def accept(self) -> None:
        (self.folder / "trouble").unlink()

    def wait_for_pid(self, other_than: int) -> None:
        end = time.monotonic() + 120
        while self.pid == other_than:
            assert time.monotonic() < end
            time.sleep(0.02)
