"""Generation from the first start to the gallery, stopping half-way, and resuming a pause with other settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gdm_studio.engine.generation_loop import generate
from gdm_studio.gallery import read
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import BUILT_IN
from tests.helpers.person import Person

Sit = Callable[..., None]


@pytest.mark.slow
def test_one_button_after_the_first_start_adds_an_image_to_the_gallery(home: Path, at_window: Sit) -> None:
    async def play(anna: Person) -> None:
        await anna.waits_for("Your picture will appear here")
        await anna.waits_for("Press Generate")
        prompt = anna.written("Prompt")
        await anna.types("4", into="Steps", enter=True)
        await anna.clicks("Generate")
        await anna.waits_for("Step 4 of 4")
        await anna.waits_until(lambda: anna.entries("Pictures") == [prompt], "the picture beside the stage")
        await anna.clicks("Gallery")
        await anna.waits_for("1 picture")
        assert anna.entries("Pictures") == [prompt]

    at_window(play)
    (path,) = (home / "pictures").glob("*.png")
    request = read(path).request
    assert request is not None and (request.model, request.steps) == (BUILT_IN, 4)
    with Image.open(path) as picture:
        alpha = np.asarray(picture)[..., 3]
    assert alpha.min() == 0 and alpha.max() == 255, "neither empty nor full: something drawn on nothing"


@pytest.mark.slow
def test_a_run_stopped_half_way_saves_its_last_step(home: Path, at_window: Sit) -> None:
    reached: list[str] = []

    async def play(anna: Person) -> None:
        await anna.types("60", into="Steps", enter=True)
        await anna.clicks("Generate")
        await anna.waits_for_number(r"(\d+) of 60", 3)
        await anna.clicks("Stop")
        await anna.waits_for("Stopped at step")
        assert not list((home / "pictures").glob("*.png")) and anna.entries("Pictures") == []
        reached.extend(anna.reads(r"Stopped at step (\d+) of 60"))
        await anna.clicks("Keep it")
        await anna.waits_until(lambda: len(anna.entries("Pictures")) == 1, "what was reached beside the stage")

    at_window(play)
    (path,) = (home / "pictures").glob("*.png")
    assert 3 <= read(path).stopped_at == int(reached[0]) < 60


@pytest.mark.slow
def test_a_run_changed_while_paused_becomes_a_reproducible_branch(home: Path, at_window: Sit, shipped: Library) -> None:
    async def play(anna: Person) -> None:
        await anna.types("a red apple", into="Prompt")
        await anna.types("24", into="Steps", enter=True)
        await anna.clicks("Generate")
        await anna.waits_for_number(r"(\d+) of 24", 4)
        await anna.presses("Space")
        await anna.waits_for("Paused")
        await anna.types("a green apple", into="Prompt")
        await anna.clicks("Continue with changes", within="Toolbar of the picture")
        await anna.waits_until(lambda: anna.entries("Pictures") == ["a green apple"], "the branch beside the stage")

    at_window(play)
    (path,) = (home / "pictures").glob("*.png")
    request = read(path).request
    assert request is not None and request.branch is not None
    assert (request.prompt, request.branch.parent.prompt) == ("a green apple", "a red apple")
    assert 4 <= request.branch.step < 24
    (again,) = [event for event in generate(request, shipped) if isinstance(event, Result)]
    with Image.open(path) as picture:
        assert np.array_equal(np.asarray(picture), again.rgba)
