"""A variant: its own U-Net in int8 with the text encoder and autoencoder of its base model."""

import json
import shutil
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError
from gdm_studio.models.files.checkpoints import read_header
from gdm_studio.models.forward_process import forward_process
from gdm_studio.models.loaded_model import Conditioning
from gdm_studio.models.model_library import Library
from gdm_studio.models.weight_storage.int8_channels import SCALE, dequantized, quantize
from gdm_studio.request.generation_request import BUILT_IN

CPU: dict[str, Any] = {"device": torch.device("cpu"), "dtype": torch.float32}
SHIPPED = Path(str(paths.resources())) / "models" / BUILT_IN
CARD = {
    "name": "mine-fast",
    "title": "Mine, fast",
    "summary": "Four steps.",
    "parameters": 5,
    "fast_of": "mine",
    "defaults": {"sampler": "lcm", "steps": 4, "guidance_scale": 1.0},
}


@pytest.fixture(scope="module")
def fast_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a slightly changed copy of the built-in model's U-Net in int8 as a variant."""
    base, path = SHIPPED / f"{BUILT_IN}.safetensors", tmp_path_factory.mktemp("weights") / "fast.safetensors"
    config = json.dumps({"unet": json.loads(read_header(base).metadata["config"])["unet"]})
    facts = {"format": "gdm-studio", "family": "icons", "base": f"{BUILT_IN}.safetensors", "config": config}
    of_unet = {name: value for name, value in load_file(base).items() if name.startswith("unet.")}
    save_file(in_int8(dequantized(of_unet)), path, facts)
    return path


@pytest.fixture
def own(_own_home: Path, fast_weights: Path) -> Path:
    """Copy the built-in model as "mine", with a fast variant."""
    folder = paths.models_dir() / "mine"
    folder.mkdir(parents=True)
    for part in ("", ".recall", ".sketch", ".text", ".vae"):
        shutil.copy(SHIPPED / f"{BUILT_IN}{part}.safetensors", folder)
    card = json.loads((SHIPPED / "card.json").read_text(encoding="utf-8"))
    (folder / "card.json").write_text(json.dumps(card | {"name": "mine", "score_norms": []}), encoding="utf-8")
    (folder / "mine-fast.json").write_text(json.dumps(CARD), encoding="utf-8")
    shutil.copy(fast_weights, folder / "mine-fast.safetensors")
    return folder


