"""Grids: parsing of axes, and the requests they generate."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gdm_studio.common.errors import BadRequest
from gdm_studio.engine.grids import MAX_IMAGES, Axis, Grid, list_axis_settings
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.request.generation_request import Interpolation, Request, Role, same_settings
from tests.helpers.fast_model import FAST
from tests.helpers.gaussian_model import CARD

BASE = Request(model="gaussian", prompt="a red fox, sitting", seed=5, sampler="ddim", steps=8)
KINDS = list_axis_settings(BASE, [CARD, FAST])


def make_axis(name: str, text: str) -> Axis:
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
        # 0.3 / 0.1 is less than 3 in floating point.
        ("eta", "0-0.3 (+0.1)", (0.0, 0.1, 0.2, 0.3)),
        ("seed", "9223372036854775806, 1", (2**63 - 2, 1)),
        ("eta", "0, 0.5, 1", (0.0, 0.5, 1.0)),
        ("sampler", "Euler, euler_a , DDIM", ("euler", "euler_a", "ddim")),
        ("style", "Plain, dark", ("plain", "dark")),
        ("prompt", 'fox, owl, "cat, asleep"', ("fox", "owl", "cat, asleep")),
        ("prompt", "fox,", ("fox", "")),
    ],
)
def test_axis_values_are_parsed(name: str, text: str, values: tuple[object, ...]) -> None:
    assert make_axis(name, text).values == values


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("steps", "", "some values"),
        ("steps", "four", "not a number"),
        ("steps", "2.5", "whole"),
        ("steps", "0-3", "from 1"),
        ("steps", "1-9 (+0)", "increment of zero"),
        ("seed", "1-9999", str(MAX_IMAGES)),
        ("guidance_scale", "99", "from 0 to 30"),
        ("sampler", "eulr", "no scheduler called 'eulr'"),
        ("sampler", "euler, cold_1", "Cold.* needs .*; choose another scheduler"),
        ("prompt", "dog, cat", "not in the prompt"),
        ("prompt", ", cat", "Start with"),
    ],
)
def test_invalid_axes_are_refused(name: str, text: str, words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        make_axis(name, text)


def test_two_axes_give_every_pair_row_by_row() -> None:
    grid = Grid(replace(BASE, count=4), make_axis("steps", "4, 8"), make_axis("seed", "1-3"))
    assert [(one.steps, one.seed, one.count) for one in grid.requests()] == [
        *((4, 1, 1), (8, 1, 1)),
        *((4, 2, 1), (8, 2, 1)),
        *((4, 3, 1), (8, 3, 1)),
    ]
    assert grid.titles()[1] == "8 steps · seed 1"
    assert (grid.columns, grid.rows, grid.count) == (2, 3, 6)


def test_prompt_words_are_replaced_on_both_axes() -> None:
    grid = Grid(BASE, make_axis("prompt", "fox, owl"), make_axis("prompt", "red, blue"))
    assert [one.prompt for one in grid.requests()] == [
        *("a red fox, sitting", "a red owl, sitting"),
        *("a blue fox, sitting", "a blue owl, sitting"),
    ]


def test_interpolation_targets_follow_replaced_prompt_words() -> None:
    base = BASE.with_target(Interpolation(BASE.prompt, 9, 0.2)).with_target(Interpolation("a blue whale", 3, 0.1))
    _, owl = Grid(base, make_axis("prompt", "fox, owl")).requests()
    assert owl.toward == Interpolation("a red owl, sitting", 9, 0.2, Interpolation("a blue whale", 3, 0.1))


def test_sampler_defaults_give_way_to_a_steps_axis() -> None:
    heun = SAMPLERS["heun"]
    (ours, best) = Grid(BASE, make_axis("sampler_own", "ddim, heun")).requests()
    assert ours == BASE and (best.steps, best.spacing) == (heun.default_steps, heun.default_spacing)
    asked = Grid(BASE, make_axis("sampler_own", "heun"), make_axis("steps", "3")).requests()
    assert [(one.sampler, one.steps, one.spacing) for one in asked] == [("heun", 3, heun.default_spacing)]


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_examples_of_sampler_parameters_have_no_repeated_values(sampler: str) -> None:
    for kind in list_axis_settings(Request(sampler=sampler), []).values():
        if kind.order == 4:
            values = kind.example.split(", ")
            assert [float(value) for value in values] == list(Axis.of(kind, kind.example).values) and len(values) > 1


def test_another_sampler_drops_the_parameters_of_the_former() -> None:
    base = replace(BASE, knobs={"eta": 0.5})
    assert [one.knobs for one in Grid(base, make_axis("sampler", "ddim, heun")).requests()] == [{"eta": 0.5}, {}]
    asked = Grid(base, make_axis("eta", "0, 1"), make_axis("sampler", "ddim, heun")).requests()
    assert asked[0].checked().knobs == {"eta": 0.0}
    with pytest.raises(BadRequest, match="eta"):
        # Heun has no such parameter, which its cell reports.
        asked[2].checked()


def test_a_few_step_model_brings_its_own_steps() -> None:
    ours, quick = Grid(BASE, make_axis("model", "gaussian, gaussian-fast")).requests()
    assert ours == BASE
    assert (quick.model, quick.steps, quick.guidance_scale, quick.seed) == ("gaussian-fast", 2, 1.0, BASE.seed)


def test_a_model_axis_uses_each_models_grammar_and_vae() -> None:
    takes = replace(CARD.accepts, prompt="webui", vae=True, needs_vae=True)
    pruned = replace(CARD, name="pruned", accepts=takes, defaults={**CARD.defaults, "vae": "soft"})
    base = replace(BASE, model="pruned", grammar="webui", vae="")
    asked = Grid(base, Axis.of(list_axis_settings(base, [pruned, CARD])["model"], "pruned, gaussian")).requests()
    assert asked[0] == base and (asked[1].grammar, asked[1].vae) == ("auto", "")
    turned = Grid(BASE, Axis.of(list_axis_settings(BASE, [CARD, pruned])["model"], "gaussian, pruned")).requests()[1]
    assert (turned.model, turned.vae) == ("pruned", "soft")


def test_a_full_model_does_not_keep_the_steps_of_its_few_step_version() -> None:
    base = replace(BASE, model="gaussian-fast", steps=2, guidance_scale=1.0, knobs={"eta": 0.5})
    quick, full = Grid(base, make_axis("model", "gaussian-fast, gaussian")).requests()
    assert quick == base
    assert same_settings(full, CARD.default_request(), Role.MODEL_DEFAULT) and not same_settings(
        quick, CARD.default_request(), Role.MODEL_DEFAULT
    )
    assert (full.model, full.prompt, full.seed) == ("gaussian", BASE.prompt, BASE.seed) and full.steps > quick.steps
    peers = {"one": replace(CARD, name="one"), "other": replace(CARD, name="other")}
    chosen = Axis.of(list_axis_settings(BASE, list(peers.values()))["model"], "one, other")
    assert [replace(one, model="gaussian") for one in Grid(BASE, chosen).requests()] == [BASE, BASE]


def test_classes_are_an_axis_of_class_conditional_models() -> None:
    card = replace(CARD, accepts=replace(CARD.accepts, labels=("cat", "red apple")))
    grid = Grid(
        replace(BASE, prompt="", label="cat"), Axis.of(list_axis_settings(BASE, [card])["label"], "Red Apple, cat")
    )
    assert [one.label for one in grid.requests()] == grid.titles() == ["red apple", "cat"]
    assert "label" not in KINDS


def test_grids_have_a_maximum_size_and_two_different_axes() -> None:
    with pytest.raises(BadRequest, match="Both axes"):
        Grid(BASE, make_axis("steps", "4, 8"), make_axis("steps", "2"))
    with pytest.raises(BadRequest, match="169 pictures"):
        Grid(BASE, make_axis("steps", "1-13"), make_axis("seed", "1-13"))


def test_strength_is_an_axis_only_with_a_start_image() -> None:
    assert "strength" not in KINDS
    assert "strength" in list_axis_settings(replace(BASE, image="0" * 64), [CARD])
    assert "model" not in list_axis_settings(BASE, [CARD])
