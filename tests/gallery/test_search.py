"""Full-text search: which words find which images."""

from __future__ import annotations

import datetime as dt
import time
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from gdm_studio.cli.main import run
from gdm_studio.gallery import Gallery, search_query
from gdm_studio.gallery.search_terms import FIELDS, FLAGS
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from gdm_studio.request.interpolation import Interpolation
from tests.helpers.foreign_images import png
from tests.helpers.library import result

NOON = dt.datetime(2026, 11, 20, 12)


class Day(dt.date):
    """Day on which the images were saved."""

    @classmethod
    def today(cls) -> Day:
        return cls(*NOON.timetuple()[:3])


@pytest.fixture(autouse=True)
def _saving_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_query, "dt", SimpleNamespace(**vars(dt) | {"date": Day}))


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
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time", NOON.timestamp)
        kept = {name: gallery.save(one) for name, one in made.items()}
    gallery.favourites.set(kept["fox"].id, True)
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
        # The last word may be unfinished.
        ("sno", "fox"),
        # The other words may not.
        ("sno fox", ""),
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
        ("seed:4,200", ""),
        ("steps:>10", "cafe cat quote"),
        ("steps:>=10 steps:<30", "fox cat quote"),
        ("-steps:20", "fox cafe"),
        ("guidance:2.5", "cat"),
        ("guidance:2,5", "cat"),
        ("temperature:<1", "quote"),
        ("model:other", "cafe"),
        ("model:o_her", ""),
        ('style:"noto"', "fox"),
        ("sampler:ddim", "cat"),
        ("date:today", "fox cafe cat quote"),
        ("date:yesterday", ""),
        ("date:2026-11", "fox cafe cat quote"),
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
        # A range includes both ends.
        ("steps:10..30", "fox cafe cat quote"),
        ("steps:10..20", "fox cat quote"),
        ("-steps:20..30", "fox"),
        ("guidance:2..3", "cat"),
        ("guidance:2.5..2.5", "cat"),
        ("guidance:2,5..2,5", "cat"),
        ("seed:7..42", "fox cafe"),
        ("size:16", "fox cafe cat quote"),
        ("size:>16", ""),
        ("size:16x16 steps:10", "fox"),
        ("size:16x17", ""),
        # The spacing, which other tools call scheduler.
        ("scheduler:karras spacing:kar", "fox cafe cat quote"),
        # The sampler, which the window calls scheduler.
        ("scheduler:dpmpp_2m sampler:dpm", "fox cafe quote"),
        ("scheduler:ddim", "cat"),
        ("-scheduler:dpmpp_2m", "cat"),
        # The title of the sampler.
        ('scheduler:"dpm++ 2m"', "fox cafe quote"),
        ("sampler:DPM++", "fox cafe quote"),
        ('-scheduler:"DPM++ 2M"', "cat"),
        # A quoted value must match as a whole.
        ('sampler:"DPM++"', ""),
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
        ("date:2020..2026-11-21", "fox cafe cat quote"),
        ("date:>2020..2021", ""),
        ("in:nowhere", ""),
        # The query has no letter, so there is nothing to search for.
        ("🦊", "fox cafe cat quote"),
    ],
)
def test_a_query_finds_the_matching_images(gallery: Gallery, query: str, found: str) -> None:
    pictures = gallery.page(query)
    assert [gallery.names[picture.id] for picture in pictures] == found.split()[::-1]
    assert gallery.count(query) == len(pictures)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("style:soft", "fox"),
        ('style:"SOFT gradient"', "fox"),
        # A quoted value must match as a whole.
        ('style:"soft"', ""),
        # The id matches too.
        ("style:not", "fox"),
        # Only the beginning of the title matches.
        ("style:gradient", ""),
        ("style:bold", ""),
        ("-style:soft -blurry", "cat quote"),
        ("style:soft OR cafe", "fox cafe"),
        ("-style:soft OR fox", "fox cafe cat quote"),
        ("style:artist", "fox"),
        # A plain word is searched only in texts.
        ("soft", ""),
    ],
)
def test_styles_are_found_by_title(gallery: Gallery, query: str, found: str) -> None:
    gallery.styles = [("noto", "Soft gradient"), ("noto", "Artist 0"), ("other", "Bold flat")]
    gallery.styles += [(f"a{number}", f"Artist {number}") for number in range(2000)]
    try:
        test_a_query_finds_the_matching_images(gallery, query, found)
    finally:
        gallery.styles = []


@pytest.mark.parametrize(
    ("query", "found"),
    [("file:2505", 1), ('file:"img_2505 (1).png"', 1), ("-file:2505", 0), ("file:holiday", 0), ("file:IMG%25", 0)],
)
def test_a_picture_is_found_by_the_name_of_its_file(tmp_path: Path, query: str, found: int) -> None:
    folder = tmp_path / "pictures" / "holiday"
    folder.mkdir(parents=True)
    png(folder / "IMG_2505 (1).png", {"parameters": "a fox\nSteps: 4, Sampler: Euler, Seed: 5, Size: 8x8"})
    gallery = Gallery(folder.parent, tmp_path / "data", tmp_path / "cache")
    assert len(gallery.page()) == len(gallery.page("in:holiday")) == 1
    assert len(gallery.page(query)) == found
    gallery.close()


