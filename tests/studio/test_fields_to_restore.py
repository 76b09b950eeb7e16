"""Fields that undo a change of the settings: none that was changed since, and no part without its whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gdm_studio.request.generation_request import Request
from gdm_studio.studio.model_compatibility import fields_to_restore

A, B, MASK, OTHER = "a" * 64, "b" * 64, "c" * 64, "d" * 64
BEFORE = Request(prompt="a fox", image=A, mask=MASK, strength=1.0, inpaint_area="masked", sampler="ddim",
                 knobs={"eta": 0.5}, steps=9, tile=64, tile_overlap=16)  # fmt: skip
AFTER = Request(prompt="an owl", sampler="ddim", steps=20)


@pytest.mark.parametrize(
    ("since", "left_out"),
    [
        ({}, set()),
        ({"steps": 30}, {"steps"}),
        ({"image": B}, {"image", "mask", "strength", "inpaint_area"}),
        ({"image": B, "mask": OTHER}, {"image", "mask", "strength", "inpaint_area"}),
        ({"strength": 0.3}, {"strength"}),
        ({"sampler": "euler_a"}, {"knobs"}),
        ({"knobs": {"eta": 0.1}}, {"knobs"}),
        ({"tile": 128}, {"tile", "tile_overlap"}),
    ],
    ids=["nothing", "steps", "image", "image and mask", "strength", "sampler", "knobs", "tile"],
)
def test_a_part_is_restored_only_with_its_whole(since: dict[str, Any], left_out: set[str]) -> None:
    names = {"prompt", "image", "mask", "strength", "inpaint_area", "knobs", "steps", "tile", "tile_overlap"}
    found = fields_to_restore(BEFORE, AFTER, replace(AFTER, **since))
    assert found == {name: getattr(BEFORE, name) for name in names - left_out}


def test_the_mask_of_another_start_image_stays_with_it() -> None:
    before, after = Request(prompt="a fox", image=A), Request(prompt="an owl", image=B)
    assert fields_to_restore(before, after, replace(after, mask=OTHER)) == {"prompt": "a fox"}
    assert fields_to_restore(before, after, after) == {"prompt": "a fox", "image": A}
