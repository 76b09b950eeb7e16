"""Searches by day, folder, word and field, and the report of unclear parts."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Iterator

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gdm_studio.common.errors import BadRequest
from gdm_studio.gallery import Gallery, SaveSettings, insert_completion, parse_terms
from gdm_studio.gallery.search_query import find_unclear, require_clear
from tests.helpers.library import result

MOMENTS = {
    "a": "2025-12-31 23:59:59",
    "b": "2026-01-01 00:00:00",
    "c": "2026-01-31 23:59:59",
    "d": "2026-02-01 00:00:00",
    "e": "2026-11-30 12:00:00",
    "f": "2026-12-31 23:59:59",
    "g": "2027-01-01 00:00:00",
    # Local times, by prompt.
}


# POSIX notation: Tokyo, and Los Angeles in winter.
@pytest.fixture(scope="module", params=["UTC-9", "UTC+8"])
def years(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    """Create a gallery of images of other tools, whose files were written at MOMENTS."""
    if not hasattr(time, "tzset"):
        pytest.skip("Windows takes its zone from elsewhere")
    base, before = tmp_path_factory.mktemp("years"), os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    for prompt, wall in MOMENTS.items():
        info = PngInfo()
        info.add_text("parameters", f"{prompt}{prompt}\nSteps: 12, Sampler: Euler a, Seed: 5, Size: 8x8")
        path = base / "pictures" / f"{prompt}.png"
        path.parent.mkdir(exist_ok=True)
        Image.new("RGB", (8, 8)).save(path, pnginfo=info)
        moment = dt.datetime.fromisoformat(wall).timestamp()
        os.utime(path, (moment, moment))
    gallery = Gallery(base / "pictures", base / "data", base / "cache")
    yield gallery
    gallery.close()
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


BY_DATE = {
    "date:2026": "bcdef",
    "date:2025": "a",
    "date:2026-01": "bc",
    "date:2026-1": "bc",
    "date:2026-12": "f",
    "date:2026-11": "e",
    "date:2026-01-31": "c",
    "date:2026-12-31": "f",
    "date:=2026-02-01": "d",
    "-date:2026": "ag",
    "date:>2026-01": "defg",
    "date:>=2026-01": "bcdefg",
    "date:<2026-01": "a",
    "date:<=2026-01": "abc",
    "date:>2026-12-31": "g",
    "date:<=2026": "abcdef",
    "date:2025..2026": "abcdef",
    "date:2026-01..2026-02": "bcd",
    "date:2026-02..2026-12-31": "def",
    "date:2026-01-31..2026-01-31": "c",
    "date:2026-01..2025": "",
    "date:>2025..2026": "",
    "date:2025 OR date:2027": "ag",
}


def test_dates_are_in_the_local_time_zone(years: Gallery) -> None:
    found = {query: "".join(picture.request.prompt[0] for picture in years.page(query)[::-1]) for query in BY_DATE}
    assert found == BY_DATE and all(years.count(query) == len(BY_DATE[query]) for query in BY_DATE)


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    base = tmp_path_factory.mktemp("gallery")
    gallery = Gallery(base / "pictures", base / "data", base / "cache")
    for pattern, prompt, settings in (
        ("holiday/sea/{prompt}", "fox cat", {"steps": 10, "style": "noto"}),
        ("holiday/my_sea/{prompt}", "fox dog", {"steps": 20, "negative_prompt": "owl"}),
        ("sea/100%/{prompt}", "cat dog", {"steps": 30}),
        ("{prompt}", "sea owl", {"steps": 40, "sampler": "ddim"}),
    ):
        gallery.saving = SaveSettings(pattern=pattern)
        gallery.save(result(prompt, **settings))
    newest, third, *_ = gallery.page()
    gallery.tags.set([newest.id], "best")
    gallery.notes.set(third.id, "Sketch of a cat")
    yield gallery
    gallery.close()


BY_QUERY = {
    "in:holiday": "fox cat,fox dog",
    # Whole parts of the path count, but not the file's own name.
    "in:sea": "fox cat,cat dog",
    "in:holiday/sea": "fox cat",
    "in:/holiday/sea/": "fox cat",
    "in:holiday\\sea": "fox cat",
    "in:my_sea": "fox dog",
    "in:m__sea": "",
    "in:100%": "cat dog",
    "in:1%": "",
    "-in:holiday": "cat dog,sea owl",
    "in:sea steps:10": "fox cat",
    # The negative prompt is searched too.
    "cat OR ow": "fox cat,fox dog,cat dog,sea owl",
    # Only the last word may be unfinished.
    "ow OR dog": "fox dog,cat dog",
    "do OR ca": "fox cat,cat dog",
    "do OR ca OR ow": "fox dog,sea owl",
    "ow OR do OR cat": "fox cat,cat dog",
    "do OR ca ": "",
    "steps:30 -fox": "cat dog",
    "-steps:30 -fox": "sea owl",
    "steps:10..30 -fox -owl": "cat dog",
    "steps:10..30 -dog fox": "fox cat",
    "-fox OR steps:10": "fox cat,cat dog,sea owl",
    "steps:10 OR -fox": "fox cat,cat dog,sea owl",
    "-steps:10 OR cat": "fox cat,fox dog,cat dog,sea owl",
    "-steps:20 OR dog": "fox cat,fox dog,cat dog,sea owl",
    "steps:10 OR steps:40 OR tag:best": "fox cat,sea owl",
    "tag:best OR note:sketch": "cat dog,sea owl",
    "-tag:best -note:sketch": "fox cat,fox dog",
    "note:cat": "cat dog",
    "negative:ow": "fox dog",
    "-negative:owl prompt:fox": "fox cat",
    "prompt:owl": "sea owl",
    "sketch": "cat dog",
    "is:noted OR is:untagged": "fox cat,fox dog,cat dog",
    "-is:untagged": "sea owl",
    'style:"not"': "",
    "style:not": "fox cat",
    "style:NOTO": "fox cat",
    'sampler:"ddim"': "sea owl",
    "steps:>=30": "cat dog,sea owl",
    "steps:<=20": "fox cat,fox dog",
    "steps:<20": "fox cat",
    "steps:=20": "fox dog",
    "steps:20..10": "",
    "seed:9223372036854775808": "",
    "-seed:9223372036854775808": "fox cat,fox dog,cat dog,sea owl",
    "guidance:4": "fox cat,fox dog,cat dog,sea owl",
    "guidance:<4.0": "",
    "temperature:>=1 temperature:<=1": "fox cat,fox dog,cat dog,sea owl",
    "x " * 59 + "steps:10": "",
    # Only the first sixty words count.
    "fox " * 60 + "steps:10": "fox cat,fox dog",
}


def test_fields_and_words_can_be_combined(gallery: Gallery) -> None:
    found = {query: ",".join(picture.request.prompt for picture in gallery.page(query)[::-1]) for query in BY_QUERY}
    assert found == BY_QUERY
    for query, prompts in BY_QUERY.items():
        assert (
            gallery.count(query) == len(gallery.timeline.moments(query)) == len(list(filter(None, prompts.split(","))))
        )


def test_the_timeline_is_paged_and_its_moments_give_images(gallery: Gallery) -> None:
    everything = gallery.page()
    moments = gallery.timeline.moments()
    assert moments == [round(picture.created * 1e6) for picture in everything]
    assert (
        gallery.timeline.moments(limit=3) == moments[:3] and gallery.timeline.moments(before=moments[2]) == moments[3:]
    )
    assert (
        gallery.timeline.moments("fox", before=moments[2]) == moments[3:]
        and gallery.timeline.moments(before=moments[-1]) == []
    )
    wanted = [moments[2], 5, moments[0]]
    assert gallery.timeline.images(wanted) == [everything[0], everything[2]]
    assert gallery.timeline.ids(wanted) == [everything[0].id, everything[2].id]
    assert gallery.page("fox", after=everything[2]) == everything[3:]


UNCLEAR = {
    '"red fox': "quotation mark",
    '-tag:"red': "quotation mark",
    "nonsense:fox": "unknown field nonsense",
    "fox -nonsense:fox": "unknown field nonsense",
    "owl OR nonsense:fox": "unknown field nonsense",
    "steps:many": "steps:many has no valid value for steps",
    "steps:20..10": "no valid value for steps",
    "is:lovely": "no valid value for is",
    "date:2026-13": "no valid value for date",
    "in:/": "no valid value for in",
    "size:12x": "no valid value for size",
    "note:🦊": "no valid value for note",
    "🦊": "no letter or digit",
    "OR fox": "OR must be between",
    "fox OR": "OR must be between",
    "steps:": "has no value",
    "-tag:": "has no value",
    "fo*": "neither a word nor a field",
    "a=b": "neither a word nor a field",
    # A full-width colon.
    "steps：20": "neither a word nor a field",
    "_fox": "neither a word nor a field",
    "x " * 61: "first 60 words",
    "steps:many steps:few": "steps:many has no valid .*; steps:few has no valid",
}


def test_unclear_parts_of_a_query_are_reported() -> None:
    for query, says in UNCLEAR.items():
        assert len(find_unclear(query)) == 1 + says.count(";"), query
        with pytest.raises(BadRequest, match=f"{says}.*nothing was changed"):
            require_clear(query)


def test_unclear_parts_are_translated_with_the_text_of_the_query() -> None:
    def translate(context: str, text: str) -> str:
        assert context == "Search"
        return text.replace("unknown field", "campo desconocido").replace("only its first", "solo sus primeras")

    found = find_unclear("{nonsense}:fox nonsense:{fox} " + "x " * 60, translate)
    assert "campo desconocido nonsense (quote nonsense:{fox} to search for it as text)" in found
    assert found[-1].startswith("solo sus primeras")


CLEAR = [
    "fox", "-fox", '"red fox"', "café don't high-resolution", "猫", "4", "steps:>20", "seed:3..5", "size:8x9",
    "x " * 60, "is:favourite OR fox", '"OR"', '"steps:"', '"a*b"', "note:fox", 'tag:"a b"', "date:2026-1",
    "date:today..2999", "in:a", "-model:x",
]  # fmt: skip


def test_clear_queries_have_no_unclear_parts() -> None:
    assert {query: find_unclear(query) for query in CLEAR} == {query: [] for query in CLEAR}
    assert [require_clear(query) for query in CLEAR] == CLEAR


def test_an_empty_query_is_refused_for_changes() -> None:
    for query in ("", "   ", "\n"):
        with pytest.raises(BadRequest):
            require_clear(query)


LABELS = {
    "seed:7": "Seed 7", "steps:<=7": "Steps ≤ 7", "guidance:>=7": "Guidance ≥ 7", "temperature:<1": "Temperature < 1",
    "size:8x9": "Size 8x9", "model:icons": "Model icons", "sampler:ddim": "Sampler ddim",
    "scheduler:beta": "Scheduler beta", "spacing:beta": "Step spacing beta", "style:noto": "Style noto",
    "tool:x": "Tool x", "tag:x": "Tag x",
    "collection:x": "Collection x", "is:favourite": "Favourites", "is:favorite": "Favourites",
    "is:stopped": "Stopped early", "is:imported": "Imported", "is:branch": "Branches", "is:untagged": "Without a tag",
    "is:noted": "With a note", "date:today": "Date today", "note:x": "Note x", "in:x": "In x",
    "is:lovely": "is:lovely", '"is:noted"': "“is:noted”", "-is:noted": "not with a note", "-Fox": "not Fox",
    '-"Fox"': "not “Fox”", "-steps:>7": "not steps > 7", "other:>7": "other:>7", "-": "-",
}  # fmt: skip


def test_every_field_has_a_chip_label() -> None:
    assert {query: " + ".join(term.label for term in parse_terms(query)) for query in LABELS} == LABELS


COMPLETIONS = {
    "s": ["seed:", "steps:", "size:", "sampler:", "scheduler:", "spacing:", "style:", "is:stopped", "is:settings"],
    "sea -st": ["-steps:", "-style:", "-is:stopped"],
    "is:": [
        "is:favourite",
        "is:favorite",
        "is:stopped",
        "is:imported",
        "is:settings",
        "is:plain",
        "is:made-here",
        "is:branch",
        "is:edited",
        "is:untagged",
        "is:noted",
    ],  # fmt: skip
    "is:un": ["is:untagged"],
    "fav": ["is:favourite"],
    "sampler": ["sampler:"],
    "date:": ["date:today", "date:yesterday"],
    "tag:B": ["tag:best"],
    "b": ["is:branch", "tag:best"],
    "sampler:": ["sampler:dpmpp_2m", "sampler:ddim"],
    "scheduler:k": ["scheduler:karras"],
    "steps:": [],
    "-": [],
    "tag:best": [],
    "fox:": [],
}


def test_completions_are_offered_for_fields_and_values(gallery: Gallery) -> None:
    found = {query: gallery.suggestions.complete(query, len(query)) for query in COMPLETIONS}
    assert {query: sorted(offered) for query, offered in found.items()} == {
        q: sorted(o) for q, o in COMPLETIONS.items()
    }


def test_completions_are_limited_to_twelve(gallery: Gallery) -> None:
    everything = gallery.page()
    for number in range(20):
        gallery.tags.set([everything[0].id], f"zebra {number:02}")
    offered = gallery.suggestions.complete("zeb", 3)
    for number in range(20):
        gallery.tags.set([everything[0].id], f"zebra {number:02}", False)
    assert offered == [f'tag:"zebra {number:02}"' for number in range(12)]
    assert insert_completion("-zeb fox", 4, '-tag:"zebra 00"') == ('-tag:"zebra 00" fox', 16)
    assert insert_completion('tag:"zeb" fox', 8, 'tag:"zebra 00"') == ('tag:"zebra 00" fox', 15)
    assert insert_completion("fox ", 4, "steps:") == ("fox steps:", 10)