def test_the_command_line_lists_all_fields(capsys: pytest.CaptureFixture[str]) -> None:
    with suppress(SystemExit):
        run(["gallery", "search", "--help"])
    listed = capsys.readouterr().out.replace(",", " ").split()
    wanted = {f"is:{flag}" for flag in FLAGS if flag != "favorite"}
    assert wanted <= {*listed}
    # Users do not type the id of an image, and "scheduler" means two fields.
    assert {field for field in FIELDS if not any(word.startswith(f"{field}:") for word in listed)} <= {
        "similar",
        "scheduler",
    }


def test_a_style_is_completed_by_its_title(gallery: Gallery) -> None:
    gallery.styles = [("noto", "Soft gradient")]
    try:
        assert (
            gallery.suggestions.complete("sof", 3)
            == ['style:"Soft gradient"']
            == gallery.suggestions.complete("style:s", 7)
        )
    finally:
        gallery.styles = []
    assert gallery.suggestions.complete("style:n", 7) == ["style:noto"]


@pytest.mark.parametrize(
    "query",
    ['"', '""', "-", "--", "a*", "NEAR(a b)", "AND", "NOT", "(", "{prompt} : x", "^a", "a:b:c", "'; DROP TABLE files",
     "\0", "\udc80", "x " * 500, "-x " * 500, "(" * 500, '"' * 501, "seed:" + "9" * 5000, "date:0000", "steps:>",
     "a OR " * 100, "OR OR OR", "x OR", "-OR", "seed:1 OR", "date:..", "steps:..", "size:x", "in:/", "tag:", "note:",
     "seed:99999999999999999999..1", "date:9999..9999", "-a OR -b"],
)  # fmt: skip
def test_any_text_is_a_valid_query(gallery: Gallery, query: str) -> None:
    assert gallery.count(query) == len(gallery.page(query))
    assert gallery.count() == 4


@pytest.mark.parametrize(
    ("query", "found"),
    [
        # The longer side counts.
        ("size:48", "wide tall"),
        ("size:>=48", "wide tall"),
        ("size:<48", "square"),
        ("size:24", ""),
        ("size:32..48", "square wide tall"),
        ("size:48x24", "wide"),
        ("size:24x48", "tall"),
    ],
)
def test_images_are_found_by_size(tmp_path: Path, query: str, found: str) -> None:
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    for prompt, size in (("square", (32, 32)), ("wide", (48, 24)), ("tall", (24, 48))):
        request = Request(prompt=prompt, size=size)
        gallery.save(Result(0, request, np.zeros((size[1], size[0], 4), np.uint8)))
    assert {picture.request.prompt for picture in gallery.page(query)} == set(found.split())
    gallery.close()


def test_an_interpolation_is_found_by_the_prompts_that_take_part_in_it(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    targets = [Interpolation("a green pear", 9, amount) for amount in (0.0, 0.5, 1.0)]
    first, middle, last = (gallery.save(result("a red apple", seed=7, toward=target)).id for target in targets)

    def found(query: str) -> list[str]:
        return [picture.id for picture in gallery.page(query)]

    assert found("pear") == found("prompt:green") == [last, middle]
    assert found("apple") == [last, middle, first] and found("apple pear") == [last, middle]
    gallery.close()


# {name of a file: settings that another program wrote}
WRITTEN = {
    "bh2": "Sampler: uni_pc_bh2, Schedule type: simple",
    "multi": "Sampler: res_multistep, Schedule type: kl_optimal",
    "old": "Sampler: DPM++ 2M Karras",
    "krita": "Sampler: Euler a - euler_a, Schedule type: ddim_uniform",
    "fork": "Sampler: Heun, App: SD.Next",
}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        # Names in the files.
        ("sampler:uni_pc_bh2", "bh2"),
        ('sampler:"uni_pc_bh2"', "bh2"),
        ("sampler:res_multistep", "multi"),
        ("sampler:res", "multi"),
        ('sampler:"DPM++ 2M Karras"', "old"),
        ("scheduler:kl_optimal", "multi"),
        ("spacing:ddim_uniform", "krita"),
        ("scheduler:uni_pc_bh2 spacing:simple", "bh2"),
        # Our names and titles.
        ("sampler:unipc", "bh2"),
        ("sampler:euler_a", "krita"),
        ('sampler:"Euler a"', "krita"),
        ("sampler:dpmpp_2m spacing:karras", "old"),
        # Names in further programs.
        ("sampler:UniPCMultistepScheduler", "bh2"),
        ("sampler:k_euler_ancestral", "krita"),
        ("sampler:EulerAncestralDiscreteScheduler", "krita"),
        ("sampler:sample_dpmpp_2m spacing:karras", "old"),
        ('spacing:"DDIM"', "krita"),
        # Names of their tools.
        ("tool:a1111", "bh2 multi old krita"),
        ('tool:"webui"', "bh2 multi old krita"),
        ("tool:sdnext", "fork"),
        ("-tool:A1111", "fork"),
    ],
)
def test_samplers_and_tools_are_found_by_their_names_in_any_program(tmp_path: Path, query: str, expected: str) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name, settings in WRITTEN.items():
        png(folder / f"{name}.png", {"parameters": f"a {name}\nSteps: 12, {settings}, Seed: 5, Size: 8x8"})
    gallery = Gallery(folder, tmp_path / "data", tmp_path / "cache")
    try:
        assert {each.path.stem for each in gallery.page(query)} == set(expected.split())
    finally:
        gallery.close()
