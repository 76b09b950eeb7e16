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
from gdm_studio.gallery import Gallery, SaveSettings, read
from gdm_studio.gallery.encoding import FORMS
from gdm_studio.gallery.naming import FIELDS, USUAL, Named, check_pattern, name, names
from gdm_studio.preferences import Preferences
from gdm_studio.request import Request
from tests.helpers.library import result

OF = Named(
    Request(prompt="A red fox, in the snow!", seed=42, model="models/icons.safetensors", style="noto"),
    id="ab12cd34" * 4,
    created=time.mktime((2026, 11, 20, 14, 5, 9, 0, 0, -1)),
    size=(128, 96),
    number=7,
)


def test_what_calls_an_adapter_is_left_out_of_a_name() -> None:
    def called(prompt: str) -> str:
        return name("{prompt}", replace(OF, request=Request(prompt=prompt)))

    assert called("<lora:ink:0.8> a fox <hypernet:x:1>, 3 < 4 > 2") == "a fox 3 4 2"
    assert called("a fox<lora:ink_v2:te=0.8:unet=1>in ink") == "a fox in ink"
    assert called("<lora:ink:1>") == OF.id[:8], "nothing is left of it"


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
    gallery = Gallery(tmp_path / "p", tmp_path / "d", tmp_path / "c", saving=SaveSettings(form, "{date}/{prompt}"))
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
        gallery = Gallery(tmp_path / form, tmp_path / "d", tmp_path / "c", saving=SaveSettings(form))
        with Image.open(gallery.keep(made).path) as image:
            assert np.asarray(image.convert("RGBA"))[2, 2].tolist() == (
                [255] * 4 if form == "jpeg" else made.rgba[2, 2].tolist()
            )
        gallery.close()


def test_settings_too_long_for_a_jpeg_are_kept_in_a_png(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path / "p", tmp_path / "d", tmp_path / "c", saving=SaveSettings("jpeg"))
    made = result("long " * 20_000)
    picture = gallery.keep(made)
    assert picture.path.suffix == ".png" and read(picture.path).request == made.request
    assert os.listdir(gallery.pictures) == [picture.path.name]
    gallery.close()


def test_names_at_the_edge_of_what_a_disk_takes() -> None:
    def named(prompt: str, **settings: object) -> Named:
        return Named(Request(prompt=prompt, **settings), "ab12cd34" * 4, 0.0, (24, 16))  # type: ignore[arg-type]

    forty = "four words and ten more letters and so o"
    assert len(forty) == 40 and name("{prompt}", named(forty)) == forty
    assert name("{prompt}", named(forty + "n")) == "four words and ten more letters and so"
    assert name("{prompt}", named(forty + " n")) == forty and name("{prompt}", named("x" * 41)) == "x" * 40
    assert len(name("x" * 181, named("")).encode()) == 180 == len(name("é" * 99, named("")).encode())
    assert {name("x" * 179 + cut, named("")) for cut in (". more", " more", "x")} == {"x" * 179, "x" * 180}
    reserved = ["con", "AUX", "nul.txt", "com1", "LPT9.x", "prn"]
    assert [name(each, named("")) for each in reserved] == [f"_{each}" for each in reserved]
    free = ["console", "com", "com10", "lpt", "a.con", "xnul"]
    assert [name(each, named("")) for each in free] == free
    assert name("{n:3} {seed:9} {steps:1}", replace(named("", seed=7), number=12)) == "012 000000007 20"
    assert name("{n}", named("")) == "1" and name("{size}", named("")) == "24x16"
    assert name("{style}/{sampler}", named("", style="a/b\\c")) == "a-b-c/dpmpp_2m"
    assert name("{guidance}", named("", guidance_scale=2.50)) == "2.5"
    assert name("{prompt}", named("")) == name("{style}/ / ", named("")) == "ab12cd34"
    assert name("{model}", named("", model="C:/models/one.two.safetensors")) == "one two"
    others = names("{seed} {id}", named("", seed=3))
    assert [next(others) for _ in range(4)] == ["3 ab12", "3 ab12cd34", f"3 {'ab12cd34' * 4}", "3 ab12 (2)"]
    for pattern in ("{date}{", "a}b", "{n:0}{", "{ seed}", "{seed:12}", "{SEED}", "/", "...", '"?*'):
        for use in (check_pattern, lambda pattern: name(pattern, named(""))):
            with pytest.raises(BadRequest):
                use(pattern)
    for pattern in ("{n:03}", "{n:0}", "a", "{id}", "{date}/{time}"):
        check_pattern(pattern)


def test_new_pictures_are_written_as_people_set_it() -> None:
    wanted = SaveSettings.wanted(Preferences(format="webp", name_pattern="{seed}", steps_gb=2.5))
    assert wanted == SaveSettings("webp", "{seed}", 2.5e9)
    assert SaveSettings.wanted(Preferences()) == SaveSettings("png", "{date} {prompt} {seed} {id}", 4e9)
    assert Preferences(steps_mb_each=0.5).steps_budget == 500_000
    assert Preferences(steps_mb_each=0.5, keep_steps=False).steps_budget == 0
