"""Steps of an image from an earlier session: a branch from one of them, and a film of all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from gdm_studio.engine.generation_loop import generate
from gdm_studio.gallery import read
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result
from tests.helpers.person import Person, Role

Sit = Callable[..., None]


async def generate_tiger(anna: Person) -> None:
    await anna.types("a tiger", into="Prompt")
    await anna.types("12", into="Steps", enter=True)
    await anna.clicks("Generate")
    await anna.waits_until(lambda: anna.entries("Pictures") == ["a tiger"], "the tiger beside the stage")


async def open_tiger(anna: Person) -> None:
    await anna.clicks("a tiger", role=Role.ListItem)
    await anna.waits_for("Step 12 of 12")


@pytest.mark.slow
def test_a_branch_starts_at_step_8_of_an_earlier_image(home: Path, at_window: Sit, shipped: Library) -> None:
    async def play(anna: Person) -> None:
        await open_tiger(anna)
        await anna.clicks("Steps of the picture")
        await anna.presses("Home", *["Right"] * 7)
        await anna.waits_for("Step 8 of 12")
        await anna.presses("B")
        await anna.waits_for("Branch from step 8 of “a tiger")
        await anna.types("a lion", into="Prompt")
        await anna.clicks("Generate branch")
        await anna.waits_until(lambda: anna.entries("Pictures") == ["a lion", "a tiger"], "the lion before the tiger")
        await anna.waits_for("Family")

    at_window(generate_tiger)
    at_window(play)
    ((lion_file,), (tiger_file,)) = ([*(home / "pictures").glob(f"*{name}*.png")] for name in ("lion", "tiger"))
    lion, tiger = read(lion_file).request, read(tiger_file).request
    assert lion is not None and tiger is not None and lion.branch is not None
    assert lion.branch.step == 8 and lion.branch.parent.digest() == tiger.digest()
    (again,) = [event for event in generate(lion, shipped) if isinstance(event, Result)]
    with Image.open(lion_file) as picture:
        assert np.array_equal(np.asarray(picture), again.rgba)


@pytest.mark.slow
def test_the_film_of_an_earlier_image_is_a_gif_of_its_steps(
    home: Path, at_window: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(home / "anna"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "anna" / ".config"))

    async def play(anna: Person) -> None:
        await open_tiger(anna)
        await anna.does("film")
        await anna.clicks("GIF")
        await anna.clicks("256")
        await anna.clicks("Export")
        await anna.waits_for("Animation exported")

    at_window(generate_tiger)
    at_window(play)
    (film,) = (home / "anna").rglob("*.gif")
    with Image.open(film) as frames:
        pictures = [np.asarray(frame.convert("RGBA"), np.int16) for frame in ImageSequence.Iterator(frames)]
        assert frames.size == (256, 256) and frames.info["loop"] == 0
    assert len(pictures) == 12
    (path,) = (home / "pictures").glob("*.png")
    with Image.open(path) as picture:
        last = np.asarray(picture.resize((256, 256)), np.int16)
    far = [np.abs(np.where(one[..., 3:] > 0, one - last, 0)).mean() for one in (pictures[0], pictures[-1])]
    assert far[1] < far[0], "it ends at the picture"
