"""Reports about the training of systems: what is diagnosed, and when nothing is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.papers import recipe_of
from gdm_studio.papers.training import report
from gdm_studio.papers.training.recipe import SystemRecipe
from gdm_studio.training import diagnosis
from gdm_studio.training.loop import Run
from tests.papers.toy import SMALL, write_pictures


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
    assert found is not None and (found.kind, found.message) == ("learning", "early")
    learned, held_out = recipe.split
    assert len(held_out) == 6 and not {*learned} & {*held_out} and len({*learned, *held_out}) == 24
    for weight in model.parameters():
        weight.data.mul_(8)
    later = recipe.report.diagnosis(model, 10_000)
    assert later is not None and later.kind != "learning", "a network that is worse than a constant image"
    next(model.parameters()).data.fill_(float("nan"))
    broken = recipe.report.diagnosis(model, 32)
    assert broken is not None and broken.kind == "overflow"


BATCH = 16
# A sound run is judged after the hundred steps in which a high error is no defect.
SOUND_STEPS = 110
# Runs with a defect are judged as if they had taken those steps.
BROKEN_STEPS, BROKEN_EARLY_STEPS = 45, 36


@pytest.fixture
def _few_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure the errors of fewer images, which takes as long as the training."""
    monkeypatch.setattr(report, "MEASURED", 24)


@pytest.fixture
def _early_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "_EARLY_STEPS", BROKEN_EARLY_STEPS)


def kinds_of(recipe: SystemRecipe, folder: Path, steps: int) -> list[str]:
    """Train a recipe for `steps` steps, and return its diagnoses in the first steps, after them and at the end."""
    run = Run(recipe, folder, None)
    found = []
    for step in range(1, steps + 1):
        run.take_step()
        if step in (steps // 2, steps - 7, steps):
            run.model.eval()
            with run.averaged():
                diagnosis = recipe.report.diagnosis(run.model, run.seen)
            run.model.train()
            assert diagnosis is not None
            found.append(diagnosis.kind)
    return found


def short_recipe(name: str, tmp_path: Path, steps: int, **changes: Any) -> SystemRecipe:
    data = write_pictures(tmp_path / "pictures", each=50)
    sizes: dict[str, Any] = {
        "size": 8, "width": 16, "widest": 16, "patch": 1, "samples": steps * BATCH, "batch": BATCH,
        "warmup": 4 * BATCH, "cooldown": steps * BATCH // 4, "ema_halflife": 4 * BATCH, "threads": 1, "hold_out": 0.2,
    }  # fmt: skip
    return recipe_of(name)(data=data, **sizes | changes)


SYSTEMS = ["ddpm", "edm", "flow-matching", "ncsn", "simple"]


@pytest.mark.slow
@pytest.mark.usefixtures("_few_measured")
@pytest.mark.parametrize(("name", "optimizer"), [*((name, "muon") for name in SYSTEMS), ("ddpm", "adamw")])
def test_a_sound_run_is_not_called_broken(tmp_path: Path, name: str, optimizer: str) -> None:
    recipe = short_recipe(name, tmp_path, SOUND_STEPS, optimizer=optimizer)
    assert kinds_of(recipe, tmp_path, SOUND_STEPS) == ["learning"] * 3


@pytest.mark.slow
@pytest.mark.usefixtures("_few_measured", "_early_steps")
@pytest.mark.parametrize("name", SYSTEMS)
def test_a_rate_that_is_too_high_is_called_broken(tmp_path: Path, name: str) -> None:
    rate = 100 * recipe_of(name).learning_rate
    recipe = short_recipe(name, tmp_path, BROKEN_STEPS, learning_rate=rate)
    assert kinds_of(recipe, tmp_path, BROKEN_STEPS) == ["rate"] * 3


@pytest.mark.slow
@pytest.mark.usefixtures("_few_measured", "_early_steps")
def test_targets_of_other_images_are_called_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = Diffusion.target

    def shuffled(self: Diffusion, *given: Any) -> torch.Tensor:
        found: torch.Tensor = target(self, *given)
        return found[torch.randperm(len(found))]

    monkeypatch.setattr(Diffusion, "target", shuffled)
    recipe = short_recipe("ddpm", tmp_path, BROKEN_STEPS)
    assert kinds_of(recipe, tmp_path, BROKEN_STEPS) == ["learning", "stuck", "stuck"]


def test_other_networks_have_no_diagnosis(options: dict[str, Any], tmp_path: Path) -> None:
    small = {name: options[name] for name in ("data", "hold_out", "size", "samples", "batch", "width", "widest")}
    recipe = recipe_of("vae")(**small)
    model = recipe.model(tmp_path).eval()
    assert recipe.report.diagnosis(model, 64) is None and recipe.report.paired_errors(model) is None
    whole = recipe_of("edm")(**options | {"hold_out": 0.0})
    assert whole.report.diagnosis(whole.model(tmp_path).eval(), 64) is None, "no picture is held out"
