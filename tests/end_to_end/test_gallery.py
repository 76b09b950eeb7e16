"""Search, marks, tags, deletion and restoring in the gallery, and settings taken from another program's image."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gdm_studio.gallery import Gallery
from tests.helpers.person import Person, Role

Sit = Callable[..., None]
A1111 = Path(__file__).parent.parent / "data" / "metadata" / "sd-webui.png"


@pytest.mark.slow
def test_an_image_is_found_marked_tagged_deleted_and_restored(home: Path, at_window: Sit) -> None:
    async def play(anna: Person) -> None:
        for prompt, steps in (("a red fox", "2"), ("a red rose", "3"), ("a whale", "3")):
            await anna.types(prompt, into="Prompt")
            await anna.types(steps, into="Steps", enter=True)
            await anna.clicks("Generate")
            await anna.waits_until(lambda prompt=prompt: anna.entries("Pictures")[:1] == [prompt], prompt)
        await anna.clicks("Gallery")
        await anna.presses("/")
        await anna.types("red steps:>2", into="Search pictures")
        await anna.waits_until(lambda: anna.entries("Pictures") == ["a red rose"], "the rose alone")
        await anna.waits_for("Steps > 2")
        await anna.waits_for("1 picture")
        await anna.clicks("a red rose", role=Role.ListItem)
        await anna.presses("F", "T")
        await anna.types("flowers", into="Tag", enter=True)
        await anna.types("tag:flowers is:favourite", into="Search pictures")
        await anna.waits_for("Tag flowers")
        await anna.waits_until(lambda: anna.entries("Pictures") == ["a red rose"], "the rose by its marks")
        await anna.clicks("a red rose", role=Role.ListItem)
        await anna.presses("Delete")
        await anna.waits_for("Picture deleted")
        await anna.waits_until(lambda: anna.entries("Pictures") == [], "nothing")
        await anna.waits_until(lambda: len(list((home / "pictures").glob("*.png"))) == 2, "its file gone")
        await anna.presses("Ctrl+Z")
        await anna.waits_until(lambda: anna.entries("Pictures") == ["a red rose"], "the rose again")
        await anna.presses("/", "Escape")
        await anna.waits_until(lambda: len(anna.entries("Pictures")) == 3, "all of them")

    at_window(play)
    gallery = Gallery.open()
    (rose,) = [picture for picture in gallery.page() if picture.request.prompt == "a red rose"]
    assert rose.favourite and rose.tags == ("flowers",) and rose.path.exists()
    gallery.close()


@pytest.mark.slow
def test_an_image_of_another_program_lists_and_restores_its_settings(at_window: Sit) -> None:
    async def play(anna: Person) -> None:
        await anna.clicks("Gallery")
        await anna.drops(A1111, on="Pictures")
        await anna.waits_for("Used · ")
        await anna.waits_for("Recognised, not used · ")
        await anna.waits_for("AUTOMATIC1111")
        await anna.clicks("Use settings")
        await anna.waits_for("Settings of sd-webui.png restored")
        await anna.waits_for("Not used: model ")
        await anna.waits_for("DPM++ 2M")
        await anna.waits_for("Karras")
        assert "hatsune miku" in anna.written("Prompt")
        # Icons cannot use the guidance of the file, so the model's own is set, and one click sets that of the file.
        assert [anna.written(each) for each in ("Steps", "Guidance", "Seed")] == ["20", "2.0", "3782896554"]
        await anna.waits_for("guidance 2 instead of 7")
        await anna.clicks("Guidance: Use 7")
        assert anna.written("Guidance") == "7.0"

    at_window(play)
