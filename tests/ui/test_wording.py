"""Texts of the window for images and runs, fuzzy matching, and list comparison."""

from __future__ import annotations

from array import array
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np

from gdm_studio.gallery import Gallery, Picture
from gdm_studio.jobs.queue import Item
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.request.generation_events import Result, Run, State, View
from gdm_studio.request.generation_request import BUILT_IN, RULES, ControlImage, Interpolation, Request
from gdm_studio.ui.compare.setting_differences import differing, facts
from gdm_studio.ui.create.panel.subject_list_editor import MOST, subjects_of
from gdm_studio.ui.create.queue.queue_list_model import title_of
from gdm_studio.ui.create.viewer.step_thumbnails import step_text
from gdm_studio.ui.fuzzy_match import fold_text, match_score
from gdm_studio.ui.gallery.date_sections import day_words, month_words, sections_of
from gdm_studio.ui.gallery.image_details import exact_words, facts_of, when_words
from gdm_studio.ui.gallery.list_model import list_differences, runs_of
from gdm_studio.ui.gallery.list_model import title_of as picture_title
from gdm_studio.ui.progress import duration, progress_text
from gdm_studio.ui.theme.safe_text import JOINER, escape_ampersands, plain, tip
from gdm_studio.ui.widgets.image_comparison.compared_image import Item as Compared
from tests.helpers.languages import language
from tests.helpers.requests import BASE, FULL
from tests.helpers.widgets import flat_image, make_view


def test_settings_are_listed_in_the_order_of_the_controls() -> None:
    clear = flat_image(1, 2, 3, side=8)
    clear[0, 0, 3] = 254
    wide = np.full((8, 16, 3), 5, np.uint8)
    items = [Compared("full", clear, FULL), Compared("bare", wide, replace(BASE, prompt="")), Compared("?", clear)]
    found = facts(items)
    assert [(fact.name, *fact.values) for fact in found] == [
        ("Prompt", "a red fox", "none", ""),
        ("Negative prompt", "dull", "–", ""),
        ("Style", "noto", "–", ""),
        ("Model", "other", BUILT_IN, ""),
        ("Seed", "4", "4", ""),
        ("Towards", "26 %, “an owl”, seed 9", "–", ""),
        ("Scheduler", "DDIM", "DPM++ 2M", ""),
        ("Step spacing", "Uniform, both ends", "Karras", ""),
        ("Steps", "9", "9", ""),
        ("Guidance", "2.5", "4", ""),
        ("Temperature", "0.75", "1", ""),
        ("Rules", str(RULES), str(RULES), ""),
        ("Plain icon", "no", "no", ""),
        ("Feature cache", "1", "1", ""),
        ("Started from", "a picture", "–", ""),
        ("Noise", "0.3", "–", ""),
        ("Branch of", "step 3 of #77", "–", ""),
        ("Tile", "0", "0", ""),
        ("Eta", "0.5", "–", ""),
        ("Clip", "1.5", "–", ""),
        ("Size", "8 × 8, transparent", "16 × 8", "8 × 8, transparent"),
    ]
    assert [fact.name for fact in found if not fact.differs] == [
        *("Seed", "Steps", "Rules", "Plain icon", "Feature cache", "Tile")
    ]
    near = replace(BASE, toward=Interpolation(BASE.prompt, 8, 0.5), style="noto")
    assert differing([Compared("a", clear, BASE), Compared("b", clear, near)]) == [
        "style – · towards –", "style noto · towards 50 %, seed 8",
    ]  # fmt: skip
    assert differing([Compared("a", clear, BASE)]) == [""]
    later = replace(BASE, sampler="of later", spacing="later too", knobs={"strange": 2.0})
    values = {fact.name: fact.values[0] for fact in facts([Compared("a", clear, later)])}
    assert (values["Scheduler"], values["Step spacing"], values["strange"]) == ("of later", "later too", "2")


