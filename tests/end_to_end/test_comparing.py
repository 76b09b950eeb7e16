"""Two schedulers side by side on the Compare page, and a grid of three by three images."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from gdm_studio.gallery import read
from tests.helpers.person import Person

Sit = Callable[..., None]


@pytest.mark.slow
def test_two_schedulers_are_compared(home: Path, at_window: Sit) -> None:
    async def play(anna: Person) -> None:
        await anna.types("a pizza", into="Prompt")
        await anna.types("4", into="Steps", enter=True)
        await anna.clicks("Keep this seed")
        await anna.clicks("Generate")
        await anna.waits_until(lambda: len(anna.entries("Pictures")) == 1, "the first picture")
        await anna.chooses("Euler", box="Scheduler")
        await anna.clicks("Generate")
        await anna.waits_until(lambda: len(anna.entries("Pictures")) == 2, "the second picture")
        await anna.clicks("Gallery")
        await anna.waits_until(lambda: len(anna.entries("Pictures")) == 2, "both in the gallery")
        await anna.presses("Ctrl+A")
        await anna.waits_for("2 selected")
        await anna.clicks("Compare", within="Selected pictures")
        await anna.waits_for("Scheduler differs")
        await anna.waits_for("Euler")
        await anna.waits_for("DPM++ 2M")
        assert not anna.sees("Seed differs") and not anna.sees("Steps differs")
        await anna.clicks("Slider")
        await anna.clicks("Save as picture")
        await anna.waits_for("Comparison saved")

    at_window(play)
    (saved,) = (home / "pictures").glob("*comparison*.png")
    singles = [path for path in (home / "pictures").glob("*.png") if path != saved]
    assert sorted(read(path).request.sampler for path in singles) == ["dpmpp_2m", "euler"]  # type: ignore[union-attr]
    with Image.open(saved) as sheet, Image.open(singles[0]) as single:
        assert sheet.width > 2 * single.width and sheet.height > single.height


@pytest.mark.slow
def test_a_grid_saves_a_sheet_and_a_collection_of_nine_images(home: Path, at_window: Sit) -> None:
    async def play(anna: Person) -> None:
        await anna.types("an owl", into="Prompt")
        await anna.presses("Ctrl+G")
        await anna.types("2, 3, 4", into="Values across")
        await anna.types("1, 3, 6", into="Values down")
        await anna.waits_for("9 pictures")
        await anna.presses("Return")
        await anna.waits_for("click one to use it")
        await anna.clicks("Save")
        await anna.waits_for("Sheet saved")
        await anna.clicks("Gallery")
        await anna.clicks("Steps × guidance: an owl, 9 pictures", within="Places of the gallery")
        await anna.waits_for("9 pictures")

    at_window(play)
    (sheet,) = (home / "pictures").glob("*grid*.png")
    singles = [path for path in (home / "pictures").glob("*.png") if path != sheet]
    requests = [read(path).request for path in singles]
    made = {(request.steps, request.guidance_scale) for request in requests if request}
    assert made == {(steps, guidance) for steps in (2, 3, 4) for guidance in (1.0, 3.0, 6.0)}
    assert len({request.seed for request in requests if request}) == 1
    with Image.open(sheet) as picture:
        assert picture.width > 3 * 128 and any("guidance" in text for text in map(json.dumps, picture.text.values()))
