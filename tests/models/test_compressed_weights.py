"""Quantised weights in safetensors files, and weights that stay compressed in memory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from gdm_studio.common.errors import ModelError
from gdm_studio.models.adapters.adapted_network import apply_adapters
from gdm_studio.models.adapters.lora_weight_deltas import Delta, delta_of, difference
from gdm_studio.models.files.checkpoints import read_entry, read_header
from gdm_studio.models.files.weights import Weights
from gdm_studio.models.weight_storage.compressed_tensor import CompressedTensor
from tests.helpers.gguf_file import plain, random_blocks, write_gguf

E4M3, E5M2 = torch.float8_e4m3fn, torch.float8_e5m2
# Levels of 4-bit NormalFloat (Dettmers et al. 2023, arXiv:2305.14314, appendix E).
NF4 = torch.tensor([
    -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334,
    -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
    0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0,
])  # fmt: skip
RANDOM = torch.Generator().manual_seed(0)
ROWS, COLUMNS = 8, 64
LEVELS = torch.randint(-127, 128, (ROWS, COLUMNS), dtype=torch.int8, generator=RANDOM)
SMALL = torch.randn(ROWS, COLUMNS, generator=RANDOM).to(E4M3)
SCALE = torch.tensor(0.03)
MARK = torch.empty(0).to(E4M3)
BY_ROW = torch.rand(ROWS, 1, generator=RANDOM)
H4 = torch.tensor([[1.0, 1, 1, -1], [1, 1, -1, 1], [1, -1, 1, 1], [-1, 1, 1, 1]]) / 2


def json_tensor(**values: Any) -> Tensor:
    return torch.tensor(list(json.dumps(values).encode()), dtype=torch.uint8)


def comfy(weight: Tensor, scale: Tensor, **values: Any) -> dict[str, Tensor]:
    return {"l.weight": weight, "l.weight_scale": scale, "l.comfy_quant": json_tensor(**values)}


def four_bits(*, nested: bool) -> tuple[dict[str, Tensor], Tensor]:
    """Return a layer of bitsandbytes, whose last block of absolute maxima is shorter, and its weight."""
    levels = torch.randint(0, 16, (40, 48), dtype=torch.uint8, generator=RANDOM)
    flat = levels.flatten()
    state: dict[str, Any] = {"quant_type": "nf4", "blocksize": 64, "dtype": "bfloat16", "shape": [40, 48]}
    largest = torch.rand(30, generator=RANDOM)
    found = {"l.weight": ((flat[0::2] << 4) | flat[1::2])[:, None], "l.weight.quant_map": NF4}
    if nested:
        codes = torch.randint(0, 256, (30,), dtype=torch.uint8, generator=RANDOM)
        table, inner = torch.rand(256, generator=RANDOM), torch.rand(2, generator=RANDOM)
        state |= {"nested_blocksize": 16, "nested_offset": 0.125, "nested_dtype": "float32"}
        found |= {"l.weight.absmax": codes, "l.weight.nested_quant_map": table, "l.weight.nested_absmax": inner}
        largest = table[codes.long()] * inner.repeat_interleave(16)[:30] + 0.125
    else:
        found["l.weight.absmax"] = largest
    found["l.weight.quant_state.bitsandbytes__nf4"] = json_tensor(**state)
    return found, NF4[levels.long()] * largest.repeat_interleave(64).reshape(40, 48)


ROTATION = torch.kron(H4, H4)
CASES: dict[str, tuple[dict[str, Tensor], Tensor, str]] = {
    "fp8": ({"l.weight": SMALL}, SMALL.float(), "fp8"),
    "fp8 with range": ({"l.weight": SMALL.to(E5M2)}, SMALL.to(E5M2).float(), "fp8"),
    "scaled fp8": (
        {"l.weight": SMALL, "l.scale_weight": SCALE, "l.scale_input": SCALE.clone(), "scaled_fp8": MARK},
        SMALL.float() * SCALE, "fp8",
    ),
    "fp8 of diffusers": ({"l.weight": SMALL, "l.weight_scale": BY_ROW}, SMALL.float() * BY_ROW, "fp8"),
    "comfy fp8": (
        comfy(SMALL, SCALE, format="float8_e4m3fn", full_precision_matrix_mult=True), SMALL.float() * SCALE, "fp8"
    ),
    "comfy fp8 in bytes": (
        comfy(SMALL.view(torch.uint8), SCALE, format="float8_e4m3fn"), SMALL.float() * SCALE, "fp8"
    ),
    "int8": (comfy(LEVELS, SCALE, format="int8_tensorwise"), LEVELS * SCALE, "int8"),
    "int8 by row": (comfy(LEVELS, BY_ROW, format="int8_tensorwise"), LEVELS * BY_ROW, "int8"),
    "rotated int8": (
        comfy(LEVELS, BY_ROW, format="int8_tensorwise", convrot=True, convrot_groupsize=16),
        ((LEVELS * BY_ROW).unflatten(1, (-1, 16)) @ ROTATION).flatten(1), "int8",
    ),
    "int8 of bitsandbytes": (
        {"l.weight": LEVELS, "l.SCB": BY_ROW[:, 0], "l.weight_format": torch.tensor(0, dtype=torch.uint8)},
        LEVELS * BY_ROW / 127, "int8",
    ),
    "nf4": (*four_bits(nested=False), "nf4"),
    "nested nf4": (*four_bits(nested=True), "nf4"),
}  # fmt: skip


@pytest.mark.parametrize(("tensors", "wanted", "storage"), CASES.values(), ids=CASES)
def test_quantised_weights_are_restored(
    tensors: dict[str, Tensor], wanted: Tensor, storage: str, tmp_path: Path
) -> None:
    file = tmp_path / "a.safetensors"
    save_file(tensors, file)
    header = read_header(file)
    assert header.shapes == {"l.weight": tuple(wanted.shape)} and header.storage == storage and not header.unreadable
    weights = Weights(read_entry(file))
    assert torch.allclose(weights["l.weight"], wanted, rtol=1e-6, atol=1e-7)
    compressed = weights.compressed("l.weight")
    assert compressed is not None and compressed.nbytes < wanted.nbytes
    assert torch.equal(compressed.to(torch.bfloat16).expanded(), weights["l.weight"].bfloat16())
    rows = slice(8, 24) if storage == "nf4" else slice(2, 5)
    part = compressed.rows(rows)
    if any("nested" in name for name in tensors):
        assert part is None, "these rows are not whole blocks of scales"
    else:
        assert part is not None and torch.equal(part.expanded(), weights["l.weight"][rows])
    words = torch.tensor([[5, 2, 5], [7, 0, 1]])
    with torch.no_grad():
        assert torch.equal(nn.functional.embedding(words, compressed), weights["l.weight"][words])
    weights.check()


def test_rows_of_blocks_stay_compressed(tmp_path: Path) -> None:
    stored = {"a": random_blocks("Q5_K", (6, 512)), "b": random_blocks("Q8_0", (6, 32))}
    original = {"b": (3, 32, 1, 2), "c": (32, 12)}
    # The blocks of the last weight go over the ends of its rows.
    stored["c"] = random_blocks("Q4_0", (4, 96))
    weights = Weights(read_entry(write_gguf(tmp_path / "a.gguf", stored, original=original)))
    for name in ("a", "b"):
        for rows in (slice(1, 3), torch.tensor([2, 0])):
            whole = weights.compressed(name)
            part = whole.rows(rows) if whole is not None else None
            assert part is not None and torch.equal(part.expanded(), weights[name][rows])
    whole = weights.compressed("c")
    assert whole is not None and whole.rows(slice(1, 3)) is None


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_weights_of_16_bits_are_converted_at_each_use_on_a_cpu(dtype: torch.dtype, tmp_path: Path) -> None:
    save_file({"l.weight": torch.randn(8, 4).to(dtype)}, tmp_path / "a.safetensors")
    weights = Weights(read_entry(tmp_path / "a.safetensors"))
    compact = weights.compact("l.weight", torch.float32, torch.device("cpu"))
    assert compact is not None and compact.nbytes == 64 and compact.dtype == torch.float32
    wide = weights["l.weight"].float()
    words = torch.tensor([3, 1, 3])
    x = torch.randn(2, 4)
    with torch.no_grad():
        assert torch.equal(nn.functional.embedding(words, compact), wide[words])
        assert torch.equal(nn.functional.linear(x, compact), nn.functional.linear(x, wide))
    assert weights.compact("l.weight", dtype, torch.device("cpu")) is None
    assert weights.compact("l.weight", torch.float32, torch.device("meta")) is None


def test_a_layer_may_have_two_compressed_weights(tmp_path: Path) -> None:
    stored = {"weight": random_blocks("Q8_0", (64, 64)), "bias": random_blocks("Q8_0", (64,), seed=1)}
    weights = Weights(read_entry(write_gguf(tmp_path / "a.gguf", stored)))
    x = torch.randn(2, 64)
    with torch.no_grad():
        found = nn.functional.linear(x, weights.compressed("weight"), weights.compressed("bias"))  # type: ignore[arg-type]
    assert torch.equal(found, nn.functional.linear(x, weights["weight"], weights["bias"]))


def test_empty_tensors_of_quantised_types_are_empty(tmp_path: Path) -> None:
    save_file({"l.weight": torch.zeros(0, 4).to(E4M3)}, tmp_path / "a.safetensors")
    write_gguf(tmp_path / "a.gguf", {"l.weight": ("Q4_K", (0, 256), b"")})
    for suffix, shape in (("safetensors", (0, 4)), ("gguf", (0, 256))):
        weights = Weights(read_entry(tmp_path / f"a.{suffix}"))
        assert weights["l.weight"].shape == shape
        weights.check()


def test_layers_may_be_listed_in_the_metadata(tmp_path: Path) -> None:
    listed = json.dumps({"format_version": "1.0", "layers": {"l": {"format": "float8_e4m3fn"}}})
    tensors = {"l.weight": SMALL.view(torch.uint8), "l.weight_scale": SCALE, "m.weight": torch.ones(2, 2)}
    save_file(tensors, tmp_path / "a.safetensors", {"_quantization_metadata": listed})
    weights = Weights(read_entry(tmp_path / "a.safetensors"))
    assert torch.equal(weights["l.weight"], SMALL.float() * SCALE) and weights["m.weight"].sum() == 4


BAD_STATE = {"blocksize": 0, "shape": [40, 48]}
UNREADABLE: dict[str, tuple[dict[str, Tensor], str]] = {
    "nvfp4": (comfy(LEVELS.view(torch.uint8), SMALL, format="nvfp4"), "nvfp4"),
    "unsafe characters": (comfy(LEVELS, SCALE, format="\x1b[2J\nw4a8"), "2Jw4a8"),
    "nvfp4 without description": (
        {"l.weight": LEVELS.view(torch.uint8), "l.weight_scale": SMALL, "l.weight_scale_2": SCALE}, "nvfp4"
    ),
    "blocks": ({"l.weight": SMALL, "l.weight_scale": torch.ones(8, 2)}, "a format with scales of blocks"),
    "scaled inputs": (
        {"l.weight": SMALL, "l.weight_scale": SCALE, "l.pre_quant_scale": BY_ROW}, "a format with scaled inputs"
    ),
    "groups": (comfy(LEVELS, BY_ROW, format="int8_tensorwise", convrot=True, convrot_groupsize=48), "a rotated format"),
    "no JSON": (comfy(LEVELS, SCALE) | {"l.comfy_quant": torch.zeros(9).byte()}, "a malformed quantised format"),
    "no object": (
        comfy(LEVELS, SCALE) | {"l.comfy_quant": torch.tensor([91, 93], dtype=torch.uint8)},
        "a malformed quantised format",
    ),
    "no blocks": (
        four_bits(nested=False)[0] | {"l.weight.quant_state.bitsandbytes__nf4": json_tensor(**BAD_STATE)}, "nf4"
    ),
    "few scales": (four_bits(nested=True)[0] | {"l.weight.absmax": torch.zeros(3, dtype=torch.uint8)}, "nf4"),
    "a short table": (four_bits(nested=True)[0] | {"l.weight.nested_quant_map": torch.zeros(3)}, "nf4"),
}  # fmt: skip


@pytest.mark.parametrize(("tensors", "name"), UNREADABLE.values(), ids=UNREADABLE)
def test_other_formats_are_refused_by_name(tensors: dict[str, Tensor], name: str, tmp_path: Path) -> None:
    file = tmp_path / "a.safetensors"
    save_file(tensors, file)
    assert read_header(file).unreadable == {"l.weight": name}
    weights = Weights(read_entry(file))
    with pytest.raises(ModelError, match=f"^a.safetensors has weights in {name}, which cannot be read; choose a file"):
        weights["l.weight"]


class Net(nn.Module):
    """A convolution, a linear layer and an embedding."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(8, 64, 3, padding=1)
        self.linear = nn.Linear(64, 32)
        self.words = nn.Embedding(16, 64)

    def forward(self, x: Tensor) -> Tensor:
        h = self.conv(x).flatten(2).transpose(1, 2)
        out: Tensor = self.linear(h + self.words(torch.arange(h.shape[1], device=h.device)))
        return out


