"""Adapters of LyCORIS: files as it writes them change layers as it does, and its other kinds are refused by name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError
from gdm_studio.models.adapters.adapted_network import apply_adapters
from gdm_studio.models.adapters.adapter_file import adapter_deltas, read_adapter
from gdm_studio.models.adapters.lookup import find_adapter
from gdm_studio.models.library import Library
from tests.parity.numbers import FOLDER
from tests.parity.weights import weights

# What the files of each kind are called.
KINDS = {
    "lora": ("LoRA", "LoCon", "differences"), "loha": ("LoHa", "differences"), "lokr": ("LoKr", "differences"),
    "full": ("differences",), "glora": ("GLoRA", "differences"), "dylora": ("LoRA", "LoCon", "differences"),
}  # fmt: skip
REFUSED = {"tlora": "T-LoRA", "diag-oft": "OFT", "boft": "BOFT", "ia3": "IA3"}
# Numbers that are exact in every type, so that each stands for the same alpha.
TYPES = [
    torch.bool, torch.uint8, torch.int8, torch.uint16, torch.int16, torch.uint32, torch.int32, torch.uint64,
    torch.int64, torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.float8_e4m3fn, torch.float8_e5m2,
]  # fmt: skip


class Layers(nn.Module):
    """The layers of `tests.parity.by_lycoris`."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(12, 8)
        self.conv = nn.Conv2d(4, 8, 3)
        self.norm = nn.LayerNorm(12)
        self.load_state_dict(weights({name: tuple(weight.shape) for name, weight in self.named_parameters()}))
        self.requires_grad_(False)


@cache
def numbers() -> dict[str, np.ndarray]:
    with np.load(FOLDER / "lycoris.npz") as stored:
        return {name: stored[name] for name in stored.files if name != "about"}


def tensors_of(kind: str) -> dict[str, Tensor]:
    return {
        name.removeprefix(f"{kind}/"): torch.from_numpy(np.asarray(values)).clone()
        for name, values in numbers().items()
        if name.startswith(f"{kind}/") and "/merged/" not in name
    }


def changed(path: Path) -> Layers:
    layers = Layers()
    fit = adapter_deltas(read_adapter(path), {"unet": layers})
    assert not fit.report
    return apply_adapters(layers, [(fit.deltas["unet"], 1.0)])


def weight_of(layers: nn.Module, name: str) -> Tensor:
    layer, _, kind = name.rpartition(".")
    found = layers.get_submodule(layer)
    weight = found.weight() if hasattr(found, "up") and kind == "weight" else None
    if weight is None:
        weight = getattr(getattr(found, "layer", found), kind)
    assert isinstance(weight, Tensor)
    return weight


@pytest.mark.parametrize("kind", KINDS)
def test_layers_change_as_in_lycoris(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "a.safetensors"
    save_file(tensors_of(kind), file)
    assert set(read_adapter(file).card.kinds) == set(KINDS[kind])
    layers = changed(file)
    wanted = {
        name.rpartition("/")[2]: values for name, values in numbers().items() if name.startswith(f"{kind}/merged/")
    }
    before = dict(Layers().named_parameters())
    for name, values in wanted.items():
        theirs = torch.from_numpy(values)
        assert (weight_of(layers, name) - theirs).abs().max() < 1e-6
        assert (before[name] - theirs).abs().max() > 1e-3 or kind == "lokr", "the adapter does nothing"
    assert wanted or kind == "dylora"


@pytest.mark.parametrize("kind", ["lora", "loha", "glora", "dylora"])
@pytest.mark.parametrize("shape", [(), (1,), (1, 1)], ids=str)
def test_the_type_of_alpha_makes_no_difference(kind: str, shape: tuple[int, ...], tmp_path: Path) -> None:
    expected: dict[str, Tensor] = {}
    for dtype in TYPES:
        given = tensors_of(kind)
        given |= {name: torch.ones(shape).to(dtype) for name in given if name.endswith(".alpha")}
        save_file(given, tmp_path / "a.safetensors")
        layers = changed(tmp_path / "a.safetensors")
        found = {name: weight_of(layers, name) for name in ("linear.weight", "conv.weight")}
        expected = expected or found
        assert all(torch.equal(found[name], expected[name]) for name in found), dtype


def test_factors_of_early_glora_files_are_in_reverse_order(tmp_path: Path) -> None:
    new = tensors_of("glora")
    old = dict(new)
    for name in new:
        for letter in "ab":
            if name.endswith(f"linear.{letter}1.weight"):
                other = name.replace(f"{letter}1.weight", f"{letter}2.weight")
                old |= {name: new[other], other: new[name]}
    found = []
    for given in (new, old):
        save_file(given, tmp_path / "a.safetensors")
        found.append(weight_of(changed(tmp_path / "a.safetensors"), "linear.weight"))
    assert torch.equal(*found)


@pytest.mark.parametrize("kind", REFUSED)
def test_other_kinds_are_refused_by_name(kind: str) -> None:
    paths.models_dir().mkdir(parents=True, exist_ok=True)
    save_file(tensors_of(kind), paths.models_dir() / "style.safetensors")
    sentence = f"style.safetensors is an adapter of the kind {REFUSED[kind]}, which is not supported"
    with pytest.raises(ModelError, match=sentence):
        read_adapter(find_adapter("style"))
    (refused,) = Library().refused()
    assert refused.reason == f"{sentence}; choose a LoRA, LoCon, LoHa, LoKr, GLoRA or DoRA file."