def test_facts_of_an_image() -> None:
    picture = Picture("a", Path("a.png"), 0.0, (64, 32), FULL, tool="ComfyUI")
    assert facts_of(picture, {"other": "Another model", "other:noto": "Soft gradient"}) == [
        ("Negative prompt", "dull"),
        ("Seed", "4"),
        ("Steps · scheduler", "9 · DDIM"),
        ("Guidance · temp.", "2.5 · 0.75"),
        ("Started from", "a picture · 0.30"),
        ("Towards", "26 %, “an owl”"),
        ("Target seed", "9"),
        ("Style", "Soft gradient"),
        ("Model", "Another model"),
        ("Made with", "ComfyUI"),
        ("Size", "64 × 32"),
    ]
    plainly = replace(picture, request=replace(BASE, model="", sampler="of later"), tool="GDM Studio")
    assert facts_of(plainly) == [
        ("Seed", "4"), ("Steps · scheduler", "9 · of later"), ("Guidance · temp.", "4.0 · 1.00"), ("Size", "64 × 32"),
    ]  # fmt: skip
    stopped = replace(plainly, request=replace(plainly.request, negative_prompt="red, dog"), stopped_at=3)
    assert {*facts_of(stopped)} - {*facts_of(plainly)} == {("Negative prompt", "red, dog"), ("Stopped at step", "3")}
    chain = Interpolation(BASE.prompt, 8, 0.5, then=Interpolation("a pear", 9, 0.875))
    towards = replace(plainly, request=replace(plainly.request, toward=chain))
    assert {*facts_of(towards)} - {*facts_of(plainly)} == {
        ("Towards", "50 % → 88 %, “a pear”"),
        ("Target seed", "8 → 9"),
    }
    icon = replace(plainly, request=replace(plainly.request, plain_icon=True))
    assert {*facts_of(icon)} - {*facts_of(plainly)} == {("Plain icon", "yes")}
    with language("de"):
        assert "ja" in dict(facts_of(icon)).values() and "yes" not in dict(facts_of(icon)).values()
    inpainted = replace(picture, request=replace(FULL, mask="b" * 64))
    assert {*facts_of(inpainted)} - {*facts_of(picture)} == {("Inpaint", "with a mask")}
    asked = replace(plainly, made_with={"asked_by": "Open WebUI"})
    assert {*facts_of(asked)} - {*facts_of(plainly)} == {("Requested by", "Open WebUI")}


def test_the_gallery_remembers_which_program_requested_an_image(tmp_path: Path) -> None:
    with closing(Gallery.open(tmp_path)) as gallery:
        gallery.save(Result(0, BASE, flat_image(1, 2, 3, side=8)), note={"asked_by": "Open WebUI"})
    with closing(Gallery.open(tmp_path)) as gallery:
        (picture,) = gallery.page("")
    assert ("Requested by", "Open WebUI") in facts_of(picture)


def test_an_image_without_a_prompt_is_titled_by_its_class_and_conditioning() -> None:
    told = replace(
        BASE, prompt="", label="airplane", factors={"share": 0.2}, hints=(ControlImage("edges", "a" * 64, 0.8),)
    )
    picture = Picture("a", Path("a.png"), 0.0, (64, 32), told)
    assert facts_of(picture)[:3] == [("Class", "airplane"), ("Factors", "share 0.2"), ("Hints", "edges 0.8")]
    assert (told.title, picture_title(picture)) == ("airplane", "airplane")
    other = replace(told, label="", factors={"share": 0.9}, hints=())
    assert (other.title, picture_title(replace(picture, request=other))) == ("No prompt", "a")
    compared = [Compared(request.title, flat_image(0, 0, 0), request) for request in (told, other)]
    assert differing(compared) == [
        "class airplane · hints edges 0.8 · share 0.2", "class – · hints – · share 0.9",
    ]  # fmt: skip