@pytest.fixture
def nets(tmp_path: Path) -> tuple[Net, Net]:
    """Return a network with compressed weights, and the same one with expanded weights."""
    shapes = {"conv.weight": (64, 8, 3, 3), "linear.weight": (32, 64), "words.weight": (16, 64)}
    stored = {name: random_blocks("Q8_0", (1, torch.Size(shape).numel())) for name, shape in shapes.items()}
    stored |= {"conv.bias": plain(torch.randn(64)), "linear.bias": plain(torch.randn(32))}
    weights = Weights(read_entry(write_gguf(tmp_path / "net.gguf", stored, original=shapes)))
    found = []
    for compressed in (True, False):
        with torch.device("meta"):
            net = Net()
        state = {name: (weights.compressed(name) if compressed else None) for name in stored}
        net.load_state_dict({name: weights[name] if w is None else w for name, w in state.items()}, assign=True)
        found.append(net.eval().requires_grad_(False))
    return found[0], found[1]


PLACES: list[dict[str, Any]] = [
    {}, {"dtype": torch.bfloat16}, {"dtype": torch.bfloat16, "memory_format": torch.channels_last},
    {"dtype": torch.float32, "memory_format": torch.channels_last},
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES, ids=str)
@torch.no_grad()
def test_a_compressed_network_gives_the_same_bits(place: dict[str, Any], nets: tuple[Net, Net]) -> None:
    compressed, expanded = (net.to(**place) for net in nets)
    x = torch.randn(2, 8, 4, 4).to(compressed.linear.weight.dtype)
    assert all(isinstance(net.weight, CompressedTensor) for net in (compressed.conv, compressed.linear))
    assert torch.equal(compressed(x), expanded(x)) and compressed(x).isfinite().all()
    for name, weight in compressed.named_parameters():
        other = expanded.get_parameter(name)
        assert (weight.shape, weight.dtype, weight.stride()) == (other.shape, other.dtype, other.stride())
        assert weight.nbytes == other.numel() * 34 // 32 or not isinstance(weight, CompressedTensor)
        assert torch.equal(weight + 0, other) and type(weight + 0) is Tensor


