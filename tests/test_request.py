"""A request is checked, survives JSON, and splits into its pictures."""

import json
from dataclasses import replace

import pytest

from gdm_studio.errors import BadRequest
from gdm_studio.request import SEED_LIMIT, Request


def test_json_round_trip_keeps_every_field() -> None:
    request = Request(
        prompt='a "red" apple\n🍎', negative_prompt="x", style="noto", seed=7, count=3, size=(128, 128),
        sampler="ddim", spacing="trailing", steps=9, knobs={"eta": 0.5}, guidance_scale=2.5, temperature=0.7,
    )  # fmt: skip
    assert Request.from_json(request.to_json()) == request


def test_fields_of_later_versions_are_left_out() -> None:
    data = json.loads(Request(prompt="x").to_json()) | {"version": 99, "holograms": True}
    assert Request.from_json(json.dumps(data)).prompt == "x"


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{", '{"size": 3}', '{"steps": "ten"}', '{"knobs": 5}', '{"seed": null}', '{"prompt": 3}',
        '{"guidance_scale": 1' + 400 * "0" + "}", '{"seed": 1e999}', '{"knobs": ' + 9999 * "[" + 9999 * "]" + "}",
    ],  # fmt: skip
)
def test_damaged_json_is_one_sentence(text: str) -> None:
    with pytest.raises(BadRequest):
        Request.from_json(text)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"steps": 0}, "steps must be a whole number from 1 to 1000"),
        ({"steps": 1001}, "steps"),
        ({"steps": 2.5}, "steps"),
        ({"temperature": float("nan")}, "temperature must be a number from 0.1 to 2"),
        ({"temperature": 0.05}, "temperature must be from 0.1 to 2"),
        ({"temperature": float("inf")}, "temperature must be from 0.1 to 2"),
        ({"temperature": 10**400}, "temperature must be from 0.1 to 2"),  # no float is that large
        ({"guidance_scale": True}, "guidance must be a number from 0 to 30"),
        ({"guidance_scale": "4"}, "guidance must be a number from 0 to 30"),
        ({"guidance_scale": -1}, "guidance"),
        ({"sampler": "magic"}, "choose one of .*dpmpp_2m"),
        ({"spacing": "magic"}, "choose one of .*karras"),
        ({"seed": -1}, "seed"),
        ({"seed": SEED_LIMIT}, "seed"),
        ({"count": 0}, "count"),
        ({"size": (100001, 3)}, "width"),
        ({"knobs": {"eta": 2.0}, "sampler": "ddim"}, "eta must be from 0 to 1"),
        ({"knobs": {"eta": 10**400}, "sampler": "ddim"}, "eta must be from 0 to 1"),
        ({"knobs": {"eta": "x"}, "sampler": "ddim"}, "eta must be a number from 0 to 1, not 'x'"),
        ({"knobs": {"eta": None}, "sampler": "ddim"}, "eta must be a number from 0 to 1"),
        ({"knobs": {"eta": 0.5}, "sampler": "heun"}, "Heun has no setting called 'eta'"),
        ({"dtype": "fp16"}, "dtype"),
    ],
)
def test_bad_values_are_refused_with_the_valid_ones(change: dict, says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        replace(Request(), **change).checked()


def test_picture_i_has_its_own_seed() -> None:
    request = Request(seed=SEED_LIMIT - 1, count=2)
    assert request.picture(0).seed == SEED_LIMIT - 1
    assert request.picture(1).seed == 0
    assert request.picture(1).count == 1


def test_checking_completes_the_knobs() -> None:
    assert Request(sampler="ddim").checked().knobs == {"eta": 0.0}