def test_recent_times_are_shown_shorter() -> None:
    noon = datetime(2026, 5, 2, 12, 0).timestamp()
    said = {
        0: "just now", 59.9: "just now", 60: "1 min ago", 119: "1 min ago", 3599: "59 min ago", 3600: "11:00",
        12 * 3600: "00:00", 12 * 3600 + 1: "yesterday", 36 * 3600: "yesterday", 36 * 3600 + 1: "30 Apr",
        121 * 86_400: "1 Jan", 122 * 86_400: "31 Dec 2025", -5: "just now",
    }  # fmt: skip
    assert {age: when_words(noon - age, noon) for age in said} == said
    night = datetime(2026, 5, 2, 0, 30).timestamp()
    assert (when_words(night - 1900, night), when_words(night - 3600, night)) == ("31 min ago", "yesterday")
    assert exact_words(noon) == "Saturday, 02 May 2026, 12:00:00"


def test_days_are_grouped_into_months_only_if_most_space_would_be_empty() -> None:
    today = date(2026, 11, 20)
    # The days are 20 and 10 November, 31 and 21 October.
    days = [(today - timedelta(days=10 * n), 3) for n in range(4)]
    by_day = ["Today", "Tuesday, 10 November", "Saturday, 31 October", "Wednesday, 21 October"]
    assert [title for title, _ in sections_of(days, today, 6)] == by_day, "half of the room is filled"
    assert sections_of(days, today, 7) == [("November", 6), ("October", 6)]
    assert [title for title, _ in sections_of(days[:2], today, 99)] == by_day[:2] and sections_of([], today, 4) == []
    assert sections_of(days[:2], today, 9, more=2) == [("Today", 5), (by_day[1], 3)], "those that are being made, too"
    assert sections_of(days[1:2], today, 9, more=2) == [("Today", 2), (by_day[1], 3)]
    assert [day_words(today - timedelta(days=n), today) for n in (0, 1, 2)] == [
        "Today", "Yesterday", "Wednesday, 18 November",
    ]  # fmt: skip
    assert day_words(date(2025, 11, 20), today) == "Thursday, 20 November 2025"
    assert (month_words(date(2026, 1, 1), today), month_words(date(2025, 12, 1), today)) == ("January", "December 2025")


def test_time_and_progress_are_shown_to_the_second() -> None:
    said = {
        0.0: "0.0 s", 0.04: "0.0 s", 9.94: "9.9 s", 9.95: "10 s", 59.4: "59 s", 59.5: "1:00", 61.0: "1:01",
        3599.4: "59:59", 3599.6: "1:00:00", 3661.0: "1:01:01", 36_000.0: "10:00:00",
    }  # fmt: skip
    assert {seconds: duration(seconds) for seconds in said} == said
    run = Run(replace(BASE, steps=9, count=2), state=State.RUNNING, phase="loading the model")
    seen = make_view(3, 9)
    assert progress_text(run, None, None) == progress_text(run, seen, 5.0) == "loading the model…"
    run.phase = "decoding"
    run.results.append(Result(0, BASE, flat_image(1, 2, 3)))
    assert (
        progress_text(run, seen, 5.0) == "1 of 2 done · 5.0 s left" and progress_text(run, seen, 0.0) == "1 of 2 done"
    )
    assert progress_text(run, seen, None) == "1 of 2 done"
    alone = Run(BASE, state=State.RUNNING)
    assert (
        progress_text(alone, View(0, 3, 9, NoiseLevel(1.0, 1.0), 1.0, *[flat_image(0, 0, 0)] * 3, True), 61)
        == "3 of 9 · 1:01 left"
    )


def test_step_numbers_of_a_branch_continue_those_of_its_parent() -> None:
    seen = View(0, 3, 9, NoiseLevel(0.5, 1.0), 12.3, *[flat_image(0, 0, 0)] * 3, False)
    assert step_text(seen) == "Step 3 of 9 · σ 2 · 12 ms · rough preview"
    assert step_text(replace(seen, ms=0.0, decoded=True), lead=4) == "Step 7 of 13 · σ 2"


