"""File names from patterns, and the formats of new images."""

from __future__ import annotations

import itertools
import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gdm_studio.common.errors import BadRequest
from gdm_studio.gallery import Gallery, SaveSettings, read
from gdm_studio.gallery.filename_pattern import (
    DEFAULT,
    FIELDS,
    NameParts,
    check_pattern,
    clean_name,
    fill_pattern,
    iter_candidate_names,
    title_of_set,
)
from gdm_studio.gallery.image_encoding import FORMATS
from gdm_studio.preferences import Preferences
from gdm_studio.request.generation_request import Request
from tests.helpers.library import result

PARTS = NameParts(
    Request(prompt="A red fox, in the snow!", seed=42, model="models/icons.safetensors", style="noto"),
    id="ab12cd34" * 4,
    created=time.mktime((2026, 11, 20, 14, 5, 9, 0, 0, -1)),
    size=(128, 96),
    number=7,
)


def test_adapter_tags_are_left_out_of_file_names() -> None:
    def called(prompt: str) -> str:
        return fill_pattern("{prompt}", replace(PARTS, request=Request(prompt=prompt)))

    assert called("<lora:ink:0.8> a fox <hypernet:x:1>, 3 < 4 > 2") == "a fox 3 4 2"
    assert called("a fox<lora:ink_v2:te=0.8:unet=1>in ink") == "a fox in ink"
    assert called("<lora:ink:1>") == PARTS.id[:8], "nothing is left of it"


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows takes its zone from elsewhere")
# POSIX notation: Tokyo, and Los Angeles in winter.
@pytest.mark.parametrize("zone", ["UTC-9", "UTC+8"])
@pytest.mark.parametrize("hour", [0, 1, 12, 23])
def test_date_and_time_are_in_the_local_time_zone(zone: str, hour: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        made = replace(PARTS, created=time.mktime((2026, 11, 20, hour, 5, 9, 0, 0, -1)))
        assert fill_pattern("{date} {time}", made) == f"2026-11-20 {hour:02}-05-09"
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (DEFAULT, "2026-11-20 A red fox in the snow 42 ab12"),
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
def test_a_pattern_gives_a_name_that_is_valid_on_every_system(pattern: str, expected: str) -> None:
    assert fill_pattern(pattern, PARTS) == expected


@pytest.mark.parametrize("pattern", ["{nothing}", "{seed", "seed}", "{}", "", "   ", "{seed:abc}", "///"])
def test_an_invalid_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(BadRequest):
        check_pattern(pattern)


@pytest.mark.parametrize("prompt", ["", "/../..", "猫" * 200, "a\0b", "\udc80", "con", "." * 300, "x" * 300])
def test_every_prompt_gives_a_valid_name(prompt: str) -> None:
    for pattern in ("{prompt}", "{prompt}/{prompt}", "{prompt} {id}"):
        found = fill_pattern(pattern, NameParts(Request(prompt=prompt), "ab" * 16, 0.0, (8, 8)))
        parts = found.split("/")
        assert parts and all(part and not part.startswith(".") and len(part.encode()) <= 200 for part in parts)


def test_name_candidates_never_run_out() -> None:
    assert list(itertools.islice(iter_candidate_names("same", PARTS), 5)) == [
        "same", "same ab12cd34", f"same {PARTS.id}", "same (2)", "same (3)",
    ]  # fmt: skip
    assert next(itertools.islice(iter_candidate_names(DEFAULT, PARTS), 1, None)).endswith(" 42 ab12cd34")
    assert set(FIELDS) >= {"date", "prompt", "seed", "model", "n", "id"}


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_stores_the_request(tmp_path: Path, form: str) -> None:
    gallery = Gallery(tmp_path / "p", tmp_path / "d", tmp_path / "c", saving=SaveSettings(form, "{date}/{prompt}"))
    made = result("ein Fuchs, ganz rot 狐", side=32)
    made.rgba[..., 3] = 255
    first, second = gallery.save(made), gallery.save(made)
    suffix = {"jpeg": ".jpg"}.get(form, f".{form}")
    today = time.strftime("%Y-%m-%d", time.localtime(first.created))
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


def test_transparent_pixels_stay_transparent_or_turn_white(tmp_path: Path) -> None:
    made = result(side=16)
    made.rgba[:8, :, 3] = 0
    for form in FORMATS:
        gallery = Gallery(tmp_path / form, tmp_path / "d", tmp_path / "c", saving=SaveSettings(form))
        with Image.open(gallery.save(made).path) as image:
            assert np.asarray(image.convert("RGBA"))[2, 2].tolist() == (
                [255] * 4 if form == "jpeg" else made.rgba[2, 2].tolist()
            )
        gallery.close()


def test_settings_too_long_for_a_jpeg_are_saved_as_png(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path / "p", tmp_path / "d", tmp_path / "c", saving=SaveSettings("jpeg"))
    made = result("long " * 20_000)
    picture = gallery.save(made)
    assert picture.path.suffix == ".png" and read(picture.path).request == made.request
    assert os.listdir(gallery.pictures) == [picture.path.name]
    gallery.close()


def test_name_lengths_and_reserved_names_at_their_limits() -> None:
    def named(prompt: str, **settings: object) -> NameParts:
        return NameParts(Request(prompt=prompt, **settings), "ab12cd34" * 4, 0.0, (24, 16))  # type: ignore[arg-type]

    forty = "four words and ten more letters and so o"
    assert len(forty) == 40 and fill_pattern("{prompt}", named(forty)) == forty
    assert fill_pattern("{prompt}", named(forty + "n")) == "four words and ten more letters and so"
    assert (
        fill_pattern("{prompt}", named(forty + " n")) == forty and fill_pattern("{prompt}", named("x" * 41)) == "x" * 40
    )
    assert len(fill_pattern("x" * 181, named("")).encode()) == 180 == len(fill_pattern("é" * 99, named("")).encode())
    assert {fill_pattern("x" * 179 + cut, named("")) for cut in (". more", " more", "x")} == {"x" * 179, "x" * 180}
    reserved = ["con", "AUX", "nul.txt", "com1", "LPT9.x", "prn"]
    assert [fill_pattern(each, named("")) for each in reserved] == [f"_{each}" for each in reserved]
    free = ["console", "com", "com10", "lpt", "a.con", "xnul"]
    assert [fill_pattern(each, named("")) for each in free] == free
    assert fill_pattern("{n:3} {seed:9} {steps:1}", replace(named("", seed=7), number=12)) == "012 000000007 20"
    assert fill_pattern("{n}", named("")) == "1" and fill_pattern("{size}", named("")) == "24x16"
    assert fill_pattern("{style}/{sampler}", named("", style="a/b\\c")) == "a-b-c/dpmpp_2m"
    assert fill_pattern("{guidance}", named("", guidance_scale=2.50)) == "2.5"
    assert fill_pattern("{prompt}", named("")) == fill_pattern("{style}/ / ", named("")) == "ab12cd34"
    assert fill_pattern("{model}", named("", model="C:/models/one.two.safetensors")) == "one two"
    others = iter_candidate_names("{seed} {id}", named("", seed=3))
    assert [next(others) for _ in range(4)] == ["3 ab12", "3 ab12cd34", f"3 {'ab12cd34' * 4}", "3 ab12 (2)"]
    for pattern in ("{date}{", "a}b", "{n:0}{", "{ seed}", "{seed:12}", "{SEED}", "/", "...", '"?*'):
        for use in (check_pattern, lambda pattern: fill_pattern(pattern, named(""))):
            with pytest.raises(BadRequest):
                use(pattern)
    for pattern in ("{n:03}", "{n:0}", "a", "{id}", "{date}/{time}"):
        check_pattern(pattern)


def test_save_settings_follow_the_preferences() -> None:
    wanted = SaveSettings.from_preferences(Preferences(format="webp", name_pattern="{seed}", steps_gb=2.5))
    assert wanted == SaveSettings("webp", "{seed}", 2.5e9)
    assert SaveSettings.from_preferences(Preferences()) == SaveSettings("png", "{date} {prompt} {seed} {id}", 4e9)
    assert Preferences(steps_mb_each=0.5).steps_budget == 500_000
    assert Preferences(steps_mb_each=0.5, keep_steps=False).steps_budget == 0


def test_a_set_is_called_by_its_first_things() -> None:
    assert title_of_set(["sun", "cloud"]) == "Sun, cloud"
    assert title_of_set(["élan", "b", "c", "d"]) == "Élan, b, c …"
    # As the name of a folder, on every system.
    assert clean_name(title_of_set(["light/dark", "C:\\x", "a?"])) == "Light-dark, C-x, a"
    assert clean_name(title_of_set(["con"])) == "_Con" and clean_name("..") == clean_name("") == ""
    assert len(clean_name("雲" * 200).encode()) <= 180
