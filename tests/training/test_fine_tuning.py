"""Fine-tuning of Icons: another model with the parts of the first, and the same weights in parts."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from gdm_studio.common.errors import BadRequest
from gdm_studio.models.model_library import Library
from gdm_studio.networks.icons.unet import UNet, UNetConfig
from gdm_studio.training.loop import train
from gdm_studio.training.lora.fine_tune_recipe import FineTuneRecipe, WholeNetwork
from gdm_studio.training.run_state_file import Finding, sheets_of
from tests.drills import training_kills
from tests.helpers import tiny_stable
from tests.helpers.tiny_model import NAME, TinyLibrary


@pytest.fixture
def recipe(tmp_path: Path) -> FineTuneRecipe:
    """Return a recipe of two steps on four images."""
    TinyLibrary()
    folder = tmp_path / "drawings"
    folder.mkdir()
    for name in ("red", "blue", "grey", "tan"):
        Image.new("RGB", (64, 64), name).save(folder / f"{name} disc.png")
    return FineTuneRecipe(images=folder, base=NAME, title="mine", samples=8, batch=4, learning_rate=0.01, warmup=0)


def test_all_of_the_network_but_its_draft_network_is_trained() -> None:
    unet = UNet(UNetConfig(channels=(32, 64), sketch=16)).requires_grad_(False)
    whole = WholeNetwork(unet)
    named = dict(unet.named_parameters())
    stated = {name for name in named if not name.startswith("sketch.")}
    assert len(stated) < len(named) and set(whole.names) == stated
    assert {*whole.parameters()} == {named[name] for name in stated}
    assert {name for name, each in named.items() if each.requires_grad} == stated


@pytest.mark.slow
def test_the_result_is_another_model_with_the_same_other_parts(recipe: FineTuneRecipe, tmp_path: Path) -> None:
    sidecar = _card_of(NAME)
    sidecar.write_text(json.dumps(json.loads(sidecar.read_text()) | {"score_norms": [[-1.0, 0.2], [1.0, 0.7]]}))
    steps = [each for each in train(recipe, tmp_path / "run") if each.phase == recipe.name]
    assert len(steps) == 2 and [each.name for each in sheets_of(tmp_path / "run")] == ["00000000.png", "00000008.png"]
    assert Finding.load(tmp_path / "run").copies is None
    path = tmp_path / "run" / "mine" / "mine.safetensors"
    library = Library()
    card, before = library.card(str(path)), library.card(NAME)
    assert (card.name, card.title, card.family) == ("mine", "mine", "icons") and card.examples == ()
    assert card.base_norms == before.score_norms == ((-1.0, 0.2), (1.0, 0.7)) and not card.score_norms
    cpu = torch.device("cpu")
    model, first = (library.load(str(each), device=cpu, dtype=torch.float32) for each in (path, before.path))
    for part in ("text", "vae"):
        pairs = zip(getattr(model, part).parameters(), getattr(first, part).parameters(), strict=True)
        assert all(torch.equal(one, other) for one, other in pairs), part
    trained = dict(zip(*_weights(recipe, tmp_path / "run"), strict=True))
    for name, weight in model.unet.named_parameters():  # type: ignore[attr-defined]
        # int8 kernels are off by half a level at most.
        assert torch.allclose(weight, trained[name], atol=1e-2 * float(trained[name].abs().max())), name
    changed = [not torch.equal(one, other) for one, other in zip(_unet(model), _unet(first), strict=True)]
    assert sum(changed) > 0.9 * len(changed)


def _card_of(model: str) -> Path:
    path = Library().card(model).path
    assert path is not None
    return path.with_name("card.json")


def _weights(recipe: FineTuneRecipe, out: Path) -> tuple[list[str], list[torch.Tensor]]:
    state = torch.load(out / "checkpoint.pt", weights_only=True)
    return state["layers"], state["ema"]


def _unet(model: object) -> list[torch.nn.Parameter]:
    return list(model.unet.parameters())  # type: ignore[attr-defined]


@pytest.mark.slow
def test_training_in_parts_ends_with_the_same_weights(recipe: FineTuneRecipe, tmp_path: Path) -> None:
    recipe = replace(recipe, samples=16, sheet_minutes=0)
    list(train(recipe, tmp_path / "whole"))
    with closing(train(recipe, tmp_path / "parts")) as steps:
        next(steps)
        next(steps)
    list(train(recipe, tmp_path / "parts"))
    one, other = (tmp_path / name / "mine" / "mine.safetensors" for name in ("whole", "parts"))
    assert training_kills.is_equal(one, other) and len(load_file(one)) > 10


@pytest.mark.slow
def test_stable_diffusion_is_not_fine_tuned(recipe: FineTuneRecipe, tmp_path: Path) -> None:
    file = tiny_stable.write(tmp_path / "sd1.safetensors", "sd1")
    with pytest.raises(BadRequest, match="train a LoRA"):
        list(train(replace(recipe, base=str(file), size=64), tmp_path / "run"))
