"""Comparison of all systems: with any available weights, with its evaluations counted, and resumed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from torch import Tensor

from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.models.model_library import Library
from gdm_studio.papers.claims import system_comparison
from gdm_studio.papers.claims.claim_inputs import SEEDS, ClaimContext
from gdm_studio.papers.training.model_file import write_model
from gdm_studio.papers.training.quality_classifier import JudgeRecipe
from gdm_studio.training.loop import train
from gdm_studio.verify import chart
from tests.papers.test_serving import CARD, network
from tests.papers.toy import CLASSES, write_pictures

TOY = CARD | {"labels": list(CLASSES), "factors": {}}


@pytest.fixture
def judge(tmp_path: Path) -> Path:
    """Train a judge briefly, and install the models of two systems. A GAN is shipped with the program."""
    data = write_pictures(tmp_path / "pictures")
    recipe = JudgeRecipe(data=data, size=8, samples=64, batch=16, warmup=8, cooldown=16, ema_halflife=64)
    list(train(recipe, tmp_path / "judge"))
    folder = paths.models_dir() / "own"
    folder.mkdir(parents=True)
    defaults = {"steps": 3, "sampler": "ddpm_large", "spacing": "linspace", "guidance_scale": 2.0}
    for name in ("tdpm", "ddpm"):
        said = TOY | {"name": name, "defaults": defaults}
        write_model(folder / f"{name}.safetensors", {"denoiser": network()}, said, {})
    return tmp_path / "judge" / recipe.product


@pytest.mark.slow
def test_it_goes_on_where_it_ended(
    judge: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system_comparison, "STEPS", (2, 3))
    out = tmp_path / "out"
    asked = ["systems", "ddpm", "vae", "tdpm", "latent", "gan", "diffflow", "classifier-free", "--compare", str(out),
             "--judge", str(judge), "--pictures", "8", "--json"]  # fmt: skip
    assert run(asked) == 0
    said = capsys.readouterr()
    points = [json.loads(line) for line in said.out.splitlines()]
    evaluations = {(each["system"], each["steps"]): each["evaluations"] for each in points}
    assert evaluations == {
        ("ddpm", 2): 2,
        ("ddpm", 3): 3,
        ("ddpm", 100): 100,
        ("vae", 1): 1,
        ("tdpm", 2): 2,
        ("tdpm", 3): 3,
    }
    assert "classifier-free: has the same weights and settings as ddpm" in said.err
    assert "latent: not trained yet" in said.err and "diffflow: does not generate images" in said.err
    assert "gan: its weights generate points, not images" in said.err
    for each in points:
        for figure in ("frechet", "coverage", "accuracy"):
            assert each[figure]["low"] <= each[figure]["value"] <= each[figure]["high"]
        assert each["frechet"]["value"] > 0 and 0 <= each["accuracy"]["low"] <= each["accuracy"]["high"] <= 1
    table = (out / "comparison.md").read_text("utf-8")
    assert (
        table.count("\n") == 2 + len(points)
        and "| vae | shipped | 1 | 1 | 1 |" in table
        and "| tdpm | not shipped | 2 | 2 | 1 |" in table
    )
    assert Image.open(out / "comparison.png").width == 2 * chart.SCALE * chart.PANEL[0], "DDPM, and few steps"

    monkeypatch.setattr(
        ClaimContext, "generate_images", lambda *_, **__: pytest.fail("what is there is not made again")
    )
    assert run(asked) == 0
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == points


def test_the_images_of_a_class_are_evaluated_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    defaults = {"steps": 3, "sampler": "ddpm_large", "spacing": "linspace", "guidance_scale": 1.0}
    folder = paths.models_dir() / "own"
    folder.mkdir(parents=True)
    whole = network()
    write_model(folder / "tdpm.safetensors", {"denoiser": whole}, TOY | {"name": "tdpm", "defaults": defaults}, {})
    rows = list[int]()
    evaluate = type(whole).forward

    def counting(self: Any, x: Tensor, *inputs: Any, **named: Any) -> Any:
        rows.append(len(x))
        return evaluate(self, x, *inputs, **named)

    monkeypatch.setattr(type(whole), "forward", counting)
    context = ClaimContext(Library(), tmp_path / "no judge", images_per_seed=2 * len(CLASSES))
    batches = context.generate_images("tdpm")
    assert [len(batch) for batch in batches] == [2 * len(CLASSES)] * SEEDS
    # On any number of cores, each step evaluates all images of a class at once.
    assert rows == [2 * SEEDS] * 3 * len(CLASSES)


def test_a_damaged_file_is_begun_anew_and_no_judge_is_said(
    judge: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figure = system_comparison.Measurement(1.0, 0.5, 2.0)
    point = system_comparison.Quality("ddpm", 5, 10, 8, "abc", figure, figure, figure)
    system_comparison.write_points(tmp_path, [point])
    assert system_comparison.read_points(tmp_path) == {("ddpm", 5, 8, "abc"): point}
    for damage in ("[{", '[{"system": "ddpm"}]', "[NaN]", "{}"):
        (tmp_path / "comparison.json").write_text(damage)
        assert system_comparison.read_points(tmp_path) == {}
    (other := tmp_path / "other.safetensors").write_bytes(b"no judge")
    assert run(["systems", "ddpm", "--compare", str(tmp_path), "--judge", str(other)]) == 2
    assert "train systems-judge" in capsys.readouterr().err
    assert np.isfinite(point.frechet.value)
