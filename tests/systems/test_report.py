"""Reports about the training of systems: what is diagnosed, and when nothing is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from gdm_studio.systems import recipe_of
from tests.systems.toy import SMALL, write_pictures


@pytest.fixture
def options(tmp_path: Path) -> dict[str, Any]:
    shared = {name: value for name, value in SMALL.items() if name != "even"}
    return shared | {"data": write_pictures(tmp_path / "pictures"), "hold_out": 0.25}


@pytest.mark.parametrize("name", ["edm", "ddpm", "flow-matching"])
def test_a_new_network_is_not_accused_early(options: dict[str, Any], tmp_path: Path, name: str) -> None:
    recipe = recipe_of(name)(**options)
    torch.manual_seed(0)
    model = recipe.model(tmp_path).eval()
    found = recipe.report.diagnosis(model, 32)
    assert found is not None and (found.kind, found.message) == ("learning", "nothing learned")
    learned, held_out = recipe.split
    assert len(held_out) == 6 and not {*learned} & {*held_out} and len({*learned, *held_out}) == 24
    for weight in model.parameters():
        weight.data.mul_(8)
    later = recipe.report.diagnosis(model, 10_000)
    assert later is not None and later.kind != "learning", "a network that is worse than a constant image"
    next(model.parameters()).data.fill_(float("nan"))
    broken = recipe.report.diagnosis(model, 32)
    assert broken is not None and broken.kind == "overflow"


def test_other_networks_have_no_diagnosis(options: dict[str, Any], tmp_path: Path) -> None:
    small = {name: options[name] for name in ("data", "hold_out", "size", "samples", "batch", "width", "widest")}
    recipe = recipe_of("vae")(**small)
    model = recipe.model(tmp_path).eval()
    assert recipe.report.diagnosis(model, 64) is None and recipe.report.paired_errors(model) is None
    whole = recipe_of("edm")(**options | {"hold_out": 0.0})
    assert whole.report.diagnosis(whole.model(tmp_path).eval(), 64) is None, "no picture is held out"
