"""The whole program in a process of its own: however it is asked to end, it ends, and soon."""

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

# The program itself, with someone at it who makes one picture, takes a photograph, and begins the next one.
PROGRAM = """
import os, pathlib, sys
from PySide6.QtCore import QTimer
from gdm_studio.ui.shell import app, window
from tests.helpers.gaussian_model import GaussianLibrary

home = pathlib.Path(os.environ["GDM_STUDIO_HOME"])

class Used(window.Window):
    def start(self):
        super().start()
        (home / "notes").write_text("up ")
        self.create_page.controls.button.click()
        self.eyes = QTimer(self, interval=20)
        self.eyes.timeout.connect(self.look)
        self.eyes.start()

    def look(self):
        if self.shelf.beside.rowCount() and self.making.job is None:
            self.screen().grabWindow(0).save(str(home / "seen.png"))
            self.eyes.stop()
            self.create_page.controls.draft.change(steps=1000)
            self.create_page.controls.button.click()
            (home / "notes").write_text("up made")

app.Window = Used
sys.exit(app.main(GaussianLibrary(step_seconds=0.05)))
"""
OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}
ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to catch")


@pytest.mark.slow
def test_sigterm_in_mid_run_ends_it_within_five_seconds(home: Path) -> None:
    with started(home, OFFSCREEN) as program:
        wait_for(lambda: "made" in notes(home))
        assert ended(program, signal.SIGTERM) == 0
    assert json.loads((home / "data" / "window.json").read_text())["request"]["model"] == "gaussian"
    assert len(list((home / "pictures").glob("*.png"))) == 1


@pytest.mark.slow
def test_ctrl_c_while_torch_is_being_loaded_ends_it_within_five_seconds(home: Path) -> None:
    with started(home, OFFSCREEN) as program:
        wait_for(lambda: "up" in notes(home))
        assert ended(program, signal.SIGINT) == 130


@pytest.mark.slow
def test_a_real_window_makes_a_picture_and_is_closed(home: Path, screen: dict[str, str]) -> None:
    with started(home, screen) as program:
        wait_for(lambda: "made" in notes(home))
        assert ended(program, signal.SIGTERM) == 0
    seen = np.asarray(Image.open(home / "seen.png").convert("RGB")).reshape(-1, 3)
    assert len(np.unique(seen, axis=0)) > 200, "nothing much is to be seen on the screen"


@contextmanager
def started(home: Path, place: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, **place, "GDM_STUDIO_HOME": str(home)}
    program = subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=ROOT, env=environment, stderr=subprocess.PIPE)
    try:
        yield program
        assert program.stderr is not None and b"Traceback" not in program.stderr.read()
    finally:
        program.kill()
        program.communicate()


def ended(program: subprocess.Popen[bytes], number: int) -> int:
    """The exit status after a signal."""
    began = time.monotonic()
    program.send_signal(number)
    status = program.wait(15)
    assert time.monotonic() - began < 5
    return status


def notes(home: Path) -> str:
    """What the program has noted of itself."""
    file = home / "notes"
    return file.read_text() if file.exists() else ""


def wait_for(reason: Callable[[], object], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not reason():
        assert time.monotonic() < end, "the program did not get there"
        time.sleep(0.02)