def test_a_run_counts_generated_images() -> None:
    run = Run(replace(BASE, count=3, steps=9), before=(2,))
    assert (run.steps, run.steps_total, run.steps_done, run.made, len(run.views)) == (9, 27, 0, {2}, 3)
    run.views[0] += [make_view(1, 9), make_view(2, 9)]
    run.views[1].append(make_view(1, 9))
    run.path = tuple(NoiseLevel(1.0, float(n)) for n in (3, 2, 1, 0))
    run.results.append(Result(1, BASE, flat_image(1, 2, 3)))
    assert (run.steps, run.steps_total, run.steps_done, run.made) == (3, 9, 3, {1, 2})
    assert {state.value: state.ended for state in State} == {
        "queued": False, "running": False, "paused": False, "done": True, "stopped": True, "failed": True,
    }  # fmt: skip


def test_whole_words_match_better_than_prefixes_and_letters() -> None:
    title = "Step again"
    order = ["again", "aga", "tep", "stag", "agn"]
    fits = [match_score(typed, title) for typed in order]
    assert fits == sorted(fits, reverse=True) and len({round(one, 2) for one in fits}) == len(order)
    assert match_score("STEP  again", title) == match_score("again step", title) > match_score("step", title) > 0
    assert (
        0 < match_score("steps", title, "Steps") < match_score("step", title, "Steps")
        and match_score("steps", title) == 0
    )
    assert 0 < match_score("repeat", title, "", "once more, repeat") < match_score("aga", title)
    assert match_score("peat", title, "", "repeat") == 0, "of other words only beginnings count"
    assert match_score("gan", "Café again") > 0 and match_score("cafe", "CAFÉ") == match_score(
        "café", "Cafe"
    ) > match_score("cafe", "Cafe one")
    assert (
        match_score("", title) == match_score("z", title) == match_score("step z", title) == match_score("n", "") == 0
    )
    assert (
        match_score("2m", "DPM++ 2M") > match_score("dpm2m", "DPM++ 2M") > 0 and fold_text("DPM++ 2M-É") == "dpm   2m e"
    )
    assert match_score("sn", "s12n") > 0 == match_score("sn", "s123n"), "slips of the finger lie close together"


def test_list_changes_are_grouped_into_runs() -> None:
    assert runs_of([]) == [] and runs_of([3]) == [range(3, 4)]
    assert runs_of([0, 1, 2, 5, 7, 8]) == [range(0, 3), range(5, 6), range(7, 9)]
    for before, after, gone, come in (
        ([1, 2, 3], [1, 2, 3], [], []),
        ([1, 2, 3], [], [range(0, 3)], []),
        ([], [4, 5], [], [range(0, 2)]),
        ([1, 2, 3, 4], [2, 4, 5], [range(0, 1), range(2, 3)], [range(2, 3)]),
        ([*range(5000)], [*range(4096), *range(4097, 5001)], [range(4096, 4097)], [range(4999, 5000)]),
    ):
        assert list_differences(array("q", before), array("q", after)) == (gone, come)


def test_foreign_text_is_shown_without_effect() -> None:
    assert plain("a\nb\tc\0\x1f\x7f\u202e\x80") == "a\nb\tc␀␟␡\ufffd\ufffd"
    assert escape_ampersands("a & b && c\x01") == "a && b &&&& c␁"
    assert tip("a & b < c") == "a & b < c" and tip("<b>x</b> &amp;") == f"<{JOINER}b>x<{JOINER}/b> &{JOINER}amp;"
    assert (
        Compared("a\0", flat_image(0, 0, 0), caption="b\0").title,
        title_of(Item(request=Request(prompt="\0"))),
    ) == (
        "a␀",
        "␀",
    )


def test_a_list_is_split_into_its_subjects() -> None:
    assert subjects_of("fox, owl; car、cat,, Fox") == ["fox", "owl", "car", "cat"]
    assert subjects_of("- fox\n* a red  owl\n\n• car,\n3. cat\n12) dog\n– hen\n-5 degrees, cold\n2026") == [
        "fox", "a red owl", "car", "cat", "dog", "hen", "-5 degrees", "cold", "2026",
    ]  # fmt: skip
    assert subjects_of("") == subjects_of(" \n ,") == [] and subjects_of("Owl\nowl\nOWL") == ["Owl"]
    many = "\n".join(f"thing {number}" for number in range(MOST + 5))
    assert subjects_of(many)[-1] == f"thing {MOST - 1}"
