"""A queue item: its file format, its progress from image to image, and the remedies for its failures."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from typing import Any

import pytest

from gdm_studio.common.errors import BadRequest
from gdm_studio.jobs.queue import REMEDIES, Item, ItemState
from gdm_studio.request.generation_request import Branch, Request

FULL = Item(
    request=Request(prompt="a naïve fox 🦊", count=4, seed=7).checked(),
    id="abc",
    order=-2.5,
    state=ItemState.FAILED,
    made=(2, 0),
    pictures=9,
    endless=True,
    error="The picture overflowed.",
    remedy="fp32",
    crashes=1,
    asked_by="Blender (A1111 API)",
)
UNUSUAL = Request(
    prompt="a", count=3, batch=4, device="cuda:0", dtype="bf16", sampler="ddim", knobs={"eta": 0.5}, spacing="linspace",
    steps=4, guidance_scale=20.0, temperature=1.5, controls={"clip": 1.0},
)  # fmt: skip


def test_every_field_survives_a_round_trip_through_the_file() -> None:
    plain = Item(request=Request())
    assert all(getattr(FULL, each.name) != getattr(plain, each.name) for each in fields(Item))
    assert Item.from_json(FULL.to_json()) == FULL and Item.from_json(plain.to_json().encode()) == plain
    for state in ItemState:
        assert Item.from_json(replace(FULL, state=state).to_json()).state is state


def test_fields_missing_from_an_older_file_get_defaults() -> None:
    values = json.loads(FULL.to_json())
    kept = {name: values[name] for name in ("version", "id", "state", "request")} | {"holograms": True}
    assert Item.from_json(json.dumps(kept)) == Item(request=FULL.request, id="abc", state=ItemState.FAILED)
    assert asdict(Item(request=FULL.request, id="")) | {"id": "", "request": None} == {
        "request": None, "id": "", "order": 0.0, "state": ItemState.WAITING, "made": (), "pictures": 0,
        "endless": False, "error": "", "remedy": "", "crashes": 0, "asked_by": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"made": [4]}, {"made": [-1]}, {"made": [True]}, {"made": [1.0]}, {"made": ["1"]}, {"made": 1},
        {"made": [1, 1]}, {"made": [0, 1, 2, 3]}, {"id": 3}, {"pictures": "9"}, {"pictures": True},
        {"endless": None}, {"error": 0}, {"remedy": None}, {"crashes": 1.0}, {"order": "last"}, {"state": "WAITING"},
        {"asked_by": 5},
    ],
    ids=str,
)  # fmt: skip
def test_impossible_values_are_refused(change: dict[str, Any]) -> None:
    assert Item.from_json(json.dumps(json.loads(FULL.to_json()) | {"made": [3]})).made == (3,)
    with pytest.raises(BadRequest, match="damaged"):
        Item.from_json(json.dumps(json.loads(FULL.to_json()) | change))


def test_finished_images_are_counted_until_none_is_left() -> None:
    item = replace(FULL, endless=False)
    assert (item.left, item.with_saved(2)) == (2, item)
    third = item.with_saved(3)
    assert third == replace(item, made=(2, 0, 3), pictures=10) and third.left == 1
    assert third.with_saved(1) is None


def test_the_next_round_starts_without_crashes() -> None:
    item = replace(FULL, made=(2, 0, 3))
    following = replace(item.request, seed=11)
    assert item.with_saved(1) == replace(item, request=following, made=(), pictures=10, crashes=0)


def test_an_image_id_is_stable_and_unique_across_rounds() -> None:
    item = replace(FULL, made=(2, 0, 3))
    rounds = (FULL, item.with_saved(1), FULL.repeated())
    called = {each.picture_id(image) for each in rounds if each is not None for image in range(4)}
    assert len(called) == 12
    assert FULL.picture_id(1) == Item.from_json(item.to_json()).picture_id(1)


def test_a_repeat_is_a_new_item_with_the_next_seeds_and_no_progress() -> None:
    once_more = FULL.repeated()
    assert once_more.id != FULL.id
    request = replace(FULL.request, seed=11)
    assert once_more == Item(request=request, id=once_more.id, order=-2.5, endless=True)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("batch", {"batch": 1}),
        ("cpu", {"device": "cpu"}),
        ("here", {"device": "auto"}),
        ("fp32", {"dtype": "fp32"}),
        ("again", {}),
        (
            "calm",
            {
                "sampler": "dpmpp_2m", "knobs": {}, "spacing": "karras", "steps": 20, "guidance_scale": 4.0,
                "temperature": 1.0, "controls": {},
            },
        ),
    ],
)  # fmt: skip
def test_a_remedy_changes_only_the_settings_that_it_names(name: str, changes: dict[str, Any]) -> None:
    assert REMEDIES[name].apply(UNUSUAL) == replace(UNUSUAL, **changes)
    assert {*REMEDIES} == {"batch", "cpu", "here", "fp32", "again", "calm"}


def test_calmer_settings_skip_calm_values_and_keep_the_path_of_a_branch() -> None:
    careful = replace(UNUSUAL, steps=50, guidance_scale=2.0)
    calmed = REMEDIES["calm"].apply(careful)
    assert (calmed.steps, calmed.guidance_scale, calmed.sampler) == (50, 2.0, "dpmpp_2m")
    branch = replace(UNUSUAL, count=1, branch=Branch(replace(UNUSUAL, count=1), 2))
    mended = REMEDIES["calm"].apply(branch)
    assert (mended.steps, mended.spacing, mended.branch) == (4, "linspace", branch.branch)
    assert (mended.sampler, mended.guidance_scale) == ("dpmpp_2m", 4.0)
