"""Validation of a request, its JSON form, and its single images."""

import json
from dataclasses import replace

import pytest

from gdm_studio.common.errors import BadRequest
from gdm_studio.request.generation_request import (
    MAX_GENERATIONS,
    MAX_TARGETS,
    SEED_LIMIT,
    Branch,
    Interpolation,
    Request,
)


def test_json_round_trip_keeps_every_field() -> None:
    request = Request(
        prompt='a "red" apple\n🍎', negative_prompt="x", style="noto", seed=7, count=3, size=(128, 128),
        sampler="ddim", spacing="trailing", steps=9, knobs={"eta": 0.5}, guidance_scale=2.5, temperature=0.7,
    )  # fmt: skip
    assert Request.from_json(request.to_json()) == request


def test_unknown_fields_are_dropped() -> None:
    data = json.loads(Request(prompt="x").to_json()) | {"version": 99, "holograms": True}
    assert Request.from_json(json.dumps(data)).prompt == "x"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"size": 3}',
        '{"steps": "ten"}',
        '{"knobs": 5}',
        '{"seed": null}',
        '{"prompt": 3}',
        '{"guidance_scale": 1' + 400 * "0" + "}",
        '{"seed": 1e999}',
        '{"knobs": ' + 9999 * "[" + 9999 * "]" + "}",
    ],  # fmt: skip
)
def test_damaged_json_raises_bad_request(text: str) -> None:
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
        # No float is that large.
        ({"temperature": 10**400}, "temperature must be from 0.1 to 2"),
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
        ({"dtype": "fp64"}, "dtype"),
    ],
)
def test_bad_values_are_refused_with_the_valid_ones(change: dict, says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        replace(Request(), **change).checked()


def test_each_image_has_its_own_seed() -> None:
    request = Request(seed=SEED_LIMIT - 1, count=2)
    assert request.picture(0).seed == SEED_LIMIT - 1
    assert request.picture(1).seed == 0
    assert request.picture(1).count == 1


def test_validation_adds_missing_sampler_parameters() -> None:
    assert Request(sampler="ddim").checked().knobs == {"eta": 0.0}


IMAGE_ID = 64 * "a"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"controls": {"clip": 99.0}}, "clip must be from 0 to 10"),
        ({"controls": {"glare": 1.0}}, "no setting called 'glare'; its settings are guidance_rescale"),
        ({"controls": {"clip": "x"}}, "clip must be a number"),
        ({"strength": 1.5}, "strength must be from 0 to 1"),
        ({"strength": float("nan")}, "strength must be a number"),
        ({"image": "apple.png"}, "image must be the name of a stored picture"),
        ({"image": 3}, "image"),
        ({"mask": IMAGE_ID}, "A mask needs a picture"),
        ({"inverted": 1}, "inverted must be true or false"),
        ({"branch": {"step": 3}}, "branch must be a step of another picture"),
        ({"branch": Branch(Request(), 20)}, "the step to branch from must be a whole number from 0 to 19"),
        ({"branch": Branch(Request(steps=30), 3)}, "keeps the steps"),
        ({"branch": Branch(Request(model="other"), 3)}, "keeps the model"),
        ({"branch": Branch(Request(image=IMAGE_ID), 3)}, "keeps the image"),
        ({"branch": Branch(Request(count=2), 3), "count": 3}, "3 pictures cannot branch from 2"),
        ({"branch": Branch(Request(temperature=9.0), 3)}, "temperature"),
    ],
)
def test_invalid_initial_states_are_refused(change: dict, says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        replace(Request(), **change).checked()


def test_controls_at_their_defaults_are_dropped() -> None:
    assert Request(controls={"clip": 0.0, "guidance_until": 1.0, "guidance_rescale": 0.7}).checked().controls == {
        "guidance_rescale": 0.7
    }


def test_an_img2img_request_survives_json() -> None:
    request = Request(image=IMAGE_ID, mask=64 * "b", strength=0.3, controls={"clip": 2.0}).checked()
    assert Request.from_json(request.to_json()) == request


def test_a_branch_survives_json_and_splits_into_single_images() -> None:
    parents = Request(prompt="a", count=3, size=(128, 128)).checked()
    branch = replace(parents, prompt="b", sampler="ddim", branch=Branch(parents, 4)).checked()
    assert Request.from_json(branch.to_json()) == branch
    assert branch.picture(2).branch == Branch(parents.picture(2), 4)
    from_one = replace(branch, branch=Branch(parents.picture(1), 4))
    assert from_one.picture(2).branch == from_one.branch
    assert branch.checked().branch.parent == parents


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("model", "other"),
        ("size", (64, 64)),
        ("spacing", "linspace"),
        ("steps", 30),
        ("image", "f" * 64),
        ("mask", "f" * 64),
        ("strength", 0.7),
        ("inverted", True),
    ],
)
def test_a_branch_cannot_change_its_noise_path_or_initial_state(name: str, value: object) -> None:
    parent = Request(image=IMAGE_ID, mask=IMAGE_ID)
    assert replace(parent, prompt="b", branch=Branch(parent, 3)).checked()
    with pytest.raises(BadRequest, match=f"A branch keeps the {name} "):
        replace(parent, branch=Branch(parent, 3), **{name: value}).checked()


