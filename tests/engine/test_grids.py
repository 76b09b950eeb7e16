"""Grids: how axes are written, and the requests they become."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gdm_studio.engine.grids import MOST, Axis, Grid, kinds
from gdm_studio.errors import BadRequest
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.request import Request, Role, Toward, alike
from tests.helpers.fast_model import FAST
from tests.helpers.gaussian_model import CARD

BASE = Request(model="gaussian", prompt="a red fox, sitting", seed=5, sampler="ddim", steps=8)
KINDS = kinds(BASE, [CARD, FAST])


def axis(name: str, text: str) -> Axis:
    return Axis.of(KINDS[name], text)


@pytest.mark.parametrize(
    ("name", "text", "values"),
    [
        ("steps", "4, 6,8", (4, 6, 8)),
        ("steps", "1-5", (1, 2, 3, 4, 5)),
        ("steps", "1-10 (+3)", (1, 4, 7, 10)),
        ("steps", "1..10:3", (1, 4, 7, 10)),
        ("steps", "10-4 (-3)", (10, 7, 4)),
        ("steps", "10-50 [5]", (10, 20, 30, 40, 50)),
        ("steps", "4; 6 to 8, 6", (4, 6, 7, 8)),
        ("guidance_scale", "1-2 (+0.5), 4", (1.0, 1.5, 2.0, 4.0)),
        ("temperature", "0.7-1.3 (+0.1)", (0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3)),
        ("eta", "0-0.3 (+0.1)", (0.0, 0.1, 0.2, 0.3)),  # 0.3 / 0.1 is less than 3
        ("seed", "9223372036854775806, 1", (2**63 - 2, 1)),
        ("eta", "0, 0.5, 1", (0.0, 0.5, 1.0)),
        ("sampler", "Euler, euler_a , DDIM", ("euler", "euler_a", "ddim")),
        ("style", "Plain, dark", ("plain", "dark")),
        ("prompt", 'fox, owl, "cat, asleep"', ("fox", "owl", "cat, asleep")),
        ("prompt", "fox,", ("fox", "")),
    ],
)
def test_values_are_read_as_people_write_them(name: str, text: str, values: tuple[object, ...]) -> None:
    assert axis(name, text).values == values


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("steps", "", "some values"),
        ("steps", "four", "no number"),
        ("steps", "2.5", "whole"),
        ("steps", "0-3", "from 1"),
        ("steps", "1-9 (+0)", "move"),
        ("seed", "1-9999", str(MOST)),
        ("guidance_scale", "99", "from 0 to 30"),
        ("sampler", "eulr", "no scheduler called 'eulr'"),
        ("sampler", "euler, cold_1", "Cold.* needs .*; choose another scheduler"),
        ("prompt", "dog, cat", "not in the prompt"),
        ("prompt", ", cat", "Begin with"),
    ],
)
def test_what_cannot_be_meant_is_said_in_a_sentence(name: str, text: str, words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        axis(name, text)


def test_two_axes_are_every_pair_row_by_row() -> None:
    grid = Grid(replace(BASE, count=4), axis("steps", "4, 8"), axis("seed", "1-3"))
    assert [(one.steps, one.seed, one.count) for one in grid.requests()] == [
        *((4, 1, 1), (8, 1, 1)),
        *((4, 2, 1), (8, 2, 1)),
        *((4, 3, 1), (8, 3, 1)),
    ]
    assert grid.titles()[1] == "8 steps · seed 1"
    assert (grid.columns, grid.rows, grid.count) == (2, 3, 6)


def test_words_of_the_prompt_are_searched_and_replaced_on_both_axes() -> None:
    grid = Grid(BASE, axis("prompt", "fox, owl"), axis("prompt", "red, blue"))
    assert [one.prompt for one in grid.requests()] == [
        *("a red fox, sitting", "a red owl, sitting"),
        *("a blue fox, sitting", "a blue owl, sitting"),
    ]


def test_a_picture_on_its_way_keeps_to_the_prompt_that_is_replaced() -> None:
    base = BASE.walked(Toward(BASE.prompt, 9, 0.2)).walked(Toward("a blue whale", 3, 0.1))
    _, owl = Grid(base, axis("prompt", "fox, owl")).requests()
    assert owl.toward == Toward("a red owl, sitting", 9, 0.2, Toward("a blue whale", 3, 0.1))


def test_a_scheduler_at_its_best_gives_way_to_steps_that_are_asked_for() -> None:
    heun = SAMPLERS["heun"]
    (ours, best) = Grid(BASE, axis("sampler_own", "ddim, heun")).requests()
    assert ours == BASE and (best.steps, best.spacing) == (heun.default_steps, heun.default_spacing)
    asked = Grid(BASE, axis("sampler_own", "heun"), axis("steps", "3")).requests()
    assert [(one.sampler, one.steps, one.spacing) for one in asked] == [("heun", 3, heun.default_spacing)]


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_the_example_of_a_setting_of_a_scheduler_is_an_axis_without_repeats(sampler: str) -> None:
    for kind in kinds(Request(sampler=sampler), []).values():
        if kind.order == 4:
            values = kind.example.split(", ")
            assert [float(value) for value in values] == list(Axis.of(kind, kind.example).values) and len(values) > 1


def test_a_scheduler_leaves_the_knobs_of_the_former_behind() -> None:
    base = replace(BASE, knobs={"eta": 0.5})
    assert [one.knobs for one in Grid(base, axis("sampler", "ddim, heun")).requests()] == [{"eta": 0.5}, {}]
    asked = Grid(base, axis("eta", "0, 1"), axis("sampler", "ddim, heun")).requests()
    assert asked[0].checked().knobs == {"eta": 0.0}
    with pytest.raises(BadRequest, match="eta"):
        asked[2].checked()  # Heun has none: its cell says so


def test_a_quick_version_brings_its_own_pace() -> None:
    ours, quick = Grid(BASE, axis("model", "gaussian, gaussian-fast")).requests()
    assert ours == BASE
    assert (quick.model, quick.steps, quick.guidance_scale, quick.seed) == ("gaussian-fast", 2, 1.0, BASE.seed)


def test_a_model_is_asked_in_its_own_grammar_and_with_the_vae_that_was_chosen_for_it() -> None:
    takes = replace(CARD.accepts, prompt="webui", vae=True, needs_vae=True)
    pruned = replace(CARD, name="pruned", accepts=takes, defaults={**CARD.defaults, "vae": "soft"})
    base = replace(BASE, model="pruned", grammar="webui", vae="")
    asked = Grid(base, Axis.of(kinds(base, [pruned, CARD])["model"], "pruned, gaussian")).requests()
    assert asked[0] == base and (asked[1].grammar, asked[1].vae) == ("auto", "")
    turned = Grid(BASE, Axis.of(kinds(BASE, [CARD, pruned])["model"], "gaussian, pruned")).requests()[1]
    assert (turned.model, turned.vae) == ("pruned", "soft")


def test_a_model_at_full_pace_does_not_keep_that_of_its_quick_version() -> None:
    base = replace(BASE, model="gaussian-fast", steps=2, guidance_scale=1.0, knobs={"eta": 0.5})
    quick, full = Grid(base, axis("model", "gaussian-fast, gaussian")).requests()
    assert quick == base
    assert alike(full, CARD.usual(), Role.PACE) and not alike(quick, CARD.usual(), Role.PACE)
    assert (full.model, full.prompt, full.seed) == ("gaussian", BASE.prompt, BASE.seed) and full.steps > quick.steps
    peers = {"one": replace(CARD, name="one"), "other": replace(CARD, name="other")}
    chosen = Axis.of(kinds(BASE, list(peers.values()))["model"], "one, other")
    assert [replace(one, model="gaussian") for one in Grid(BASE, chosen).requests()] == [BASE, BASE]


def test_classes_are_an_axis_of_models_that_know_some() -> None:
    card = replace(CARD, accepts=replace(CARD.accepts, labels=("cat", "red apple")))
    grid = Grid(replace(BASE, prompt="", label="cat"), Axis.of(kinds(BASE, [card])["label"], "Red Apple, cat"))
    assert [one.label for one in grid.requests()] == grid.titles() == ["red apple", "cat"]
    assert grid.name() == "Class: cat" and "label" not in KINDS


def test_a_grid_is_no_larger_than_it_may_be_and_has_two_different_axes() -> None:
    with pytest.raises(BadRequest, match="Both axes"):
        Grid(BASE, axis("steps", "4, 8"), axis("steps", "2"))
    with pytest.raises(BadRequest, match="169 pictures"):
        Grid(BASE, axis("steps", "1-13"), axis("seed", "1-13"))


def test_strength_is_offered_for_pictures_that_start_from_one() -> None:
    assert "strength" not in KINDS
    assert "strength" in kinds(replace(BASE, image="0" * 64), [CARD])
    assert "model" not in kinds(BASE, [CARD])
