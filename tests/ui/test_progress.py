"""Progress text of the Generate button during a run, and the modules that the first paint imports."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gdm_studio.jobs.job import Job
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.request.generation_events import Run, State, View
from gdm_studio.request.generation_request import Branch, Request
from gdm_studio.ui.progress import duration, progress_text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.62, "0.6 s"), (9.96, "10 s"), (23.4, "23 s"), (59.6, "1:00"), (125, "2:05"), (3725, "1:02:05")],
)
def test_times_are_shown_in_readable_form(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_progress_counts_steps_of_one_image_or_images_of_several() -> None:
    run = Run(Request(steps=20), state=State.RUNNING)
    assert progress_text(run, None, None) == "starting…"
    run.views[0] = [step(index, of=20) for index in range(1, 13)]
    assert progress_text(run, run.views[0][-1], 0.62) == "12 of 20 · 0.6 s left"
    run.state = State.PAUSED
    assert progress_text(run, run.views[0][-1], 0.62) == "12 of 20 · paused"
    branch = Run(Request(steps=67, branch=Branch(Request(steps=67), 14)), state=State.RUNNING)
    # The caption also counts the steps of the parent image.
    branch.views[0] = [step(5, of=53)]
    assert progress_text(branch, branch.views[0][-1], 2) == "19 of 67 · 2.0 s left"
    several = Run(Request(steps=20, count=4), state=State.RUNNING)
    several.views[0] = [step(1, of=20)]
    assert progress_text(several, several.views[0][-1], 65) == "0 of 4 done · 1:05 left"


def test_the_bar_and_the_text_count_the_same_steps() -> None:
    parent = Request(steps=67)
    job = Job(Request(steps=67, count=2, branch=Branch(parent, 14)))
    job.run.path = (NoiseLevel(1.0, 1.0),) * 54
    job.progress = {0: 5, 1: 0}
    assert job.share_done() == pytest.approx((19 + 14) / (2 * 67))
    job.progress = {0: 53, 1: 53}
    assert job.share_done() == 1


FIRST_PAINT = """
import sys
from gdm_studio.models.model_library import Library
from gdm_studio.ui.shell.app import application, event_loop
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.shell.window import Window
async def painted():
    window = Window(Theme(app), Library())
    window.show()
    await window.painted.wait()
    print([name for name in ("torch", "numpy", "PIL", "sqlite3") if name in sys.modules])
    window.close()
    await window.closed.wait()
app = application()
with event_loop(app) as loop:
    loop.run_until_complete(painted())
"""


@pytest.mark.slow
def test_the_first_paint_imports_no_heavy_library(tmp_path: Path) -> None:
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "GDM_STUDIO_HOME": str(tmp_path)}
    found = subprocess.run([sys.executable, "-c", FIRST_PAINT], capture_output=True, text=True, check=True, env=environ)
    assert found.stdout.strip() == "[]"


def step(index: int, *, of: int) -> View:
    picture = np.zeros((1, 1, 4), np.uint8)
    at = NoiseLevel(1.0, 1.0)
    pictures = {name: picture for name in ("predicted", "noisy", "noise")}
    return View(image=0, index=index, of=of, at=at, ms=1.0, decoded=True, **pictures)
