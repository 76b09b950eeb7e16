"""Files of optimum-quanto and torchao as these packages write them, and other formats of quantised weights."""

from __future__ import annotations

import json
import struct
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError
from gdm_studio.models.files.checkpoints import read_entry, read_header
from gdm_studio.models.files.weights import Weights, check_files, open_weights, read_scalar
from gdm_studio.models.model_library import Library
from tests.models.test_compressed_weights import four_bits
from tests.parity.numbers import FOLDER

with np.load(FOLDER / "quantizers.npz") as _stored:
    READ = [name for name in _stored.files if name != "about" and ":" not in name]
SMALL = torch.randn(4, 8, generator=torch.Generator().manual_seed(0)).to(torch.float8_e4m3fn)
LEVELS = torch.randint(-127, 128, (4, 8), dtype=torch.int8, generator=torch.Generator().manual_seed(0))
POWERS = SMALL.view(torch.uint8).clone()
TYPES = [
    torch.bool, torch.uint8, torch.int8, torch.uint16, torch.int16, torch.uint32, torch.int32, torch.uint64,
    torch.int64, torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.float8_e4m3fn, torch.float8_e5m2,
]  # fmt: skip


@cache
def numbers() -> dict[str, np.ndarray]:
    with np.load(FOLDER / "quantizers.npz") as stored:
        return {name: stored[name] for name in stored.files}


def written(name: str, folder: Path) -> Path:
    file = folder / f"file.{name.rpartition('.')[2]}"
    file.write_bytes(numbers()[name].tobytes())
    return file


@pytest.mark.parametrize("name", READ)
def test_weights_are_restored_as_by_their_own_package(name: str, tmp_path: Path) -> None:
    file = written(name, tmp_path)
    header = read_header(file)
    formats = {"fp8": "fp8", "e4m3": "fp8", "e5m2": "fp8", "int4": "int4", "int2": "int2"}
    assert header.storage == next((formats[kind] for kind in formats if kind in name), "int8")
    shapes = {"linear.weight": (12, 32), "linear.bias": (12,), "norm.weight": (4,), "norm.bias": (4,)}
    if " groups " in name:
        shapes = {"wide.weight": (5, 256 if "256" in name else 160), "wide.bias": (5,)}
    elif "quanto" in name:
        shapes |= {"conv.weight": (6, 4, 3, 3), "conv.bias": (6,)}
    assert header.shapes == shapes and not header.unreadable
    weights = Weights(read_entry(file))
    for each, wanted in numbers().items():
        if not each.startswith(f"{name}:"):
            continue
        weight = each.partition(":")[2]
        theirs = torch.from_numpy(wanted)
        assert torch.equal(weights[weight], theirs)
        compressed = weights.compressed(weight)
        assert compressed is not None and torch.equal(compressed.to(torch.bfloat16).expanded(), theirs.bfloat16())
        for rows in (slice(1, 5), slice(2, None), torch.tensor([3, 0])):
            part = compressed.rows(rows)
            assert part is not None and torch.equal(part.expanded(), theirs[rows])
    weights.check()


ORDERS = {
    "Int4TilePackedTo4dTensor": r" \(int4 in the order of CUDA's tensor cores\)",
    "Int4PreshuffledTensor": r" \(int4 in the order of CUDA's tensor cores\)",
    "Int4PlainInt32Tensor": r" \(int4 in the order of Intel's and Huawei's accelerators\)",
    "Int4OpaqueTensor": r" \(int4 in the order of the CPU that wrote it\)",
    "Int4Tensor": "",
    "NVFP4Tensor": "",
    "MXTensor": "",
}


