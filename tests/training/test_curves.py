"""Every recipe learns as version 0.1.0 did, and a run in two parts as one in one."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from gdm_studio.common.errors import StorageError
from gdm_studio.training.checkpoint import load_checkpoint
from gdm_studio.training.icons.denoiser_recipe import load_averaged
from gdm_studio.training.loop import train
from gdm_studio.training.recipe import Recipe
from tests.fixtures.write_curves import CURVES
from tests.training.curves import as_written, losses, recipes

pytestmark = pytest.mark.slow
STEPS = 5
NAMES = ("icons-vae", "icons", "icons-decoder", "icons-fast", "scorer", "upscaler")
# Of the numbers of another processor, which rounds the products of bf16 otherwise. On the one that wrote them they are
# the same to the last bit but for those of `icons` and `icons-fast`: a batch's noise scales are float32 by now.
# Where a student is next to its teacher, the loss is little else than what the rounding of the two leaves.
TOLERANCE, ROUNDING = 0.05, 0.01  # of a number, and of the largest of its curve


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Recipe[Any]], dict[str, list[float]]]:
    """Train every recipe without interruption. Returns the folder, the recipes, and the losses of their phases."""
    folder = tmp_path_factory.mktemp("whole")
    found = recipes(folder, STEPS)
    with as_written():
        curves = {phase: curve for name, recipe in found.items()
                  for phase, curve in losses(train(recipe, folder / name)).items()}  # fmt: skip
    return folder, found, curves


def test_the_losses_are_those_of_version_0_1_0(whole: tuple[Path, Any, dict[str, list[float]]]) -> None:
    known = json.loads(CURVES.read_text(encoding="utf-8"))["curves"][str(STEPS)]
    _, found, curves = whole
    assert set(found) == set(NAMES) and curves.keys() == known.keys() == {*NAMES, "sketch"}
    for phase, curve in curves.items():
        assert curve == pytest.approx(known[phase], rel=TOLERANCE, abs=ROUNDING * max(known[phase])), phase


@pytest.mark.parametrize("name", NAMES)
def test_a_run_in_parts_makes_the_same_bits(name: str, whole: tuple[Path, Any, Any], tmp_path: Path) -> None:
    folder, found, curves = whole
    recipe, out = found[name], tmp_path / "new"
    out.mkdir()
    for prepared in ("paths.pt", "guesses.pt"):
        if (folder / name / prepared).exists():
            shutil.copy(folder / name / prepared, out)
    with as_written():
        if name == "icons":
            assert losses(train(recipe, out), 1) == {"sketch": curves["sketch"][:1]}
            with pytest.raises(StorageError, match="no checkpoint of a denoiser"):
                load_averaged(out, recipe.words)
        first = losses((step for step in train(recipe, out) if step.phase == name), 3)
        (tmp_path / "old").mkdir()
        torch.save(as_in_0_1_0(loaded(out)), tmp_path / "old" / "checkpoint.pt")
        rest = losses(train(recipe, out))
        assert (first, rest) == ({name: curves[name][:3]}, {name: curves[name][3:]})
        assert differing(loaded(folder / name), loaded(out)) == []
        assert (out / recipe.product).exists()
        if name in ("icons", "icons-vae", "upscaler"):
            assert losses(train(recipe, tmp_path / "old")) == rest


def loaded(out: Path) -> dict[str, Any]:
    state = load_checkpoint(out / "checkpoint.pt")
    assert state is not None
    # Paths are relative to the run's folder.
    state["options"] = {name: value for name, value in state["options"].items() if not isinstance(value, list)}
    return state


def as_in_0_1_0(state: dict[str, Any]) -> dict[str, Any]:
    """Convert a checkpoint to the format of version 0.1.0: top-level networks, one optimizer, an unnamed phase."""
    old = {
        key: value
        for key, value in state.items()
        if key not in ("recipe", "phase", "modules", "before", "options", "finished")
    }
    if state["ema"] is None:
        old = {"optimizer": state["optimizers"][0], "step": state["step"]}
    return old | state["modules"]


def differing(one: Any, other: Any, at: str = "") -> list[str]:
    """Return the keys at which two states differ in any bit."""
    if isinstance(one, torch.Tensor):
        return [] if torch.equal(one, other) else [at]
    if isinstance(one, dict) and one.keys() == other.keys():
        return [place for key in one for place in differing(one[key], other[key], f"{at}.{key}")]
    if isinstance(one, list | tuple) and len(one) == len(other):
        return [place for n, pair in enumerate(zip(one, other, strict=True)) for place in differing(*pair, f"{at}.{n}")]
    return [] if one == other else [at]


def test_a_loss_that_is_no_mean_over_a_batch_is_not_split(whole: tuple[Path, Any, Any], tmp_path: Path) -> None:
    _, found, curves = whole
    with as_written():
        assert losses(train(replace(found["scorer"], threads=2), tmp_path), 2) == {"scorer": curves["scorer"][:2]}
