"""Adapters of LyCORIS: files as it writes them change layers as it does, and unsupported kinds are refused by name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError
from gdm_studio.models.adapters.adapted_network import apply_adapters
from gdm_studio.models.adapters.adapter_file import adapter_deltas, read_adapter
from gdm_studio.models.adapters.lookup import find_adapter
from gdm_studio.models.model_library import Library
from tests.parity.numbers import FOLDER
from tests.parity.weights import weights

# What the files of each kind are called.
KINDS = {
    "lora": ("LoRA", "LoCon", "differences"), "loha": ("LoHa", "differences"), "lokr": ("LoKr", "differences"),
    "full": ("differences",), "glora": ("GLoRA", "differences"), "dylora": ("LoRA", "LoCon", "differences"),
    "diag-oft": ("OFT", "differences"), "diag-oft-bounded": ("OFT",), "boft": ("BOFT", "differences"),
    "boft-bounded": ("BOFT",), "ia3": ("IA3", "differences"), "ia3-input": ("IA3",),
    "tlora-1": ("T-LoRA",), "tlora-last": ("T-LoRA",), "tlora-middle": ("T-LoRA",),
}  # fmt: skip
# Names of tensors of other kinds, and what these are called.
REFUSED = {
    "oft_diag": "OFT of early LyCORIS", "oft_R.weight": "OFT of PEFT", "boft_R": "BOFT of PEFT", "ia3_l": "IA3 of PEFT",
    "vera_lambda_b": "VeRA", "lora_diag": "KaSA of PEFT",
}  # fmt: skip
# Numbers that are exact in every type, so that each stands for the same alpha.
TYPES = [
    torch.bool, torch.uint8, torch.int8, torch.uint16, torch.int16, torch.uint32, torch.int32, torch.uint64,
    torch.int64, torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.float8_e4m3fn, torch.float8_e5m2,
]  # fmt: skip


class Layers(nn.Module):
    """The layers of `tests.parity.by_lycoris`."""

    def __init__(self, kernel: int = 3) -> None:
        super().__init__()
        self.linear = nn.Linear(12, 8)
        self.conv = nn.Conv2d(4, 8, kernel)
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


def layers_for(kind: str) -> Layers:
    return Layers(1 if kind.startswith("tlora-") else 3)


def changed(path: Path, layers: Layers | None = None) -> Layers:
    layers = layers or Layers()
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
    layers = changed(file, layers_for(kind))
    wanted = {
        name.rpartition("/")[2]: values for name, values in numbers().items() if name.startswith(f"{kind}/merged/")
    }
    before = dict(layers_for(kind).named_parameters())
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


def test_the_outputs_of_layers_are_those_of_their_weights(tmp_path: Path) -> None:
    # Few rows, so that the change is computed from its factors.
    x, image = torch.rand(1, 1, 12) * 2 - 1, torch.rand(1, 4, 1, 1) * 2 - 1
    for kind in ("tlora-1", "tlora-last", "tlora-middle"):
        save_file(tensors_of(kind), tmp_path / "a.safetensors")
        layers = changed(tmp_path / "a.safetensors", layers_for(kind))
        weight, kernel = (torch.from_numpy(numbers()[f"{kind}/merged/{name}.weight"]) for name in ("linear", "conv"))
        own = layers_for(kind)
        assert (layers.linear(x) - F.linear(x, weight, own.linear.bias)).abs().max() < 1e-5
        assert (layers.conv(image) - F.conv2d(image, kernel, own.conv.bias)).abs().max() < 1e-5


@pytest.mark.parametrize("largest", [True, False])
@pytest.mark.parametrize(("rows", "columns"), [(128, 160), (160, 128)])
def test_a_t_lora_of_a_wide_layer_starts_from_its_singular_vectors(
    rows: int, columns: int, largest: bool, tmp_path: Path
) -> None:
    generator = torch.Generator().manual_seed(5)
    left, right = (torch.linalg.qr(torch.randn(n, 128, generator=generator)).Q for n in (rows, columns))
    values = 0.7 ** torch.arange(128) if largest else torch.linspace(1, 2, 128).flip(0)
    layers = Layers()
    layers.linear = nn.Linear(columns, rows).requires_grad_(False)
    layers.linear.weight.copy_(left * values @ right.T)
    chosen = slice(0, 2) if largest else slice(-2, None)
    up = left[:, chosen] + 0.01 * torch.randn(rows, 2, generator=generator)
    down = right[:, chosen].T + 0.01 * torch.randn(2, columns, generator=generator)
    file = {"p_layer.weight": up, "q_layer.weight": down, "lambda_layer": values[None, chosen].clone()}
    save_file(
        {f"lycoris_linear.{part}": tensor.contiguous() for part, tensor in file.items()}, tmp_path / "a.safetensors"
    )
    change = up * values[chosen] @ down - left[:, chosen] * values[chosen] @ right[:, chosen].T
    found = weight_of(changed(tmp_path / "a.safetensors", layers), "linear.weight")
    assert (found - layers.linear.weight - change).abs().max() < 1e-5 < change.abs().max() / 100


@pytest.mark.parametrize("kind", ["diag-oft", "boft", "ia3", "ia3-input", "tlora-1"])
def test_changes_are_proportional_to_the_strength(kind: str, tmp_path: Path) -> None:
    save_file(tensors_of(kind), tmp_path / "a.safetensors")
    own = layers_for(kind)
    fit = adapter_deltas(read_adapter(tmp_path / "a.safetensors"), {"unet": own})
    half, whole = (apply_adapters(own, [(fit.deltas["unet"], strength)]) for strength in (0.5, 1.0))
    for name in ("linear.weight", "conv.weight"):
        middle = (weight_of(whole, name) + weight_of(own, name)) / 2
        assert (weight_of(half, name) - middle).abs().max() < 1e-6


@pytest.mark.parametrize("kind", ["tlora", "tlora-random"])
def test_a_t_lora_from_other_weights_is_refused(kind: str, tmp_path: Path) -> None:
    # LyCORIS itself cannot use the first one, whose factors have no kernel.
    save_file(tensors_of(kind), tmp_path / "a.safetensors")
    why = "does not fit" if kind == "tlora" else "was not trained from the weights of this model"
    with pytest.raises(ModelError, match=f"{why}. Choose another LoRA"):
        changed(tmp_path / "a.safetensors", layers_for(kind))


DAMAGES = {
    "no factors": ("ia3", {"lycoris_linear.weight": None}),
    "no lambdas": ("tlora-1", {"lycoris_linear.q_layer.weight": None}),
    "more lambdas": ("tlora-1", {"lycoris_linear.lambda_layer": torch.ones(1, 3)}),
    "oblong blocks": ("diag-oft", {"lycoris_linear.oft_blocks": torch.ones(4, 2, 3)}),
    "a vector of blocks": ("diag-oft", {"lycoris_linear.oft_blocks": torch.ones(8)}),
    "few lengths": ("diag-oft-bounded", {"lycoris_linear.rescale": torch.ones(4, 1)}),
    "odd blocks": ("boft", {"lycoris_linear.oft_blocks": torch.ones(1, 8, 1, 1)}),
    "many stages": ("boft", {"lycoris_linear.oft_blocks": torch.ones(9, 2, 4, 4)}),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_damaged_files_are_refused(what: str, tmp_path: Path) -> None:
    kind, damage = DAMAGES[what]
    tensors = tensors_of(kind) | damage
    save_file({name: values for name, values in tensors.items() if values is not None}, tmp_path / "a.safetensors")
    with pytest.raises(ModelError, match="a.safetensors is damaged at 'lycoris_linear"):
        changed(tmp_path / "a.safetensors", layers_for(kind))


@pytest.mark.parametrize("kind", ["diag-oft", "boft", "ia3", "ia3-input"])
def test_a_file_for_other_widths_does_not_fit(kind: str, tmp_path: Path) -> None:
    save_file(tensors_of(kind), tmp_path / "a.safetensors")
    layers = Layers()
    layers.linear = nn.Linear(20, 16)
    with pytest.raises(ModelError, match="its layer 'lycoris_linear' does not fit"):
        changed(tmp_path / "a.safetensors", layers)


@pytest.mark.parametrize("kind", REFUSED)
def test_other_kinds_are_refused_by_name(kind: str) -> None:
    paths.models_dir().mkdir(parents=True, exist_ok=True)
    tensors = tensors_of("lora") | {f"lycoris_conv.{kind}": torch.ones(4, 4)}
    save_file(tensors, paths.models_dir() / "style.safetensors")
    sentence = f"style.safetensors is an adapter of the kind {REFUSED[kind]}, which is not supported"
    with pytest.raises(ModelError, match=sentence):
        read_adapter(find_adapter("style"))
    (refused,) = Library().refused()
    usable = "a LoRA, LoCon, LoHa, LoKr, GLoRA or DoRA, or an OFT, BOFT, IA3 or T-LoRA of LyCORIS"
    assert refused.reason == f"{sentence}; choose {usable}."
