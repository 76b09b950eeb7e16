"""Keeping the machine awake: the helper process ends with the run, and also when the program is killed."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from gdm_studio.jobs.queue import SleepInhibitor, inhibit_sleep

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the stand-in is a shell script")

HOLDER = """
import time
from gdm_studio.jobs.queue import SleepInhibitor
SleepInhibitor().hold()
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def pid_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Replace systemd-inhibit with a script that writes its process id and runs its command."""
    script = f'#!/bin/sh\necho "$@" > "{tmp_path}/asked"\necho $$ > "{tmp_path}/part"\n'
    script += f'mv "{tmp_path}/part" "{tmp_path}/pid"\nexec cat\n'
    for name in ("systemd-inhibit", "caffeinate"):
        (tmp_path / name).write_text(script)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path / "pid"


def ends(pid_file: Path) -> bool:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            os.kill(int(pid_file.read_text()), 0)
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.01)
    return False


def held(pid_file: Path) -> None:
    end = time.monotonic() + 60
    while not pid_file.exists():
        assert time.monotonic() < end, "nothing was started"
        time.sleep(0.01)


def test_the_inhibitor_lasts_as_long_as_the_run(pid_file: Path) -> None:
    with inhibit_sleep(True):
        held(pid_file)
        os.kill(int(pid_file.read_text()), 0)
        asked = pid_file.with_name("asked").read_text()
    assert "--what=sleep:idle " in asked and "--mode=block" in asked and asked.endswith(" cat\n")
    assert ends(pid_file)


def test_caffeinate_watches_this_process_on_a_mac(pid_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with inhibit_sleep(True):
        held(pid_file)
        assert pid_file.with_name("asked").read_text() == f"-i -w {os.getpid()}\n"
    assert ends(pid_file)


def test_windows_is_notified_at_start_and_end(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    kernel = SimpleNamespace(SetThreadExecutionState=told.append)
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=kernel), raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    with inhibit_sleep(True):
        assert told == [0x80000001]  # ES_CONTINUOUS | ES_SYSTEM_REQUIRED
    assert told == [0x80000001, 0x80000000]


def test_every_run_starts_one_inhibitor(pid_file: Path) -> None:
    awake = SleepInhibitor()
    for _ in range(3):
        awake.hold()
        held(pid_file)
        helper = int(pid_file.read_text())
        awake.hold()
        assert awake.held and int(pid_file.read_text()) == helper
        awake.release()
        assert not awake.held and ends(pid_file)
        awake.release()
        pid_file.unlink()


def test_the_setting_turns_the_inhibitor_off(pid_file: Path) -> None:
    with inhibit_sleep(False):
        pass
    assert not pid_file.exists()


@pytest.mark.slow
def test_the_inhibitor_ends_with_a_killed_program(pid_file: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == b"held\n"
    held(pid_file)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert ends(pid_file)