@pytest.mark.parametrize("kind", ORDERS)
def test_other_classes_of_torchao_are_refused_by_name(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "a.safetensors"
    stated = {"tensor_names": '["l.weight"]', "l.weight": json.dumps({"_type": kind, "_data": {}})}
    levels = SMALL if kind == "MXTensor" else SMALL.view(torch.uint8)
    save_file({"l._weight_qdata": levels, "l._weight_scale": torch.ones(4, 1)}, file, stated)
    with pytest.raises(ModelError, match=f"has weights in torchao's {kind}{ORDERS[kind]}, which cannot be read"):
        Weights(read_entry(file))["l.weight"]


def torchao_int4(**changes: Any) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Return the tensors and the metadata of a layer in torchao's int4, in groups of 32 columns."""
    random = torch.Generator().manual_seed(1)
    tensors = {
        "l._weight_qdata": torch.randint(-128, 128, (6, 32), dtype=torch.int8, generator=random),
        "l._weight_scale": torch.rand(2, 6, generator=random).bfloat16(),
        "l._weight_zero_point": torch.randn(2, 6, generator=random).bfloat16(),
    }
    stated = {"_type": "Int4Tensor", "_data": {"block_size": [1, 32], "shape": [6, 64]}}
    tensors |= {name: each for name, each in changes.items() if isinstance(each, Tensor)}
    stated["_data"] |= {name: each for name, each in changes.items() if not isinstance(each, Tensor)}
    return tensors, {"tensor_names": '["l.weight"]', "l.weight": json.dumps(stated)}


def test_int4_of_torchao_is_levels_times_scale_plus_zero_point(tmp_path: Path) -> None:
    tensors, stated = torchao_int4()
    save_file(tensors, tmp_path / "a.safetensors", stated)
    weight = Weights(read_entry(tmp_path / "a.safetensors"))["l.weight"]
    for row, column in ((0, 0), (0, 1), (2, 31), (3, 32), (5, 63)):
        level = int(tensors["l._weight_qdata"][row, column // 2]) >> 4 * (column % 2) & 15
        level -= 16 if level > 7 else 0
        scale, zero = (float(tensors[f"l._weight_{part}"][column // 32, row]) for part in ("scale", "zero_point"))
        assert float(weight[row, column]) == pytest.approx(level * scale + zero, rel=1e-6)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"l._weight_scale": torch.ones(3, 6)}, "torchao's Int4Tensor"),
        ({"l._weight_scale": torch.ones(6, 2), "l._weight_zero_point": torch.ones(6, 2)}, "torchao's Int4Tensor"),
        ({"l._weight_qdata": LEVELS[0]}, "torchao's Int4Tensor"),
        ({"block_size": [1, 16]}, "torchao's Int4Tensor"),
        ({"shape": [6, 63]}, "torchao's Int4Tensor"),
        ({"shape": 7}, "a malformed quantised format"),
        ({"l._weight_act_pre_scale": torch.ones(64)}, "torchao's formats with scaled inputs"),
    ],
)
def test_unsuitable_tensors_of_int4_of_torchao_are_refused(changes: dict[str, Any], name: str, tmp_path: Path) -> None:
    tensors, stated = torchao_int4(**changes)
    save_file(tensors, tmp_path / "a.safetensors", stated)
    assert read_header(tmp_path / "a.safetensors").unreadable == {"l.weight": name}


def quanto_int4(rows: int, columns: int, group: int) -> dict[str, Tensor]:
    """Return the tensors of a layer without bias in optimum-quanto's int4."""
    random = torch.Generator().manual_seed(1)
    groups = rows * columns // group
    return {
        "l.weight._data._data": torch.randint(0, 256, (-(-groups // 2), group), dtype=torch.uint8, generator=random),
        "l.weight._scale": torch.rand(groups, 1, generator=random),
        "l.weight._shift": torch.rand(groups, 1, generator=random),
    }


def test_integer_shifts_of_quanto_are_subtracted_before_scaling(tmp_path: Path) -> None:
    tensors = quanto_int4(5, 24, 24) | {"l.weight._shift": torch.tensor([[3], [-4], [0], [7], [1]], dtype=torch.int8)}
    save_file(tensors, tmp_path / "a.safetensors")
    weight = Weights(read_entry(tmp_path / "a.safetensors"))["l.weight"]
    packed = tensors["l.weight._data._data"].int()
    levels = torch.cat([packed & 15, packed >> 4])[:5] - tensors["l.weight._shift"].int()
    assert torch.equal(weight, levels * tensors["l.weight._scale"])


WITHOUT_SHAPE = "optimum-quanto's int4 or int2 without the shapes of its layers"
UNKNOWN = "an unknown format of optimum-quanto"


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, WITHOUT_SHAPE),
        # Neither of these numbers of rows can consist of groups of 96 columns.
        ({"l.bias": torch.ones(7)}, WITHOUT_SHAPE),
        ({"l.bias": torch.ones(5)}, WITHOUT_SHAPE),
        ({"l.weight._shift": torch.ones(9, 1)}, UNKNOWN),
        ({"l.weight._scale": torch.ones(20)}, UNKNOWN),
        ({"l.weight._data._data": torch.ones(3, 96)}, UNKNOWN),
        ({"l.weight._data._data": torch.ones(20, 96).byte()}, UNKNOWN),
        # The rows of such a small weight may have four or two bits.
        ({f"l.weight.{part}": torch.ones(2, 1) for part in ("_scale", "_shift")}
         | {"l.weight._data._data": torch.ones(1, 96).byte()}, UNKNOWN),
    ],
)  # fmt: skip
def test_int4_of_quanto_with_an_unknown_shape_is_refused(changes: dict[str, Tensor], name: str, tmp_path: Path) -> None:
    tensors = quanto_int4(10, 192, 96) | changes
    save_file(tensors, tmp_path / "a.safetensors")
    assert read_header(tmp_path / "a.safetensors").unreadable == {"l.weight": name}
    save_file(quanto_int4(10, 192, 96) | {"l.bias": torch.ones(10)}, tmp_path / "a.safetensors")
    assert read_header(tmp_path / "a.safetensors").shapes["l.weight"] == (10, 192)


@pytest.mark.parametrize("name", [READ[0], next(name for name in READ if name.startswith("torchao"))])
def test_the_parts_of_a_weight_may_be_in_different_shards(name: str, tmp_path: Path) -> None:
    tensors = load_file(written(name, tmp_path))
    with open(tmp_path / "file.safetensors", "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        metadata = json.loads(file.read(length)).get("__metadata__")
    (tmp_path / "file.safetensors").unlink()
    shards = [f"model-0000{place}-of-00002.safetensors" for place in (1, 2)]
    second = {each for each in tensors if "scale" in each or each == "norm.weight"}
    place_of = {each: shards[each in second] for each in tensors}
    for shard in shards:
        inside = {each: values for each, values in tensors.items() if place_of[each] == shard}
        save_file(inside, tmp_path / shard, metadata)
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": place_of}))
    wanted = torch.from_numpy(numbers()[f"{name}:linear.weight"])
    assert torch.equal(Weights(read_entry(tmp_path))["linear.weight"], wanted)
    (only,) = open_weights([tmp_path / shards[0]]).values()
    assert torch.equal(only["linear.weight"], wanted)
    check_files([tmp_path / shard for shard in shards])


def comfy(tensors: dict[str, Tensor], **values: Any) -> dict[str, Tensor]:
    return tensors | {"l.comfy_quant": torch.tensor(list(json.dumps(values).encode()), dtype=torch.uint8)}


def test_scales_of_rows_in_fp8_are_read(tmp_path: Path) -> None:
    scale = torch.rand(4, generator=torch.Generator().manual_seed(0))
    tensors = {"l.weight": SMALL, "l.weight_scale": scale}
    save_file(comfy(tensors, format="float8_e4m3fn_rowwise", orig_dtype="torch.bfloat16"), tmp_path / "a.safetensors")
    weights = Weights(read_entry(tmp_path / "a.safetensors"))
    assert torch.equal(weights["l.weight"], SMALL.float() * scale[:, None])


@pytest.mark.parametrize(
    ("tensors", "name"),
    [
        (comfy({"l.weight": SMALL, "l.weight_scale": POWERS}, format="mxfp8", orig_shape=[3, 7]), "mxfp8"),
        ({"l.weight": SMALL, "l.weight_scale": POWERS.view(torch.float8_e8m0fnu)}, "mxfp8"),
        (comfy({"l.weight": POWERS, "l.weight_scale": SMALL}, format="nvfp4", orig_shape=[3, 7]), "nvfp4"),  # noqa: E501
        (comfy({"l.weight": SMALL, "l.weight_scale": torch.ones(2, 2)}, format="float8_e4m3fn_blockwise"), "float8_e4m3fn_blockwise"),  # noqa: E501
        (comfy({"l.weight": SMALL}, format="float8_e4m3fn_rowwise"), "float8_e4m3fn_rowwise without scales"),
        ({"l.weight._data": LEVELS}, "optimum-quanto without scales"),
    ],
)  # fmt: skip
def test_other_formats_are_refused_by_name(tensors: dict[str, Tensor], name: str, tmp_path: Path) -> None:
    file = tmp_path / "a.safetensors"
    save_file(tensors, file)
    header = read_header(file)
    assert header.unreadable == {"l.weight": name}
    assert header.shapes == {"l.weight": (3, 7) if "orig_shape" in str(tensors_text(tensors)) else (4, 8)}
    with pytest.raises(ModelError, match=f"a.safetensors has weights in {name}, which cannot be read"):
        Weights(read_entry(file))["l.weight"]


SCALE = torch.ones(4, 1)
INTEGERS = torch.ones(4, 1, dtype=torch.int32)
# Tensors that change a weight in ways that are unknown here, and the name of the first: SDNQ 0.2.8, FP8 of transformers
# 5.24, ModelOpt, compressed-tensors 0.20.1 with zero points and packed, GPTQ, and SVDQuant.
UNKNOWN = {
    "SDNQ in fp8": ({"l.weight": SMALL, "l.scale": SCALE}, "scale"),
    "SDNQ in fp16": ({"l.weight": SMALL.half(), "l.scale": SCALE}, "scale"),
    "SDNQ in int8": ({"l.weight": LEVELS, "l.scale": SCALE, "l.svd_up": SCALE}, "scale"),
    "SDNQ in four bits": ({"l.weight": POWERS.flatten(), "l.scale": SCALE, "l.zero_point": SCALE}, "scale"),
    "transformers": ({"l.weight": SMALL, "l.weight_scale_inv": torch.ones(1, 1)}, "weight_scale_inv"),
    "ModelOpt": ({"l.weight": SMALL, "l.weight_quantizer._scale": torch.ones(1)}, "weight_quantizer._scale"),
    "zero points": ({"l.weight": LEVELS, "l.weight_scale": SCALE, "l.weight_zero_point": SCALE}, "weight_zero_point"),
    "packed": ({"l.weight_packed": INTEGERS, "l.weight_scale": SCALE, "l.weight_shape": LEVELS[0]}, "weight_packed"),
    "GPTQ": ({"l.qweight": INTEGERS, "l.qzeros": INTEGERS, "l.scales": SCALE, "l.g_idx": INTEGERS[0]}, "qweight"),
    "SVDQuant": ({"l.qweight": LEVELS, "l.wscales": SCALE, "l.proj_up": SCALE}, "qweight"),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_tensors_that_change_a_weight_in_an_unknown_way_are_named(case: str, tmp_path: Path) -> None:
    tensors, name = UNKNOWN[case]
    save_separately(tensors | {"l.bias": torch.ones(4), "l2.weight": SMALL}, tmp_path / "a.safetensors")
    kind = f"an unknown format with {name!r}"
    assert read_header(tmp_path / "a.safetensors").unreadable == {"l.weight": kind}
    weights = Weights(read_entry(tmp_path / "a.safetensors"))
    with pytest.raises(ModelError, match=f"a.safetensors has weights in {kind}, which cannot be read"):
        weights["l.weight"]
    assert torch.equal(weights["l2.weight"], SMALL.float())


def test_tensors_beside_a_weight_that_do_not_change_it_are_ignored(tmp_path: Path) -> None:
    one = torch.ones(1)
    beside = ("bias", "weight_scale", "input_scale", "scale_input", "output_scale", "input_zero_point")
    tensors = {"l.weight": SMALL, **{f"l.{name}": one for name in beside}}
    save_separately(comfy(tensors, format="float8_e4m3fn"), tmp_path / "a.safetensors")
    assert torch.equal(Weights(read_entry(tmp_path / "a.safetensors"))["l.weight"], SMALL.float())


def save_separately(tensors: dict[str, Tensor], file: Path) -> None:
    """Write tensors that may share memory."""
    save_file({name: tensor.clone() for name, tensor in tensors.items()}, file)


def tensors_text(tensors: dict[str, Tensor]) -> str:
    return bytes(tensors["l.comfy_quant"].tolist()).decode() if "l.comfy_quant" in tensors else ""


@pytest.mark.parametrize(("dtype", "size"), [("F4", 16), ("F6_E2M3", 24), ("F6_E3M2", 24), ("C64", 256)])
def test_types_that_cannot_be_read_are_named(dtype: str, size: int, tmp_path: Path) -> None:
    header = json.dumps({"l.weight": {"dtype": dtype, "shape": [4, 8], "data_offsets": [0, size]}}).encode()
    file = tmp_path / "a.safetensors"
    file.write_bytes(struct.pack("<Q", len(header)) + header + bytes(size))
    assert read_header(file).shapes == {"l.weight": (4, 8)}
    with pytest.raises(ModelError, match=f"a.safetensors has weights in {dtype}, which cannot be read"):
        Weights(read_entry(file))["l.weight"]


@pytest.mark.parametrize("dtype", TYPES, ids=str)
@pytest.mark.parametrize("shape", [(), (1,), (1, 1)], ids=str)
def test_the_type_of_a_scale_makes_no_difference(dtype: torch.dtype, shape: tuple[int, ...], tmp_path: Path) -> None:
    one = torch.ones(shape).to(dtype)
    assert read_scalar(one) == 1
    tensors = {"l.weight": SMALL, "l.weight_scale": one, "m.weight": LEVELS, "m.scale_weight": one.clone()}
    tensors |= {"scaled_fp8": one.clone(), "l.input_scale": one.clone(), "n.weight._data": LEVELS.clone()}
    save_file(tensors | {"n.weight._scale": one.clone()}, tmp_path / "a.safetensors")
    weights = Weights(read_entry(tmp_path / "a.safetensors"))
    assert torch.equal(weights["l.weight"], SMALL.float()) and torch.equal(weights["m.weight"], LEVELS.float())
    assert torch.equal(weights["n.weight"], LEVELS.float()) and len(weights) == 3


SCALES = {
    "1e30": (torch.tensor(1e30), "more than a million"), "nan": (torch.tensor(float("nan")), "NaN"),
    "infinity": (torch.tensor(float("inf")), "infinity"), "0": (torch.tensor(0.0), "a scale of 0"),
    "0 in integers": (torch.tensor(0), "a scale of 0"), "0 in rows": (torch.zeros(4, 1), "a scale of 0"),
}  # fmt: skip


@pytest.mark.parametrize(("scale", "flaw"), SCALES.values(), ids=SCALES)
@pytest.mark.parametrize("form", ["fp8", "int8", "quanto", "torchao"])
def test_impossible_scales_are_named(scale: Tensor, flaw: str, form: str, tmp_path: Path) -> None:
    tensors = {
        "fp8": {"l.weight": SMALL, "l.weight_scale": scale},
        "int8": {"l.weight": LEVELS, "l.weight_scale": scale},
        "quanto": {"l.weight._data": LEVELS, "l.weight._scale": scale},
        "torchao": {"l._weight_qdata": LEVELS, "l._weight_scale": scale},
    }[form]
    file = tmp_path / "a.safetensors"
    save_file(tensors, file)
    for read in (lambda: Weights(read_entry(file))["l.weight"], lambda: check_files([file])):
        with pytest.raises(ModelError, match=rf"^a.safetensors is damaged: 'l.weight' has .*{flaw}"):
            read()


def test_a_layer_of_zeros_may_have_a_scale_of_zero(tmp_path: Path) -> None:
    save_file({"l.weight": torch.zeros(4, 8).to(torch.int8), "l.weight_scale": torch.tensor(0.0)}, tmp_path / "a.pt")
    assert not Weights(read_entry(tmp_path / "a.pt"))["l.weight"].any()


def test_plain_weights_of_impossible_size_are_named(tmp_path: Path) -> None:
    save_file({"l.weight": torch.full((2, 2), 1e30), "sigmas": torch.tensor([1e9])}, tmp_path / "a.safetensors")
    with pytest.raises(ModelError, match="'l.weight' has numbers of more than a million"):
        check_files([tmp_path / "a.safetensors"])


def test_a_damaged_file_in_an_unknown_format_is_named_in_the_list(tmp_path: Path) -> None:
    paths.models_dir().mkdir(parents=True, exist_ok=True)
    shapes = {
        "double_blocks.0.img_attn.norm.key_norm.scale": (8,),
        "img_in": (16, 8),
        "double_blocks.0.img_mlp.0": (4, 8),
    }
    tensors = {f"{name}.weight._data._data": torch.zeros(shape).byte() for name, shape in shapes.items()}
    tensors |= {f"{name}.weight._shift": torch.zeros(8, 1) for name in shapes}
    save_file(tensors, paths.models_dir() / "a.safetensors")
    (refused,) = Library().refused()
    assert "an unknown format of optimum-quanto" in refused.reason


@pytest.mark.parametrize("number", [1e30, float("nan"), float("inf")])
@pytest.mark.parametrize("part", ["absmax", "quant_map", "nested_absmax"])
def test_impossible_scales_of_four_bits_are_named(part: str, number: float, tmp_path: Path) -> None:
    tensors, _ = four_bits(nested=part == "nested_absmax")
    tensors[f"l.weight.{part}"] = tensors[f"l.weight.{part}"].clone()
    tensors[f"l.weight.{part}"][1] = number
    save_file(tensors, tmp_path / "a.safetensors")
    with pytest.raises(ModelError, match="^a.safetensors is damaged: 'l.weight' has scales of NaN, infinity or more"):
        Weights(read_entry(tmp_path / "a.safetensors"))["l.weight"]
