"""The whole program in a separate process: it saves its state and ends, whichever signal it receives."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

# The program with a simulated user who generates an image, takes a screenshot and starts the next image.
PROGRAM = """
import os, pathlib, sys, time
from PySide6.QtCore import QTimer
from gdm_studio.ui.shell import app, window
from tests.helpers.gaussian_model import GaussianLibrary

home = pathlib.Path(os.environ["GDM_STUDIO_HOME"])

class Used(window.Window):
    def start(self):
        super().start()
        (home / "notes").write_text("up ")
        if "HANGS" in os.environ:
            app.ANSWER_SECONDS = 1.0
            QTimer.singleShot(0, self, lambda: ((home / "notes").write_text("hangs"), time.sleep(600)))
        self.create_page.controls.button.click()
        self.eyes = QTimer(self, interval=20)
        self.eyes.timeout.connect(self.look)
        self.eyes.start()

    def look(self):
        if self.gallery.panel_model.rowCount() and self.generation.job is None:
            self.screen().grabWindow(0).save(str(home / "seen.png"))
            self.eyes.stop()
            self.create_page.controls.request_draft.change(steps=1000)
            self.create_page.controls.button.click()
            (home / "notes").write_text("up made")

app.Window = Used
sys.exit(app.main(GaussianLibrary(step_seconds=0.05)))
"""
# The program with Ctrl-C at one moment of its start: in the first paint, before a paint that never comes, as for a
# window that starts minimised, or in the event loop, before it has signal handlers.
INTERRUPTED_START = """
import contextlib, os, signal, sys
from PySide6.QtCore import QTimer
from gdm_studio.ui.shell import app, window

def interrupt():
    os.kill(os.getpid(), signal.SIGINT)

class Interrupted(window.Window):
    def paintEvent(self, event):
        if moment != "unpainted":
            super().paintEvent(event)

    def _on_painted(self):
        if moment == "paint" and not self._is_painted:
            interrupt()
        super()._on_painted()

    def show_first_frame(self, *arguments):
        if moment == "unpainted":
            QTimer.singleShot(0, interrupt)
        super().show_first_frame(*arguments)

@contextlib.contextmanager
def event_loop(application):
    with create_loop(application) as loop:
        if moment == "loop":
            loop.call_soon(interrupt)
        yield loop

moment = sys.argv.pop()
create_loop, app.event_loop, app.Window = app.event_loop, event_loop, Interrupted
from gdm_studio.cli.main import run
sys.exit(run([]))
"""
OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}
ROOT = Path(__file__).parents[2]
# Patience with a busy machine. Without the signal the program would never end.
SECONDS = 120.0

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to catch")


@pytest.mark.slow
def test_sigterm_during_a_run_ends_the_program_with_its_state_saved(home: Path) -> None:
    with start_program(home, OFFSCREEN) as program:
        wait_for(lambda: "made" in read_notes(home))
        assert exit_status(program, signal.SIGTERM) == 0
    assert json.loads((home / "data" / "window.json").read_text())["request"]["model"] == "gaussian"
    assert len(list((home / "pictures").glob("*.png"))) == 1


@pytest.mark.slow
def test_ctrl_c_while_torch_loads_ends_the_program(home: Path) -> None:
    with start_program(home, OFFSCREEN) as program:
        wait_for(lambda: "up" in read_notes(home))
        assert exit_status(program, signal.SIGINT) == 130


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["paint", "unpainted", "loop"])
def test_ctrl_c_at_any_moment_of_the_start_ends_the_program(home: Path, moment: str) -> None:
    environment = {**os.environ, **OFFSCREEN, "GDM_STUDIO_HOME": str(home)}
    program = [sys.executable, "-c", INTERRUPTED_START, moment]
    done = subprocess.run(program, cwd=ROOT, env=environment, stderr=subprocess.PIPE, timeout=SECONDS, check=False)
    assert done.returncode == 130 and b"Traceback" not in done.stderr, done.stderr[-2000:].decode()


@pytest.mark.slow
def test_sigterm_ends_a_window_that_does_not_answer(home: Path) -> None:
    with start_program(home, OFFSCREEN | {"HANGS": "1"}) as program:
        wait_for(lambda: "hangs" in read_notes(home))
        program.send_signal(signal.SIGTERM)
        assert program.wait(SECONDS) == 128 + signal.SIGTERM


@pytest.mark.slow
def test_a_real_window_makes_a_picture_and_is_closed(home: Path, virtual_screen: dict[str, str]) -> None:
    with start_program(home, virtual_screen) as program:
        wait_for(lambda: "made" in read_notes(home))
        assert exit_status(program, signal.SIGTERM) == 0
    seen = np.asarray(Image.open(home / "seen.png").convert("RGB")).reshape(-1, 3)
    assert len(np.unique(seen, axis=0)) > 200, "nothing much is to be seen on the screen"


@contextmanager
def start_program(home: Path, place: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, **place, "GDM_STUDIO_HOME": str(home)}
    program = subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=ROOT, env=environment, stderr=subprocess.PIPE)
    try:
        yield program
        assert program.stderr is not None and b"Traceback" not in program.stderr.read()
    finally:
        program.kill()
        program.communicate()


def exit_status(program: subprocess.Popen[bytes], number: int) -> int:
    """Send a signal and return the exit status."""
    program.send_signal(number)
    return program.wait(SECONDS)


def read_notes(home: Path) -> str:
    """Return the progress notes that the program has written."""
    file = home / "notes"
    return file.read_text() if file.exists() else ""


def wait_for(reason: Callable[[], object], seconds: float = SECONDS) -> None:
    end = time.monotonic() + seconds
    while not reason():
        assert time.monotonic() < end, "the program did not get there"
        time.sleep(0.02)