def test_nested_branches_are_limited() -> None:
    request = Request()
    for _ in range(MAX_GENERATIONS):
        request = replace(Request(), branch=Branch(request, 3))
    assert Request.from_json(request.to_json()) == request.checked()
    with pytest.raises(BadRequest, match="start a new picture"):
        replace(Request(), branch=Branch(request, 3)).checked()


def test_files_of_earlier_versions_still_load() -> None:
    old = {"version": 1, "prompt": "a red apple", "seed": 7, "sampler": "ddim", "knobs": {"eta": 0.5}, "steps": 9}
    request = Request.from_json(json.dumps(old))
    assert (request.prompt, request.seed, request.steps, request.knobs) == ("a red apple", 7, 9, {"eta": 0.5})
    assert (request.image, request.controls, request.branch, request.strength) == ("", {}, None, 0.6)


def test_renamed_spacings_keep_their_meaning() -> None:
    parent = {"version": 1, "prompt": "a", "spacing": "beta", "sampler": "ddim"}
    old = parent | {"prompt": "b", "branch": {"parent": parent | {"version": None}, "step": 3}}
    branch = Request.from_json(json.dumps(old))
    assert branch.spacing == branch.branch.parent.spacing == "beta_0_1"
    assert Request.from_json(branch.to_json()) == branch
    now = Request(spacing="beta").checked()
    assert Request.from_json(now.to_json()) == now
    for name in ("karras", "linspace", "beta_0_1"):
        assert Request.from_json(json.dumps(parent | {"spacing": name})).spacing == name


def test_a_renamed_spacing_keeps_its_digest() -> None:
    old = Request.from_json(json.dumps({"version": 1, "spacing": "beta", "seed": 3}))
    # The digest that version 1 computed.
    assert old.digest() == "ed547a3e7fb9cdb89b9583d4a71a8743"
    assert replace(old, spacing="beta").checked().digest() not in (old.digest(), Request(seed=3).checked().digest())


def test_an_interpolation_survives_json() -> None:
    request = Request(toward=Interpolation("a fox", 7, 0.25, then=Interpolation("", 8, 1.0))).checked()
    assert Request.from_json(request.to_json()) == request
    assert request.picture(2).toward == Interpolation("a fox", 9, 0.25, then=Interpolation("", 10, 1.0))


@pytest.mark.parametrize(
    ("toward", "says"),
    [
        ({"seed": 3}, "toward must be another picture"),
        (Interpolation(3, 3, 0.5), "The prompt to go towards must be text"),
        (Interpolation("", -1, 0.5), "the seed to go towards"),
        (Interpolation("", 3, 1.5), "the amount to go towards another picture must be from 0 to 1"),
        (Interpolation("", 3, float("nan")), "the amount"),
        (Interpolation("", 3, 0.5, then=Interpolation("", 3, "far")), "the amount"),
    ],
)
def test_invalid_interpolations_are_refused(toward: object, says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        Request(toward=toward).checked()


def test_interpolation_targets_are_limited() -> None:
    walk = None
    for seed in range(MAX_TARGETS):
        walk = Interpolation("", seed, 0.1, walk)
    assert Request.from_json(Request(toward=walk).to_json()).toward == walk
    with pytest.raises(BadRequest, match="start again from this one"):
        Request(toward=Interpolation("", 1, 0.1, walk)).checked()


def test_a_digest_depends_on_everything_that_decides_the_pixels() -> None:
    request = Request(prompt="a", sampler="ddim", size=(128, 128)).checked()
    branch = replace(request, prompt="b", branch=Branch(request, 4)).checked()
    for each in (request, branch, replace(request, toward=Interpolation("b", 3, 0.5))):
        assert Request.from_json(each.to_json()).digest() == each.digest() and len(each.digest()) == 32
        assert replace(each, device="cuda:1", dtype="bf16", batch=4).digest() == each.digest()
    assert Request.from_json(branch.to_json()).branch.parent.digest() == request.digest()
    assert replace(request, guidance_scale=4).digest() == replace(request, guidance_scale=4.0).digest()
    others = [
        {"prompt": "b"}, {"seed": 1}, {"knobs": {"eta": 0.5}}, {"controls": {"clip": 1.0}}, {"size": (64, 64)},
        {"toward": Interpolation("b", 3, 0.5)}, {"toward": Interpolation("b", 3, 0.6)}, {"branch": Branch(request, 4)},
        {"branch": Branch(request, 5)}, {"image": IMAGE_ID}, {"inverted": True},
    ]  # fmt: skip
    assert len({replace(request, **change).digest() for change in [{}, *others]}) == 1 + len(others)


def test_digests_are_stable() -> None:
    """Check that digests never change: files of earlier versions name their parents by them."""
    plain = Request(prompt="a red apple", model="icons", seed=5, rules=1).checked()
    branch = replace(plain, sampler="ddim", knobs={"eta": 0.5}, branch=Branch(plain, 4)).checked()
    assert plain.digest() == "57e4985792998630949d9c11f4151a4d"
    assert branch.digest() == "cd15d45f828401ae8ead1189e0328717"
    explicit = replace(plain, sampler="ddim", knobs={"eta": 0.0})
    assert explicit.digest() == replace(explicit, knobs={}).digest(), "a setting that a later version adds to a sampler"
