"""What a search finds by day, folder, word and field together; and what it says of itself."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Iterator

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gdm_studio.errors import BadRequest
from gdm_studio.gallery import Gallery, SaveSettings, completed, terms
from gdm_studio.gallery.query import doubts, understood
from tests.helpers.library import result

MOMENTS = {
    "a": "2025-12-31 23:59:59",
    "b": "2026-01-01 00:00:00",
    "c": "2026-01-31 23:59:59",
    "d": "2026-02-01 00:00:00",
    "e": "2026-11-30 12:00:00",
    "f": "2026-12-31 23:59:59",
    "g": "2027-01-01 00:00:00",
}  # by prompt, on the wall


@pytest.fixture(scope="module", params=["UTC-9", "UTC+8"])  # as POSIX has it: Tokyo, and Los Angeles in winter
def years(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    """Pictures of other tools, whose files were written at MOMENTS."""
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


WHEN = {
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


def test_days_months_and_years_are_those_on_the_wall(years: Gallery) -> None:
    found = {query: "".join(picture.request.prompt[0] for picture in years.page(query)[::-1]) for query in WHEN}
    assert found == WHEN and all(years.count(query) == len(WHEN[query]) for query in WHEN)


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
        gallery.keep(result(prompt, **settings))
    newest, third, *_ = gallery.page()
    gallery.tag([newest.id], "best")
    gallery.note(third.id, "Sketch of a cat")
    yield gallery
    gallery.close()


FOUND = {
    "in:holiday": "fox cat,fox dog",
    "in:sea": "fox cat,cat dog",  # whole parts of the path, and not the file's own name
    "in:holiday/sea": "fox cat",
    "in:/holiday/sea/": "fox cat",
    "in:holiday\\sea": "fox cat",
    "in:my_sea": "fox dog",
    "in:m__sea": "",
    "in:100%": "cat dog",
    "in:1%": "",
    "-in:holiday": "cat dog,sea owl",
    "in:sea steps:10": "fox cat",
    "cat OR ow": "fox cat,fox dog,cat dog,sea owl",  # what was not wanted is looked through too
    "ow OR dog": "fox dog,cat dog",  # only the last word may be unfinished
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
    "fox " * 60 + "steps:10": "fox cat,fox dog",  # the first sixty words count
}


def test_fields_and_words_together(gallery: Gallery) -> None:
    found = {query: ",".join(picture.request.prompt for picture in gallery.page(query)[::-1]) for query in FOUND}
    assert found == FOUND
    for query, prompts in FOUND.items():
        assert gallery.count(query) == len(gallery.moments(query)) == len(list(filter(None, prompts.split(","))))


def test_moments_come_in_pieces_and_pictures_by_them(gallery: Gallery) -> None:
    everything = gallery.page()
    moments = gallery.moments()
    assert moments == [round(picture.created * 1e6) for picture in everything]
    assert gallery.moments(limit=3) == moments[:3] and gallery.moments(before=moments[2]) == moments[3:]
    assert gallery.moments("fox", before=moments[2]) == moments[3:] and gallery.moments(before=moments[-1]) == []
    wanted = [moments[2], 5, moments[0]]
    assert gallery.at(wanted) == [everything[0], everything[2]]
    assert gallery.ids_at(wanted) == [everything[0].id, everything[2].id]
    assert gallery.page("fox", after=everything[2]) == everything[3:]


UNCLEAR = {
    '"red fox': "quotation mark",
    '-tag:"red': "quotation mark",
    "nonsense:fox": "no field nonsense",
    "fox -nonsense:fox": "no field nonsense",
    "owl OR nonsense:fox": "no field nonsense",
    "steps:many": "steps:many gives steps",
    "steps:20..10": "gives steps",
    "is:lovely": "gives is",
    "date:2026-13": "gives date",
    "in:/": "gives in",
    "size:12x": "gives size",
    "note:🦊": "gives note",
    "🦊": "no letter or digit",
    "OR fox": "OR has to stand between",
    "fox OR": "OR has to stand between",
    "steps:": "nothing behind it",
    "-tag:": "nothing behind it",
    "fo*": "no word and no field",
    "a=b": "no word and no field",
    "steps：20": "no word and no field",  # a wide colon
    "_fox": "no word and no field",
    "x " * 61: "first 60 words",
    "steps:many steps:few": "steps:many gives .*; steps:few gives",
}


def test_what_is_not_understood_is_said_and_nothing_is_changed_by_it() -> None:
    for query, says in UNCLEAR.items():
        assert len(doubts(query)) == 1 + says.count(";"), query
        with pytest.raises(BadRequest, match=f"{says}.*nothing was changed"):
            understood(query)


CLEAR = [
    "fox", "-fox", '"red fox"', "café don't high-resolution", "猫", "4", "steps:>20", "seed:3..5", "size:8x9",
    "x " * 60, "is:favourite OR fox", '"OR"', '"steps:"', '"a*b"', "note:fox", 'tag:"a b"', "date:2026-1",
    "date:today..2027", "in:a", "-model:x",
]  # fmt: skip


def test_what_is_understood_leaves_no_doubt() -> None:
    assert {query: doubts(query) for query in CLEAR} == {query: [] for query in CLEAR}
    assert [understood(query) for query in CLEAR] == CLEAR


def test_a_search_for_nothing_changes_nothing() -> None:
    for query in ("", "   ", "\n"):
        with pytest.raises(BadRequest):
            understood(query)


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


def test_every_field_has_its_words_on_a_chip() -> None:
    assert {query: " + ".join(term.label for term in terms(query)) for query in LABELS} == LABELS


OFFERED = {
    "s": ["seed:", "steps:", "size:", "sampler:", "scheduler:", "spacing:", "style:", "is:stopped"],
    "sea -st": ["-steps:", "-style:", "-is:stopped"],
    "is:": ["is:favourite", "is:favorite", "is:stopped", "is:imported", "is:branch", "is:untagged", "is:noted"],
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


def test_what_is_offered(gallery: Gallery) -> None:
    found = {query: gallery.complete(query, len(query)) for query in OFFERED}
    assert {query: sorted(offered) for query, offered in found.items()} == {q: sorted(o) for q, o in OFFERED.items()}


def test_no_more_is_offered_than_can_be_looked_over(gallery: Gallery) -> None:
    everything = gallery.page()
    for number in range(20):
        gallery.tag([everything[0].id], f"zebra {number:02}")
    offered = gallery.complete("zeb", 3)
    for number in range(20):
        gallery.tag([everything[0].id], f"zebra {number:02}", False)
    assert offered == [f'tag:"zebra {number:02}"' for number in range(12)]
    assert completed("-zeb fox", 4, '-tag:"zebra 00"') == ('-tag:"zebra 00" fox', 16)
    assert completed('tag:"zeb" fox', 8, 'tag:"zebra 00"') == ('tag:"zebra 00" fox', 15)
    assert completed("fox ", 4, "steps:") == ("fox steps:", 10)
