"""A process that dies of a fatal signal leaves its stack in a file, and the doctor shows the first lines."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gdm_studio import doctor
from gdm_studio.cli.main import run
from gdm_studio.common import crash_log
from gdm_studio.jobs.queue import Queue
from gdm_studio.request.generation_request import Request
from tests.cli.test_streams import PATIENCE, run_program

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are other things there")
FALLING = "import ctypes\nctypes.string_at(0)\n"
MANY = """
import sys, time
from gdm_studio.common import crash_log
crash_log.enable("test")
print(flush=True)
sys.stdin.readline()
import ctypes
ctypes.string_at(0)
"""


def files() -> list[Path]:
    return sorted(crash_log.folder().iterdir()) if crash_log.folder().is_dir() else []


@pytest.mark.slow
def test_a_crashed_verb_leaves_its_stack_for_the_doctor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "sqlite3.py").write_text(FALLING)
    ended = run_program("gallery", "list", path=tmp_path, capture_output=True)
    assert ended.returncode == -signal.SIGSEGV
    (file,) = files()
    assert "gdm_studio/cli/gallery.py" in file.read_text() and file.stat().st_mode & 0o777 == 0o600
    assert run(["doctor", "--json"]) in (0, 1)
    (found,) = [each for each in json.loads(capsys.readouterr().out)["findings"] if each["name"] == "Last crash"]
    assert "gallery: Fatal Python error: Segmentation fault" in found["value"] and "string_at" in found["value"]
    assert f"{file.name[:4]}-{file.name[4:6]}-" in found["value"] and file.name in found["remedy"]
    assert str(tmp_path) not in found["value"], "the folders of a file may tell the user's name"


def test_a_crashed_worker_leaves_its_stack(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text(FALLING)
    command = [sys.executable, "-m", "gdm_studio.jobs.workers.worker_main", "cpu", "1"]
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join([str(tmp_path), *sys.path]))
    # The end of this pipe would end the worker.
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, stderr=pipe) as worker:
        assert worker.wait(PATIENCE) == -signal.SIGSEGV
    crash = crash_log.last_crash()
    assert crash is not None and crash.program.endswith("worker for cpu")


@pytest.mark.slow
def test_a_crashed_window_leaves_its_stack(tmp_path: Path) -> None:
    (tmp_path / "qasync.py").write_text(FALLING)
    assert run_program(path=tmp_path, capture_output=True).returncode == -signal.SIGSEGV
    crash = crash_log.last_crash()
    assert crash is not None and crash.program.endswith("window")
    assert any("gdm_studio/ui/shell/app.py" in line for line in crash.lines)


@pytest.mark.slow
def test_a_normal_exit_leaves_at_most_one_empty_file(capsys: pytest.CaptureFixture[str]) -> None:
    Queue.open().add(Request(prompt="an owl"))
    for _ in range(3):
        assert run_program("queue", "list", capture_output=True).returncode == 0
    assert len(files()) == 1 and crash_log.last_crash() is None
    assert doctor.last_crash().state == doctor.OK
    assert run_program("queue", "nothing", capture_output=True).returncode == 2
    assert run_program("--version", capture_output=True).returncode == 0
    assert len(files()) == 1


@pytest.mark.slow
def test_crashes_have_separate_files_and_the_newest_are_retained() -> None:
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
    count = crash_log.CRASHES + 2
    processes = [
        subprocess.Popen([sys.executable, "-c", MANY], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(count)
    ]
    for process in processes:
        assert process.stdout is not None and process.stdout.readline() == b"\n"
    for process in processes:
        process.communicate(b"\n")
        assert process.returncode == -signal.SIGSEGV
    assert len(files()) == count
    for path in files():
        assert path.read_text().count("Fatal Python error: Segmentation fault") == 1
    assert run_program("queue", "list", capture_output=True).returncode == 0
    assert len(files()) == crash_log.CRASHES + 1


def test_an_old_crash_is_deleted() -> None:
    crash_log.folder().mkdir(parents=True)
    path = crash_log.folder() / "20200101-000000-1.log"
    path.write_text("GDM Studio 0.1.0 window\nFatal Python error: Aborted\n")
    os.utime(path, (1.6e9, 1.6e9))
    run_program("queue", "list", capture_output=True)
    assert path not in files()


def test_an_unwritable_folder_stops_nothing(tmp_path: Path) -> None:
    crash_log.folder().parent.mkdir(parents=True, exist_ok=True)
    crash_log.folder().write_text("in the way")
    ended = run_program("queue", "list", capture_output=True)
    assert ended.returncode == 0 and crash_log.last_crash() is None
