"""What finds what."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from gdm_studio.gallery import Gallery
from gdm_studio.request import Request
from gdm_studio.run import Result
from tests.helpers.library import result


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Gallery:
    base: Path = tmp_path_factory.mktemp("gallery")
    gallery = Gallery(base / "pictures", base / "data", base / "cache")
    made = {
        "fox": result("a red fox in the snow", seed=42, style="noto", steps=10),
        "cafe": result("Café, high-resolution", seed=7, negative_prompt="blurry text", model="other_model", steps=30),
        "cat": result("黒い猫が眠る", seed=1, sampler="ddim", guidance_scale=2.5),
        "quote": result('say "hello" OR (NEAR world)*', seed=2**63 - 1, temperature=0.5, stopped_at=3),
    }
    kept = {name: gallery.keep(one) for name, one in made.items()}
    gallery.favourite(kept["fox"].id, True)
    gallery.names = {picture.id: name for name, picture in kept.items()}
    yield gallery
    gallery.close()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "fox cafe cat quote"),
        ("   ", "fox cafe cat quote"),
        ("fox", "fox"),
        ("FOX red", "fox"),
        ("sno", "fox"),  # the last word may be unfinished
        ("sno fox", ""),  # the others may not
        ("sno ", ""),
        ("fox cat", ""),
        ('"red fox"', "fox"),
        ('"fox red"', ""),
        ('"red fox', "fox"),
        ("cafe", "cafe"),
        ("CAFÉ", "cafe"),
        ("high-resolution", "cafe"),
        ("resolution high", "cafe"),
        ("blurry", "cafe"),
        ("-blurry", "fox cat quote"),
        ("-blurry -fox", "cat quote"),
        ("red -snow", ""),
        ('-"red fox"', "cafe cat quote"),
        ("noto", "fox"),
        ("other_model", "cafe"),
        ("猫", "cat"),
        ("眠る", "cat"),
        ("猫黒", ""),
        ("hello", "quote"),
        ('"say hello or near"', "quote"),
        ("is:favourite", "fox"),
        ("-is:favourite", "cafe cat quote"),
        ("is:favourite cafe", ""),
        ("is:stopped", "quote"),
        ("seed:42", "fox"),
        ("seed:9223372036854775807", "quote"),
        ("seed:99999999999999999999", ""),
        ("steps:>10", "cafe cat quote"),
        ("steps:>=10 steps:<30", "fox cat quote"),
        ("-steps:20", "fox cafe"),
        ("guidance:2.5", "cat"),
        ("temperature:<1", "quote"),
        ("model:other", "cafe"),
        ("model:o_her", ""),
        ('style:"noto"', "fox"),
        ("sampler:ddim", "cat"),
        ("date:today", "fox cafe cat quote"),
        ("date:yesterday", ""),
        (f"date:{dt.date.today():%Y-%m}", "fox cafe cat quote"),
        ("date:1999-12-31", ""),
        ("date:2026-13", ""),
        ("seed:fox", ""),
        ("nonsense:fox", ""),
        ("fox OR cafe", "fox cafe"),
        ("fox OR cafe red", "fox"),
        ('"red fox" OR 猫', "fox cat"),
        ("fox OR -blurry", "fox cat quote"),
        ("fox OR seed:7", "fox cafe"),
        ("fox OR seed:7 is:favourite", "fox"),
        ("seed:1 OR seed:7 OR is:stopped", "cafe cat quote"),
        ("-is:favourite OR fox", "fox cafe cat quote"),
        ("OR fox", ""),
        ("near OR", "quote"),
        ("🦊 OR fox", "fox"),
        ("steps:15..25", "cat quote"),
        ("steps:10..30", "fox cafe cat quote"),  # both ends belong to a range
        ("steps:10..20", "fox cat quote"),
        ("-steps:20..30", "fox"),
        ("guidance:2..3", "cat"),
        ("guidance:2.5..2.5", "cat"),
        ("seed:7..42", "fox cafe"),
        ("size:16", "fox cafe cat quote"),
        ("size:>16", ""),
        ("size:16x16 steps:10", "fox"),
        ("size:16x17", ""),
        ("scheduler:karras spacing:kar", "fox cafe cat quote"),  # as other tools call it,
        ("scheduler:dpmpp_2m sampler:dpm", "fox cafe quote"),  # and as the window does
        ("scheduler:ddim", "cat"),
        ("-scheduler:dpmpp_2m", "cat"),
        ('scheduler:"dpm++ 2m"', "fox cafe quote"),  # by the title
        ("sampler:DPM++", "fox cafe quote"),
        ('-scheduler:"DPM++ 2M"', "cat"),
        ('sampler:"DPM++"', ""),  # whole, in quotation marks
        ("scheduler:ddim OR seed:7", "cafe cat"),
        ("tool:gdm", "fox cafe cat quote"),
        ("is:branch", ""),
        ("is:imported", ""),
        ("is:untagged", "fox cafe cat quote"),
        ("date:>=today", "fox cafe cat quote"),
        ("date:>today", ""),
        ("date:<today", ""),
        ("date:<=today", "fox cafe cat quote"),
        ("date:2020..2021", ""),
        (f"date:2020..{dt.date.today():%Y-%m-%d}", "fox cafe cat quote"),
        ("date:>2020..2021", ""),
        ("in:nowhere", ""),
        ("🦊", "fox cafe cat quote"),  # no letter in it: nothing to look for
    ],
)
def test_search(gallery: Gallery, query: str, found: str) -> None:
    pictures = gallery.page(query)
    assert [gallery.names[picture.id] for picture in pictures] == found.split()[::-1]
    assert gallery.count(query) == len(pictures)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("style:soft", "fox"),
        ('style:"SOFT gradient"', "fox"),
        ('style:"soft"', ""),  # whole, in quotation marks
        ("style:not", "fox"),  # the id too
        ("style:gradient", ""),  # its beginning
        ("style:bold", ""),
        ("-style:soft -blurry", "cat quote"),
        ("style:soft OR cafe", "fox cafe"),
        ("-style:soft OR fox", "fox cafe cat quote"),
        ("style:artist", "fox"),
        ("soft", ""),  # a word is looked for in words
    ],
)
def test_styles_are_found_by_their_titles(gallery: Gallery, query: str, found: str) -> None:
    gallery.styles = [("noto", "Soft gradient"), ("noto", "Artist 0"), ("other", "Bold flat")]
    gallery.styles += [(f"a{number}", f"Artist {number}") for number in range(2000)]
    try:
        test_search(gallery, query, found)
    finally:
        gallery.styles = []


def test_a_style_is_offered_by_its_title(gallery: Gallery) -> None:
    gallery.styles = [("noto", "Soft gradient")]
    try:
        assert gallery.complete("sof", 3) == ['style:"Soft gradient"'] == gallery.complete("style:s", 7)
    finally:
        gallery.styles = []
    assert gallery.complete("style:n", 7) == ["style:noto"]


@pytest.mark.parametrize(
    "query",
    ['"', '""', "-", "--", "a*", "NEAR(a b)", "AND", "NOT", "(", "{prompt} : x", "^a", "a:b:c", "'; DROP TABLE files",
     "\0", "\udc80", "x " * 500, "-x " * 500, "(" * 500, '"' * 501, "seed:" + "9" * 5000, "date:0000", "steps:>",
     "a OR " * 100, "OR OR OR", "x OR", "-OR", "seed:1 OR", "date:..", "steps:..", "size:x", "in:/", "tag:", "note:",
     "seed:99999999999999999999..1", "date:9999..9999", "-a OR -b"],
)  # fmt: skip
def test_any_text_is_a_query(gallery: Gallery, query: str) -> None:
    assert gallery.count(query) == len(gallery.page(query))
    assert gallery.count() == 4


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("size:48", "wide tall"),  # by the longer side, whichever that is
        ("size:>=48", "wide tall"),
        ("size:<48", "square"),
        ("size:24", ""),
        ("size:32..48", "square wide tall"),
        ("size:48x24", "wide"),
        ("size:24x48", "tall"),
    ],
)
def test_pictures_are_found_by_their_size(tmp_path: Path, query: str, found: str) -> None:
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    for prompt, size in (("square", (32, 32)), ("wide", (48, 24)), ("tall", (24, 48))):
        request = Request(prompt=prompt, size=size)
        gallery.keep(Result(0, request, np.zeros((size[1], size[0], 4), np.uint8)))
    assert {picture.request.prompt for picture in gallery.page(query)} == set(found.split())
    gallery.close()
