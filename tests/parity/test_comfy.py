"""ComfyUI's nvfp4, mxfp8 and W4A8 against its package of kernels.

The first two are compared bit for bit. W4A8 ends with a matrix product, whose sums depend on the processor.
"""

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
from gdm_studio.models.files.header import W4A8
from gdm_studio.models.files.weights import Weights
from gdm_studio.models.weight_storage import scaled_quantization, tiled_quantization
from gdm_studio.models.weight_storage.compressed_tensor import CompressedTensor
from tests.parity.by_comfy import FILE, SHAPES

LAYERS = [(kind, name) for kind, shapes in SHAPES.items() for name in shapes]


def write(kind: str, folder: Path) -> Path:
    with np.load(FILE) as saved:
        (folder / "a.safetensors").write_bytes(saved[kind].tobytes())
    return folder / "a.safetensors"


def is_equal(kind: str, found: Tensor, wanted: Tensor) -> bool:
    if kind == W4A8:
        return found.shape == wanted.shape and bool((found - wanted).abs().max() <= 1e-6 * wanted.abs().max())
    return torch.equal(found.contiguous().view(torch.int32), wanted.contiguous().view(torch.int32))


@pytest.mark.parametrize(("kind", "name"), LAYERS)
def test_weights_equal_those_of_the_package(
    kind: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(kind, tmp_path)
    with np.load(FILE) as saved:
        wanted = torch.from_numpy(saved[f"{kind} {name}"])
    header = read_header(file)
    assert header.shapes == {f"{layer}.weight": shape for layer, shape in SHAPES[kind].items()}
    assert header.storage == kind and not header.unreadable
    weights = Weights(read_entry(file))
    weights.check()
    whole = weights[f"{name}.weight"]
    assert is_equal(kind, whole, wanted)
    compressed = weights.compressed(f"{name}.weight")
    assert isinstance(compressed, CompressedTensor)
    assert torch.equal(compressed.to(torch.bfloat16).expanded(), whole.bfloat16())
    for rows in (slice(3, 7), slice(0, 8, 5), torch.tensor([7, 2, 5])):
        part = compressed.rows(rows)
        assert part is not None and is_equal(kind, part.expanded(), wanted[rows])
    x = torch.ones(2, wanted.shape[1])
    with torch.no_grad():
        assert torch.equal(nn.functional.linear(x, compressed), nn.functional.linear(x, whole))
    for module in (tiled_quantization, scaled_quantization):
        monkeypatch.setattr(module, "PART", 3 * wanted.shape[1])
    assert is_equal(kind, compressed.expanded(), wanted)


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
    "rotated": lambda all_, kind: all_.update({"plain.comfy_quant": state(format=kind, convrot=True)}),
    "scaled inputs": lambda all_, kind: all_.update({"plain.pre_quant_scale": torch.ones(64)}),
}


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("kind", ["nvfp4", "mxfp8"])
def test_tensors_that_do_not_fit_together_are_refused(kind: str, harm: str, tmp_path: Path) -> None:
    file = write(kind, tmp_path)
    tensors = load_file(file)
    HARMS[harm](tensors, kind)
    save_file(tensors, file)
    assert read_header(file).unreadable == {"plain.weight": kind}
    with pytest.raises(ModelError, match=f"^a.safetensors has weights in {kind}, which cannot be read; choose a file"):
        Weights(read_entry(file))["plain.weight"]


def replaced(layer: str, **changes: Tensor) -> Callable[[dict[str, Tensor]], object]:
    return lambda tensors: tensors.update({f"{layer}.{name}": each for name, each in changes.items()})


W4A8_HARMS: dict[str, tuple[Callable[[dict[str, Tensor]], object], str]] = {
    "six bits": (replaced("plain", weight=torch.zeros(8, 24, dtype=torch.int8)), W4A8),
    "corrections": (replaced("plain", weight_correction=torch.zeros(2, 8)), W4A8),
    "no relative scales": (lambda tensors: tensors.pop("plain.weight_s_rel"), W4A8),
    "few channels": (replaced("plain", weight_s_channel=torch.ones(7)), W4A8),
    "a short codebook": (replaced("plain", weight_codebook=torch.ones(15)), W4A8),
    "no groups": (replaced("plain", comfy_quant=state(format=W4A8, group_size=0)), W4A8),
    "one axis": (replaced("plain", weight=torch.zeros(128, dtype=torch.int8)), W4A8),
    "large rotation": (replaced("plain", comfy_quant=state(format=W4A8, convrot_groupsize=256)), "a rotated format"),
}


@pytest.mark.parametrize(("harm", "kind"), W4A8_HARMS.values(), ids=W4A8_HARMS)
def test_other_variants_of_w4a8_are_refused(
    harm: Callable[[dict[str, Tensor]], object], kind: str, tmp_path: Path
) -> None:
    file = write(W4A8, tmp_path)
    tensors = load_file(file)
    harm(tensors)
    save_file(tensors, file)
    assert read_header(file).unreadable == {"plain.weight": kind}
    with pytest.raises(ModelError, match=f"^a.safetensors has weights in {kind}, which cannot be read; choose a file"):
        Weights(read_entry(file))["plain.weight"]


def test_scales_of_w4a8_may_be_stored_as_bytes(tmp_path: Path) -> None:
    file = write(W4A8, tmp_path)
    tensors = load_file(file)
    wanted = Weights(read_entry(file))["plain.weight"]
    tensors["plain.weight_s_rel"] = tensors["plain.weight_s_rel"].view(torch.uint8)
    save_file(tensors, tmp_path / "b.safetensors")
    assert torch.equal(Weights(read_entry(tmp_path / "b.safetensors"))["plain.weight"], wanted)


@pytest.mark.parametrize("kind", SHAPES)
def test_impossible_scales_are_named(kind: str, tmp_path: Path) -> None:
    file = write(kind, tmp_path)
    tensors = load_file(file)
    scales = "plain.weight_s_rel" if kind == W4A8 else "plain.weight_scale"
    tensors[scales].view(torch.uint8)[0, 0] = 255
    save_file(tensors, file)
    with pytest.raises(ModelError, match=r"^a\.safetensors is damaged: 'plain.weight' has scales of NaN, infinity"):
        Weights(read_entry(file))["plain.weight"]
