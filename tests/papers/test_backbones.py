"""The backbones as systems: each is trained beside its ablation, and they are compared alike."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from gdm_studio import papers
from gdm_studio.cli.main import run
from gdm_studio.papers.claims import checks
from gdm_studio.papers.systems import backbones
from gdm_studio.papers.systems.backbones import LOG_SNRS, BackboneRecipe
from tests.papers.toy import SMALL, write_pictures

NAMES = ("dit", "u-vit", "simple", "rin")


def recipe(name: str, data: Path, **options: Any) -> BackboneRecipe:
    small = {key: value for key, value in SMALL.items() if key != "even"}
    made: BackboneRecipe = papers.recipe_of(name)(data=data, **small, **options)
    return made


@pytest.mark.parametrize("name", NAMES)
def test_an_ablation_lacks_one_thing(name: str, tmp_path: Path) -> None:
    data = write_pictures(tmp_path)
    whole, ablated = (recipe(name, data, network=network) for network in ("whole", "ablated"))
    first, second = (vars(each.networks()["denoiser"].config) for each in (whole, ablated))
    others = [key for key in first if first[key] != second[key]]
    assert others == {"dit": ["zero"], "u-vit": ["skips"], "rin": ["conditioned"], "simple": []}[name]
    moved = [a / b for a, b in zip(whole.process.ratios, ablated.process.ratios, strict=True)]
    assert moved == pytest.approx([8 / 64 if name == "simple" else 1.0] * len(moved))


@pytest.mark.parametrize("name", NAMES)
def test_an_error_is_that_of_v_at_the_same_noise_whatever_the_schedule(name: str, tmp_path: Path) -> None:
    """Check that the error of a network with the output 0 is the mean square of v, and 0 for a network that knows v."""

    class Nothing(nn.Module):
        def forward(self, x: torch.Tensor, *_: object) -> torch.Tensor:
            return torch.zeros_like(x)

    data = write_pictures(tmp_path)
    errors = {
        network: recipe(name, data, network=network).error(nn.ModuleDict({"denoiser": Nothing()}))
        for network in ("whole", "ablated")
    }
    assert errors["whole"] == pytest.approx(errors["ablated"], rel=1e-5)
    one = recipe(name, data)
    points = [one.process.coordinates(math.exp(-each / 2)) for each in LOG_SNRS]
    pictures = float(one.pictures.data.square().mean())
    expected = sum(at.alpha**2 + at.sigma**2 * pictures for at in points) / len(points)
    assert errors["whole"] == pytest.approx(expected, rel=0.1)


@pytest.mark.slow
def test_the_claim_is_measured_by_training_both(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ["verify", "--systems", "u-vit", "--retrain", "--json"]
    assert run(asked) == 0
    assert '"remark": "not measured: needs --data' in capsys.readouterr().out
    monkeypatch.setattr(checks, "ABLATION_SAMPLES", 32)
    monkeypatch.setattr(backbones, "ERROR_IMAGES", 4)
    data = write_pictures(tmp_path)
    assert run([*asked, "--data", str(data)]) in (0, 1)
    said = capsys.readouterr().out
    assert '"system": "u-vit"' in said and '"value": null' not in said
