"""A killed program resumes at its last saved step when it is opened again, and finishes the image."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gdm_studio.engine.generation_loop import generate
from gdm_studio.gallery import read
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result
from tests.end_to_end.crash_program import STEPS
from tests.helpers.person import PATIENCE, Person

Sit = Callable[..., None]
ROOT = Path(__file__).parents[2]


def killed_half_way(home: Path) -> None:
    """Start the program, wait until its first steps are on disk, and kill it."""
    command = [sys.executable, "-m", "tests.end_to_end.crash_program"]
    program = subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=subprocess.PIPE)
    try:
        assert program.stdout is not None and program.stdout.readline() == b"half-way\n"
        end = time.monotonic() + PATIENCE
        while not any(file.stat().st_size for file in (home / "data" / "queue").rglob("*.steps")):
            assert time.monotonic() < end and program.poll() is None, "no step came to the disk"
            time.sleep(0.01)
    finally:
        program.kill()
        program.communicate()


@pytest.mark.usefixtures("forked_processes")
@pytest.mark.slow
def test_a_killed_run_resumes_at_its_last_saved_step(
    home: Path, at_window: Sit, shipped: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gdm_studio.models.families.icons.model import IconsModel

    made: list[object] = []
    denoised = IconsModel.denoised

    def counted(self: IconsModel, *args: Any) -> Any:
        made.append(args)
        return denoised(self, *args)

    async def play(anna: Person) -> None:
        await anna.waits_for("Resuming 1 picture")
        await anna.waits_until(lambda: anna.entries("Pictures") == ["a blue robot"], "the picture beside the stage")

    killed_half_way(home)
    assert not list((home / "pictures").glob("*.png"))
    monkeypatch.setattr(IconsModel, "denoised", counted)
    at_window(play)
    assert STEPS / 4 < len(made) < 1 + STEPS, "the steps left, and one as the window warms up"
    (path,) = (home / "pictures").glob("*.png")
    request = read(path).request
    assert request is not None and request.steps == STEPS
    (again,) = [event for event in generate(request, shipped) if isinstance(event, Result)]
    with Image.open(path) as picture:
        assert np.array_equal(np.asarray(picture), again.rgba), "as if nothing had happened"