LOW_RANK = {
    "linear.weight": delta_of({"up": torch.randn(32, 4), "down": torch.randn(4, 64), "alpha": torch.tensor(2.0)}),
    "conv.weight": delta_of({"up": torch.randn(64, 2, 1, 1), "down": torch.randn(2, 8, 3, 3)}),
}
WHOLE = {
    name: difference(torch.randn(shape)) for name, shape in (("linear.weight", (32, 64)), ("conv.weight", (64, 72)))
}


@pytest.mark.parametrize("deltas", [LOW_RANK, WHOLE], ids=["beside the layer", "added to the weight"])
@torch.no_grad()
def test_adapters_apply_to_compressed_layers(deltas: dict[str, Delta], nets: tuple[Net, Net]) -> None:
    compressed, expanded = (apply_adapters(net, [(deltas, 0.7)]) for net in nets)
    x = torch.randn(1, 8, 4, 4)
    assert torch.equal(compressed(x), expanded(x)) and not torch.equal(compressed(x), nets[0](x))
    assert isinstance(nets[0].linear.weight, CompressedTensor)


def test_expanded_weights_and_gradients_are_not_overwritten_by_other_layers(nets: tuple[Net, Net]) -> None:
    weight = nets[0].linear.weight
    assert isinstance(weight, CompressedTensor)
    with torch.no_grad():
        kept = weight.expanded()
        nets[0](torch.randn(1, 8, 4, 4))
        assert torch.equal(kept, nets[1].linear.weight)
    gradients = []
    start = torch.randn(1, 8, 4, 4)
    for net in nets:
        x = start.clone().requires_grad_()
        net.linear(net.linear(net.conv(x).flatten(2).transpose(1, 2)).repeat(1, 1, 2)).square().sum().backward()
        gradients.append(x.grad)
    assert gradients[0] is not None and gradients[1] is not None and torch.equal(gradients[0], gradients[1])


def test_a_compressed_weight_can_be_reshaped_only_as_a_whole(nets: tuple[Net, Net]) -> None:
    weight = nets[0].linear.weight
    assert isinstance(weight, CompressedTensor)
    assert torch.equal(weight.reshaped((64, 32)).expanded(), nets[1].linear.weight.reshape(64, 32))
    with pytest.raises(ValueError, match="cannot have the shape"):
        weight.reshaped((3, 3))