def in_int8(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    packed = {}
    for name, value in weights.items():
        if value.ndim < 2:
            packed[name] = value
        else:
            # The factor changes the values, because int8 weights survive quantization exactly.
            packed[name], packed[name + SCALE] = quantize(1.001 * value)
    return packed


@pytest.mark.slow
def test_a_variant_overrides_the_card_of_its_base(own: Path) -> None:
    cards = {card.name: card for card in Library().cards()}
    base, fast = cards["mine"], cards["mine-fast"]
    assert (fast.title, fast.fast_of, fast.parameters) == ("Mine, fast", "mine", 5)
    assert fast.defaults == CARD["defaults"] and fast.figures == {}
    assert (fast.styles, fast.sources, fast.size, fast.licence) == (base.styles, base.sources, base.size, base.licence)
    assert base.fast_of == "" and base.defaults["steps"] == 20
    assert base.good_until == {"guidance_scale": 5.0, "temperature": 1.3} and fast.good_until == {}
    assert fast.file_bytes == (own / "mine-fast.safetensors").stat().st_size < base.file_bytes


@pytest.mark.slow
def test_a_variant_uses_parts_of_its_base_and_predicts_nearly_the_same(own: Path) -> None:
    library = Library()
    told, at = [Conditioning("a red apple", "noto")], None
    predictions, decoded = [], []
    x = torch.randn(1, *library.card("mine").latent, generator=torch.Generator().manual_seed(0))
    for name in ("mine", "mine-fast"):
        model = library.load(name, **CPU)
        at = model.diffusion.process.coordinates(1.0)
        predictions.append(model.denoised(x, at, model.conditioning(told)))
        decoded.append(model.decode(x).numpy())
    assert np.array_equal(*decoded)
    apart = (predictions[0] - predictions[1]).square().mean().sqrt() / predictions[0].std()
    assert 0 < apart < 0.1


@pytest.mark.slow
def test_parts_shared_with_the_base_are_in_memory_once(own: Path) -> None:
    library = Library()
    base, fast, other = (library.load(name, **CPU) for name in ("mine", "mine-fast", BUILT_IN))
    assert library.load("mine", **CPU) is base and library.load("mine-fast", **CPU) is fast
    assert fast.text is base.text and fast.vae is base.vae and fast.unet is not base.unet
    assert fast.recall is base.recall
    assert other.vae is not base.vae, "another file, though its bytes are the same"

    def size(*parts: nn.Module | None) -> int:
        there = (part for part in parts if part is not None)
        tensors = chain.from_iterable((*part.parameters(), *part.buffers()) for part in there)
        return sum(tensor.nbytes for tensor in tensors)

    # Of these models, only the built-in one has rarer drawings; they are joined with the others.
    drawings = (base.recall, other.recall, other.all_drawings)
    once = size(base.text, base.vae, base.unet, other.text, other.vae, other.unet, *drawings)
    assert library.store.bytes_on(CPU["device"]) == once + size(fast.unet)


@pytest.mark.slow
def test_a_variant_has_the_process_of_its_base_unless_overridden(own: Path) -> None:
    library = Library()
    assert forward_process(library.card("mine-fast")).ratios == forward_process(library.card("mine")).ratios
    path = own / "mine-fast.safetensors"
    metadata = dict(read_header(path).metadata)
    config = json.loads(metadata["config"]) | {"process": {"sigma_min": 0.5, "sigma_max": 80.0}}
    save_file(load_file(path), path, metadata | {"config": json.dumps(config)})
    (stage,) = library.load("mine-fast", **CPU).stages
    for process in (forward_process(library.card("mine-fast")), stage.diffusion.process):
        assert process.ratios[0] == pytest.approx(0.5) and process.ratios[-1] == pytest.approx(80.0)


@pytest.mark.parametrize("base", ["nothing.safetensors", "../mine/icons.safetensors"])
def test_a_variant_without_its_base_is_refused_and_hides_no_other_model(own: Path, base: str) -> None:
    path = own / "mine-fast.safetensors"
    save_file(load_file(path), path, dict(read_header(path).metadata) | {"base": base})
    assert "mine" in [card.name for card in Library().cards()]
    with pytest.raises(ModelError):
        Library().load("mine-fast", **CPU)


def test_a_variant_without_its_card_is_refused(own: Path) -> None:
    (own / "mine-fast.json").unlink()
    with pytest.raises(ModelError, match="copy its whole folder"):
        Library().card(str(own / "mine-fast.safetensors"))


@pytest.mark.slow
def test_mismatched_scales_are_reported_as_damage(own: Path) -> None:
    path = own / "mine-fast.safetensors"
    weights = load_file(path)
    name = next(name for name in weights if name.endswith(SCALE))
    save_file(weights | {name: weights[name][:-1].clone()}, path, dict(read_header(path).metadata))
    with pytest.raises(ModelError, match="mine-fast.safetensors is damaged"):
        Library().load("mine-fast", **CPU)


@pytest.mark.parametrize(
    "change",
    [{"score_norms": [[1.0, 0.5], [0.5, 0.6]]}, {"score_norms": [[1.0, 1.5]]}, {"score_norms": [[1.0]]},
     {"takes_pictures": "yes"}, {"fast_of": 3}, {"good_until": {"magic": 1.0}},
     {"good_until": {"guidance_scale": float("nan")}}, {"good_until": {"guidance_scale": "8"}}],
    ids=str,
)  # fmt: skip
def test_invalid_card_entries_are_refused(own: Path, change: dict[str, Any]) -> None:
    (own / "mine-fast.json").write_text(json.dumps(CARD | change), encoding="utf-8")
    with pytest.raises(ModelError, match="mine-fast.json is damaged"):
        Library().card(str(own / "mine-fast.safetensors"))


def test_measured_norms_are_read_from_the_card(own: Path) -> None:
    norms = [[-2.0, 0.1], [0.0, 0.5], [2.0, 0.9]]
    (own / "mine-fast.json").write_text(json.dumps(CARD | {"score_norms": norms}), encoding="utf-8")
    card = Library().card("mine-fast")
    assert card.score_norms == ((-2.0, 0.1), (0.0, 0.5), (2.0, 0.9))
    assert card.sampler_features() == {"reverse_variance"} and Library().card("mine").sampler_features() == frozenset()
