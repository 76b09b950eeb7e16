"""ComfyUI's nvfp4 and mxfp8 against its package of kernels, bit for bit."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from gdm_studio.common.errors import ModelError
from gdm_studio.models.files.checkpoints import read_entry, read_header
from gdm_studio.models.files.weights import Weights
from gdm_studio.models.weight_storage import tiled_quantization
from gdm_studio.models.weight_storage.compressed_tensor import CompressedTensor
from tests.parity.by_comfy import FILE, SHAPES

LAYERS = [(kind, name) for kind, shapes in SHAPES.items() for name in shapes]


def write(kind: str, folder: Path) -> Path:
    with np.load(FILE) as saved:
        (folder / "a.safetensors").write_bytes(saved[kind].tobytes())
    return folder / "a.safetensors"


def bits(weight: Tensor) -> Tensor:
    return weight.contiguous().view(torch.int32)


@pytest.mark.parametrize(("kind", "name"), LAYERS)
def test_weights_have_the_bits_of_the_package(
    kind: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(kind, tmp_path)
    with np.load(FILE) as saved:
        wanted = torch.from_numpy(saved[f"{kind} {name}"])
    header = read_header(file)
    assert header.shapes[f"{name}.weight"] == SHAPES[kind][name] and header.storage == kind and not header.unreadable
    weights = Weights(read_entry(file))
    weights.check()
    assert torch.equal(bits(weights[f"{name}.weight"]), bits(wanted))
    compressed = weights.compressed(f"{name}.weight")
    assert isinstance(compressed, CompressedTensor)
    assert torch.equal(compressed.to(torch.bfloat16).expanded(), wanted.bfloat16())
    for rows in (slice(3, 11), slice(0, 16, 5), torch.tensor([17, 2, 9])):
        part = compressed.rows(rows)
        assert part is not None and torch.equal(bits(part.expanded()), bits(wanted[rows]))
    x = torch.ones(2, wanted.shape[1])
    with torch.no_grad():
        assert torch.equal(nn.functional.linear(x, compressed), nn.functional.linear(x, wanted))
    monkeypatch.setattr(tiled_quantization, "PART", 7 * wanted.shape[1])
    assert torch.equal(bits(compressed.expanded()), bits(wanted))


def state(**values: object) -> Tensor:
    return torch.tensor(list(json.dumps(values).encode()), dtype=torch.uint8)


HARMS: dict[str, Callable[[dict[str, Tensor], str], object]] = {
    "few scales": lambda all_, kind: all_.update({"plain.weight_scale": all_["plain.weight_scale"][:64].clone()}),
    "no scales": lambda all_, kind: all_.pop("plain.weight_scale"),
    "another type": lambda all_, kind: all_.update({"plain.weight": torch.zeros(32, 64, dtype=torch.int8)}),
    "one axis": lambda all_, kind: all_.update({"plain.weight": all_["plain.weight"].flatten()}),
    "wide": lambda all_, kind: all_.update({"plain.comfy_quant": state(format=kind, orig_shape=[32, 65])}),
    "narrow": lambda all_, kind: all_.update({"plain.comfy_quant": state(format=kind, orig_shape=[32, 32])}),
    "three axes": lambda all_, kind: all_.update({"plain.comfy_quant": state(format=kind, orig_shape=[32, 8, 8])}),
    "scaled inputs": lambda all_, kind: all_.update({"plain.pre_quant_scale": torch.ones(64)}),
}


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("kind", SHAPES)
def test_tensors_that_do_not_fit_together_are_refused(kind: str, harm: str, tmp_path: Path) -> None:
    file = write(kind, tmp_path)
    tensors = load_file(file)
    HARMS[harm](tensors, kind)
    save_file(tensors, file)
    assert read_header(file).unreadable == {"plain.weight": kind}
    with pytest.raises(ModelError, match=f"^a.safetensors has weights in {kind}, which cannot be read; choose a file"):
        Weights(read_entry(file))["plain.weight"]


@pytest.mark.parametrize("kind", SHAPES)
def test_impossible_scales_are_named(kind: str, tmp_path: Path) -> None:
    file = write(kind, tmp_path)
    tensors = load_file(file)
    tensors["plain.weight_scale"].view(torch.uint8)[0, 0] = 255
    save_file(tensors, file)
    with pytest.raises(ModelError, match=r"^a\.safetensors is damaged: 'plain.weight' has scales of NaN, infinity"):
        Weights(read_entry(file))["plain.weight"]
