"""Names from patterns, and the forms that new pictures are written in."""

from __future__ import annotations

import itertools
import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gdm_studio.errors import BadRequest
from gdm_studio.gallery import Gallery, Saving, read
from gdm_studio.gallery.encoding import FORMS
from gdm_studio.gallery.naming import FIELDS, USUAL, Named, check_pattern, name, names
from gdm_studio.request import Request
from tests.helpers.library import result

OF = Named(
    Request(prompt="A red fox, in the snow!", seed=42, model="models/icons.safetensors", style="noto"),
    id="ab12cd34" * 4,
    created=time.mktime((2026, 11, 20, 14, 5, 9, 0, 0, -1)),
    size=(128, 96),
    number=7,
)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows takes its zone from elsewhere")
@pytest.mark.parametrize("zone", ["UTC-9", "UTC+8"])  # as POSIX has it: Tokyo, and Los Angeles in winter
@pytest.mark.parametrize("hour", [0, 1, 12, 23])
def test_day_and_time_are_those_on_the_wall(zone: str, hour: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        made = replace(OF, created=time.mktime((2026, 11, 20, hour, 5, 9, 0, 0, -1)))
        assert name("{date} {time}", made) == f"2026-11-20 {hour:02}-05-09"
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (USUAL, "2026-11-20 A red fox in the snow 42 ab12"),
        ("{n:03} {seed}", "007 42"),
        ("{date}/{model}/{prompt}", "2026-11-20/icons/A red fox in the snow"),
        ("{time} {size} {style} {sampler} {steps} {guidance}", "14-05-09 128x96 noto dpmpp_2m 20 4"),
        ("../../{seed}", "42"),
        ("/etc/{seed}", "etc/42"),
        ("C:\\{seed}", "C/42"),
        ('<{seed}>:"|?*', "42"),
        (".{seed}.", "42"),
        ("con", "_con"),
        ("fixed", "fixed"),
    ],
)
def test_a_pattern_gives_a_name_that_every_system_takes(pattern: str, expected: str) -> None:
    assert name(pattern, OF) == expected


@pytest.mark.parametrize("pattern", ["{nothing}", "{seed", "seed}", "{}", "", "   ", "{seed:abc}", "///"])
def test_a_pattern_that_makes_no_sense_is_refused(pattern: str) -> None:
    with pytest.raises(BadRequest):
        check_pattern(pattern)


@pytest.mark.parametrize("prompt", ["", "/../..", "猫" * 200, "a\0b", "\udc80", "con", "." * 300, "x" * 300])
def test_no_prompt_is_too_odd(prompt: str) -> None:
    for pattern in ("{prompt}", "{prompt}/{prompt}", "{prompt} {id}"):
        found = name(pattern, Named(Request(prompt=prompt), "ab" * 16, 0.0, (8, 8)))
        parts = found.split("/")
        assert parts and all(part and not part.startswith(".") and len(part.encode()) <= 200 for part in parts)


def test_names_never_run_out() -> None:
    assert list(itertools.islice(names("same", OF), 5)) == [
        "same", "same ab12cd34", f"same {OF.id}", "same (2)", "same (3)",
    ]  # fmt: skip
    assert next(itertools.islice(names(USUAL, OF), 1, None)).endswith(" 42 ab12cd34")
    assert set(FIELDS) >= {"date", "prompt", "seed", "model", "n", "id"}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_tells_how_to_make_the_picture_again(tmp_path: Path, form: str) -> None:
    gallery = Gallery(tmp_path / "p", tmp_path / "d", tmp_path / "c", saving=Saving(form, "{date}/{prompt}"))
    made = result("ein Fuchs, ganz rot 狐", side=32)
    made.rgba[..., 3] = 255
    first, second = gallery.keep(made), gallery.keep(made)
    suffix = {"jpeg": ".jpg"}.get(form, f".{form}")
    today = time.strftime("%Y-%m-%d")
    assert first.path.relative_to(gallery.pictures) == Path(today) / f"ein Fuchs ganz rot 狐{suffix}"
    assert second.path.name == f"ein Fuchs ganz rot 狐 {second.id[:8]}{suffix}"
    found = read(first.path)
    assert (found.request, found.id, found.created) == (made.request, first.id, first.created)
    with Image.open(first.path) as image:
        apart = np.abs(np.asarray(image.convert("RGBA")).astype(int) - made.rgba).mean()
    assert apart == 0 if form != "jpeg" else apart < 12
    gallery.rebuild()
    assert gallery.page() == [second, first]
    gallery.close()


def test_clear_pixels_stay_clear_or_turn_white(tmp_path: Path) -> None:
    made = result(side=16)
    made.rgba[:8, :, 3] = 0
    for form in FORMS:
        gallery = Gallery(tmp_path / form, tmp_path / "d", tmp_path / "c", saving=Saving(form))
        with Image.open(gallery.keep(made).path) as image:
            assert np.asarray(image.convert("RGBA"))[2, 2].tolist() == (
                [255] * 4 if form == "jpeg" else made.rgba[2, 2].tolist()
            )
        gallery.close()


def test_settings_too_long_for_a_jpeg_are_kept_in_a_png(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path / "p", tmp_path / "d", tmp_path / "c", saving=Saving("jpeg"))
    made = result("long " * 20_000)
    picture = gallery.keep(made)
    assert picture.path.suffix == ".png" and read(picture.path).request == made.request
    assert os.listdir(gallery.pictures) == [picture.path.name]
    gallery.close()
