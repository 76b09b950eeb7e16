"""Detection of quantised weights (fp8, int8, 4 and 2 bits) in files, by the tensors beside them.

Sources: ComfyUI's scaled fp8 (`scale_weight`), its later `comfy_quant` and `_quantization_metadata`, bitsandbytes'
Linear4bit and Linear8bitLt, the state of optimum-quanto's modules, and torchao's tensors in safetensors files.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import Any, NamedTuple

from gdm_studio.models.files.header import (
    BYTES,
    MOST_AXES,
    OTHER_BITS,
    SCALE_TILE,
    W4A8,
    FoundQuantizations,
    Header,
    Quantization,
    StoredTensor,
    is_auxiliary,
)

# Maximum number of bytes of a tensor that contains JSON, and of all such tensors together.
LONGEST_TEXT = 4096
MOST_TEXT = 8 * 2**20
# Key of the metadata of a file in which ComfyUI lists the format of each layer, as JSON.
_METADATA = "_quantization_metadata"
# Suffix of a layer's JSON in ComfyUI, and part of the name of a weight's JSON in bitsandbytes.
_COMFY = ".comfy_quant"
_FOUR_BITS = ".quant_state.bitsandbytes__"
# Suffixes of the scale of a layer's weight, which are tried in this order.
_SCALES = (".weight_scale", ".scale_weight")
# Suffix of the scale of each row in bitsandbytes. The level 127 represents the scale.
_ROW_SCALE = ".SCB"
# Types of a fp8 number with a sign, and the type of the powers of two that scale blocks of them.
_FP8 = ("F8_E4M3", "F8_E5M2", "F8_E4M3FNUZ", "F8_E5M2FNUZ")
# Tensors of a quantised layer that do not change its weight.
_BESIDE = ("bias", "input_scale", "scale_input", "input_zero_point", "output_scale", "comfy_quant", "weight_format")
# Types of tensors in which other programs pack the numbers of a weight.
_PACKED = ("U8", "I8", "I32", "U32")
# Name of the scales of SDNQ, which it also gives to weights of 16 bits.
_OTHER_SCALE = ".scale"
# Suffixes of the scales of the program's own int8 parameters.
_OWN_SCALES = (".scale", "_scale")
_POWERS = "F8_E8M0"
_COMFY_FP8 = {
    "float8_e4m3fn": "F8_E4M3",
    "float8_e4m3fn_rowwise": "F8_E4M3",
    "float8_e5m2": "F8_E5M2",
    "float8_e5m2_rowwise": "F8_E5M2",
}
_FLOATS = ("F64", "F32", "F16", "BF16")


class _TiledFormat(NamedTuple):
    """Format of ComfyUI with a scale for each group of columns, stored in tiles."""

    # Types of the tensor with the levels, and of the scales. The second one has their bytes.
    levels: tuple[str, ...]
    scales: tuple[str, ...]
    # Numbers in a byte of the levels.
    packed: int
    # Columns with the same scale. Rows and columns of the weight are padded to a multiple of it.
    columns: int
    # Suffixes of the scales: of the groups and, if any, of the whole weight.
    parts: tuple[str, ...]


_TILED = {
    "nvfp4": _TiledFormat(("U8",), ("F8_E4M3", "U8"), 2, 16, (".weight_scale", ".weight_scale_2")),
    "mxfp8": _TiledFormat(("F8_E4M3", "U8"), ("F8_E8M0", "U8"), 1, 32, (".weight_scale",)),
}
# Names of the stored tensors of a weight in optimum-quanto and in torchao, such as "l.weight._data" and
# "l._weight_qdata".
_QUANTO = "._data"
# Columns in a group of optimum-quanto's int4, which are tried in this order.
_QUANTO_GROUPS = (128, 96, 64, 32)
_TORCHAO = re.compile(r"(.*\.|)_([^.]+)_qdata")
_TORCHAO_PART = re.compile(r"_([^_]+)_")
# Key of the metadata in which torchao lists the names of all weights.
_TORCHAO_NAMES = "tensor_names"
# Types of torch in torchao's descriptions.
_FLOAT_TYPES = {"bfloat16": "BF16", "float16": "F16", "float32": "", "float64": ""}
# Default number of columns with the same relative scale in W4A8.
_W4A8_GROUP = 16
# Size of the blocks that are rotated together in int8 weights of ComfyUI.
_ROTATION_BLOCK = 256
_UNSAFE_CHARACTERS = re.compile(r"[^A-Za-z0-9_.-]")
_PARSE_ERRORS = (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError)


Shape = tuple[int, ...]
# Last components of the tensor names of a weight in torchao, and torchao's classes that can be read.
_TORCHAO_PARTS = ("qdata", "scale", "zero_point")
_TORCHAO_READ = ("Int8Tensor", "Float8Tensor", "IntxUnpackedToInt8Tensor")
# torchao's class of int4 in plain order, and its classes whose order is that of a processor's instructions.
_TORCHAO_INT4 = "Int4Tensor"
_TORCHAO_ORDERS = {
    "Int4TilePackedTo4dTensor": "int4 in the order of CUDA's tensor cores",
    "Int4PreshuffledTensor": "int4 in the order of CUDA's tensor cores",
    "Int4PlainInt32Tensor": "int4 in the order of Intel's and Huawei's accelerators",
    "Int4OpaqueTensor": "int4 in the order of the CPU that wrote it",
}


class Unreadable(Exception):
    """Error for a weight whose quantisation format is not supported. Its message is the name of the format."""

    # Shape of the weight, if it is known and differs from the stored tensor's.
    shape: Shape = ()


def text_tensors(stored: Mapping[str, StoredTensor]) -> Iterator[tuple[str, StoredTensor]]:
    """Yield, by name, the small tensors in a safetensors file that contain JSON descriptions of quantised weights.
    Tensors larger than in any real file are skipped.
    """
    total = 0
    for name, tensor in stored.items():
        if (name.endswith(_COMFY) or _FOUR_BITS in name) and tensor.dtype == "U8" and tensor.size <= LONGEST_TEXT:
            total += tensor.size
            if total > MOST_TEXT:
                return
            yield name, tensor


def find_quantizations(
    stored: Mapping[str, StoredTensor], metadata: Mapping[str, str], texts: Mapping[str, bytes]
) -> FoundQuantizations:
    """Detect the quantised weights of a file, by the names of its tensors and by the metadata.

    `texts` contains the contents of the tensors from `text_tensors`.
    """
    listed = _read_listed_layers(metadata)
    readable: dict[str, Quantization] = {}
    unreadable: dict[str, str] = {}
    shapes: dict[str, Shape] = {}
    parts: set[str] = set()
    levels: dict[str, str] = {}
    names = sorted(stored)
    for name, tensor in stored.items():
        weight, find = name, _describe_in_layer
        if name.endswith(_QUANTO):
            weight, find = name.removesuffix(_QUANTO).removesuffix(_QUANTO), _describe_quanto
        elif at := _TORCHAO.fullmatch(name):
            weight, find = at[1] + at[2], _describe_torchao
            parts.update(f"{at[1]}_{at[2]}_{part}" for part in _TORCHAO_PARTS)
        # In fp8 files, biases and other tensors whose names do not end in "weight" have no scales.
        elif is_auxiliary(name) or not (name.endswith(".weight") or tensor.dtype in _FP8):
            continue
        try:
            found = find(_Source(weight, name, tensor, stored, metadata, texts, listed))
            if find is _describe_in_layer:
                _check_layer(name, found, stored, names)
        except Unreadable as error:
            unreadable[weight] = str(error)
            shapes[weight] = error.shape or tensor.shape
            levels[weight] = name
        except _PARSE_ERRORS:
            unreadable[weight] = "a malformed quantised format"
            shapes[weight] = tensor.shape
            levels[weight] = name
        else:
            if found is not None:
                readable[weight] = found
                levels[weight] = name
    for name, kind, own in (*_iter_unreadable_torchao(stored, metadata), *_iter_packed(stored, parts)):
        if name not in levels:
            unreadable[name] = kind
            shapes[name] = stored[own].shape
            levels[name] = own
    return FoundQuantizations(readable, unreadable, shapes, frozenset(parts), levels)


def join_shards(headers: Mapping[str, Header]) -> dict[str, Header]:
    """Detect the quantised weights of a model in several files, since the scales of a weight may be in another file
    than its levels. Returns the headers of all files.
    """
    stored = {name: tensor for header in headers.values() for name, tensor in header.stored.items()}
    metadata = {key: text for header in headers.values() for key, text in header.metadata.items()}
    texts = {name: text for header in headers.values() for name, text in header.texts.items()}
    found = find_quantizations(stored, metadata, texts)
    return {
        file: replace(header, **_merge_quantizations(header, found.of(header.stored)))
        for file, header in headers.items()
    }


def _merge_quantizations(header: Header, found: FoundQuantizations) -> dict[str, Any]:
    whole = Header.of(header.stored, header.metadata, header.bytes, found)
    # Types that cannot be read are known from the file's own header.
    own = {name: kind for name, kind in header.unreadable.items() if kind in OTHER_BITS}
    shapes = {name: header.shapes[name] for name in own if name not in found.unreadable}
    return {"shapes": whole.shapes | shapes, "quantized": found.readable, "unreadable": own | dict(found.unreadable)}


class _Source(NamedTuple):
    """Tensor that may contain the levels of a quantised weight, with everything that may describe it."""

    # Name of the weight.
    weight: str
    # Name of the tensor with its levels.
    name: str
    levels: StoredTensor
    stored: Mapping[str, StoredTensor]
    metadata: Mapping[str, str]
    texts: Mapping[str, bytes]
    # Formats of layers in the file's metadata.
    listed: Mapping[str, Any]


def _describe_in_layer(source: _Source) -> Quantization | None:
    """Return the description of a weight that ComfyUI or bitsandbytes quantised, or None for other weights."""
    return _describe_four_bits(source.name, source.levels, source.stored, source.texts) or _describe_levels(
        source.name, source.levels, source.stored, source.texts, source.listed
    )


def _check_layer(
    name: str, found: Quantization | None, stored: Mapping[str, StoredTensor], names: Sequence[str]
) -> None:
    """Raise Unreadable if a layer has tensors that change its weight `name` in an unknown way, such as zero points.

    `found` describes the weight, and is None if it is not quantised. `names` are those of all tensors, sorted.
    """
    layer = name.removesuffix(".weight")
    others: Sequence[str] = (layer + _OTHER_SCALE,) if layer + _OTHER_SCALE in stored else ()
    if found is not None:
        begin = bisect_left(names, f"{layer}.")
        # Known names are few, so that the first of the others is near.
        others = names[begin : begin + len(_BESIDE) + len(found.parts) + 2]
    known = {name, *(found.parts if found else ()), *(f"{layer}.{each}" for each in _BESIDE)}
    for other in others:
        if other.startswith(f"{layer}.") and other not in known and _FOUR_BITS not in other:
            raise Unreadable(_name_unknown(other[len(layer) + 1 :]))


def _describe_quanto(source: _Source) -> Quantization:
    """Return the description of a weight that optimum-quanto quantised. Raises Unreadable for tensors that do not fit
    together.
    """
    levels = source.levels
    scale = source.stored.get(f"{source.weight}._scale")
    if source.name != source.weight + _QUANTO or f"{source.weight}._shift" in source.stored:
        return _describe_packed_quanto(source)
    if scale is None or levels.dtype not in (*_FP8, "I8"):
        raise Unreadable("optimum-quanto without scales" if scale is None else "an unknown format of optimum-quanto")
    # Products are computed in the type of the scale.
    rounded = scale.dtype if scale.dtype in ("F16", "BF16") else ""
    return _describe_by_scales(levels, (source.name, f"{source.weight}._scale"), source.stored, rounded)


def _describe_packed_quanto(source: _Source) -> Quantization:
    """Return the description of a weight that optimum-quanto quantised to four or two bits. Raises Unreadable if its
    shape is unknown or its tensors do not fit together.

    A weight of more than 128 columns is stored as the groups of its rows, and its file does not contain its own shape.
    The number of rows is then taken from the bias of the layer.
    """
    levels = source.levels
    parts = (source.name, f"{source.weight}._scale", f"{source.weight}._shift")
    scale, shift = (source.stored.get(part) for part in parts[1:])
    error = Unreadable("an unknown format of optimum-quanto")
    error.shape = (2 * levels.shape[0], *levels.shape[1:]) if levels.shape else ()
    if scale is None or shift is None:
        raise error
    groups = scale.shape[0] if scale.shape else 0
    # Of up to two groups, it is unknown whether a byte has two or four of them.
    per_byte = next((count for count in (2, 4) if groups > 2 and -(-groups // count) == levels.shape[0]), 0)
    is_sound = (
        per_byte
        and levels.dtype == "U8"
        and scale.shape == shift.shape == (groups, *[1] * (len(levels.shape) - 1))
        and scale.dtype in _FLOATS[1:]
        and shift.dtype in (scale.dtype, "I8", "U8")
    )
    if not is_sound:
        raise error
    shape = (groups, *levels.shape[1:])
    if len(levels.shape) == 2 and levels.shape[1] in _QUANTO_GROUPS:
        bias = source.stored.get(f"{source.weight.removesuffix('.weight')}.bias")
        rows = bias.shape[0] if bias is not None and len(bias.shape) == 1 else 0
        columns = groups // rows * levels.shape[1] if rows else 0
        if not rows or groups % rows or _quanto_group(columns) != levels.shape[1]:
            unknown = Unreadable("optimum-quanto's int4 or int2 without the shapes of its layers")
            unknown.shape = shape
            raise unknown
        shape = (rows, columns)
    bits = 8 // per_byte
    rounded = scale.dtype if scale.dtype in ("F16", "BF16") else ""
    return Quantization(f"int{bits}", "U8", shape, parts, {"bits": float(bits), "halves": 1.0}, rounded)


def _quanto_group(columns: int) -> int:
    """Return the columns of a group in optimum-quanto, for a weight with this number of columns (QModuleMixin)."""
    if columns <= _QUANTO_GROUPS[0]:
        return columns
    return next((size for size in _QUANTO_GROUPS if not columns % size), columns)


def _describe_torchao(source: _Source) -> Quantization:
    """Return the description of a weight that torchao quantised. Raises Unreadable for formats that are not
    supported.
    """
    at = _TORCHAO.fullmatch(source.name)
    assert at is not None
    parts = [f"{at[1]}_{at[2]}_{part}" for part in _TORCHAO_PARTS]
    text = source.metadata.get(source.weight)
    stated: Any = json.loads(text) if text else {"_type": "Int8Tensor", "_data": {}}
    kind = str(stated["_type"])
    if f"{at[1]}_{at[2]}_act_pre_scale" in source.stored:
        raise Unreadable("torchao's formats with scaled inputs")
    if kind == _TORCHAO_INT4:
        return _describe_torchao_int4(source, parts, stated["_data"])
    if source.levels.dtype not in (*_FP8, "I8") or kind not in _TORCHAO_READ:
        raise Unreadable(_name_torchao(kind))
    if parts[1] not in source.stored:
        raise Unreadable("torchao without scales")
    dtype = stated["_data"].get("dtype", {}).get("_data", "float32")
    found = _describe_by_scales(source.levels, tuple(part for part in parts if part in source.stored), source.stored)
    size = [count // scale for count, scale in zip(found.shape, _block_grid(source, parts[1]), strict=True)]
    if stated["_data"].get("block_size", size) != size:
        raise Unreadable("a format with scales of blocks")
    return found._replace(rounded=_FLOAT_TYPES[dtype])


def _describe_torchao_int4(source: _Source, parts: list[str], stated: Mapping[str, Any]) -> Quantization:
    """Return the description of a weight in torchao's plain int4: two neighbouring columns in a byte, and a scale and a
    zero point for each group of columns, stored by columns. Raises Unreadable if the tensors do not fit together.
    """
    levels = source.levels
    scale, zero = (source.stored.get(part) for part in parts[1:])
    shape = (levels.shape[0], 2 * levels.shape[1]) if len(levels.shape) == 2 else ()
    is_sound = (
        levels.dtype in ("I8", "U8")
        and shape
        and scale is not None
        and zero is not None
        and len(scale.shape) == 2
        and scale.shape == zero.shape
        and scale.shape[1] == shape[0]
        and scale.shape[0] > 0
        and shape[1] > 0
        # A byte belongs to one group.
        and not levels.shape[1] % scale.shape[0]
        and scale.dtype in _FLOATS
        and zero.dtype in _FLOATS
        and stated.get("block_size", [1, shape[1] // scale.shape[0]]) == [1, shape[1] // scale.shape[0]]
        and tuple(stated.get("shape", shape)) == shape
    )
    if not is_sound:
        error = Unreadable(_name_torchao(_TORCHAO_INT4))
        error.shape = shape
        raise error
    return Quantization("int4", "U8", shape, tuple(parts), {"bits": 4.0, "halves": 0.0})


def _name_torchao(kind: str) -> str:
    """Return the name of a format of torchao for the error message, with the reason why it cannot be read."""
    name = f"torchao's {_UNSAFE_CHARACTERS.sub('', kind)[:40]}"
    return f"{name} ({_TORCHAO_ORDERS[kind]})" if kind in _TORCHAO_ORDERS else name


def _block_grid(source: _Source, scale: str) -> Shape:
    shape = source.stored[scale].shape
    return shape if len(shape) == len(source.levels.shape) else (1,) * len(source.levels.shape)


def _describe_by_scales(
    levels: StoredTensor, parts: tuple[str, ...], stored: Mapping[str, StoredTensor], rounded: str = ""
) -> Quantization:
    """Return the description of 8-bit levels whose scales, and zero points if any, belong to equal blocks: to the whole
    weight, to rows, to columns, or to groups of either. Raises Unreadable for other scales.
    """
    scale, *zeros = (stored[part] for part in parts[1:])
    whole = prod(scale.shape) == 1
    fits = whole or (
        len(scale.shape) == len(levels.shape)
        and all(count and not size % count for size, count in zip(levels.shape, scale.shape, strict=True))
    )
    if not fits or (scale.dtype not in _FLOATS and not (whole and scale.dtype in BYTES and scale.dtype != _POWERS)):
        raise Unreadable("a format with scales of blocks")
    if any(zero.shape != scale.shape or zero.dtype not in ("I8", "I16", "I32", "I64") for zero in zeros):
        raise Unreadable("a format with unknown zero points")
    kind = "int8" if levels.dtype == "I8" else "fp8"
    return Quantization(kind, levels.dtype, levels.shape, parts, {"unit": 1.0, "group": 0}, rounded)


def _iter_unreadable_torchao(
    stored: Mapping[str, StoredTensor], metadata: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Yield the name, the format and a tensor of each weight of torchao that has no levels in a tensor of its own."""
    first: dict[str, str] = {}
    for name in stored if _TORCHAO_NAMES in metadata else ():
        parent, dot, own = name.rpartition(".")
        if at := _TORCHAO_PART.match(own):
            first.setdefault(f"{parent}{dot}{at[1]}", name)
    try:
        names = json.loads(metadata.get(_TORCHAO_NAMES, "[]"))
        for name in names if isinstance(names, list) else ():
            text = metadata.get(name, "") if isinstance(name, str) else ""
            kind = json.loads(text)["_type"] if text else "Tensor"
            if kind != "Tensor" and name in first:
                yield name, _name_torchao(str(kind)), first[name]
    except _PARSE_ERRORS:
        return


def _iter_packed(stored: Mapping[str, StoredTensor], parts: Container[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the name, the format and a tensor of each weight in whose place a layer has packed integers under another
    name, with scales, as in GPTQ, AWQ, SVDQuant and compressed-tensors. A parameter with a scale of its own is not
    packed.
    """
    scaled = {layer for layer, _, own in (name.rpartition(".") for name in stored) if "scale" in own}
    for name, tensor in stored.items():
        layer, _, own = name.rpartition(".")
        is_packed = own != "weight" and tensor.dtype in _PACKED and len(tensor.shape) > 1 < prod(tensor.shape)
        if not is_packed or layer not in scaled or f"{layer}.weight" in stored or name in parts or is_auxiliary(name):
            continue
        if stored.keys().isdisjoint(name + scale for scale in _OWN_SCALES):
            yield f"{layer}.weight", _name_unknown(own), name


def _name_unknown(part: str) -> str:
    return f"an unknown format with {_UNSAFE_CHARACTERS.sub('', part)[:40]!r}"


def _read_listed_layers(metadata: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the quantisation format of each layer as listed in the metadata of a ComfyUI file, or {} if the list is
    malformed.
    """
    try:
        layers = json.loads(metadata.get(_METADATA, "{}")).get("layers", {})
    except _PARSE_ERRORS:
        return {}
    return layers if isinstance(layers, dict) else {}


def _describe_levels(
    name: str,
    tensor: StoredTensor,
    stored: Mapping[str, StoredTensor],
    texts: Mapping[str, bytes],
    listed: Mapping[str, Any],
) -> Quantization | None:
    """Return the description of a weight that is quantised to 8 bits per number (fp8 or int8), or None for other
    weights. Raises Unreadable for an unsupported variant.
    """
    layer = name.removesuffix(".weight")
    stated = json.loads(texts[layer + _COMFY]) if layer + _COMFY in texts else listed.get(layer, {})
    form = stated.get("format")
    dtype = tensor.dtype
    if form in _COMFY_FP8 and dtype == "U8":
        dtype = _COMFY_FP8[form]
    if form in (*_TILED, W4A8) and layer + ".pre_quant_scale" not in stored:
        describe = _describe_w4a8 if form == W4A8 else _describe_tiled
        return describe(name, tensor, stored, stated)
    if form not in (None, "int8_tensorwise", *_COMFY_FP8) or layer + ".pre_quant_scale" in stored:
        other = Unreadable(_UNSAFE_CHARACTERS.sub("", str(form))[:40] if form else "a format with scaled inputs")
        other.shape = _read_original_shape(stated)
        raise other
    scale = next((layer + end for end in (*_SCALES, _ROW_SCALE) if layer + end in stored), "")
    scale_type = stored[scale].dtype if scale else ""
    if dtype not in (*_FP8, "I8"):
        if tensor.dtype == "U8" and layer + _SCALES[0] in stored:
            raise Unreadable(_name_four_bit_format(scale_type, layer, stored))
        return None
    if scale_type == _POWERS:
        raise Unreadable("mxfp8")
    if not scale:
        if dtype == "I8" and form is None:
            return None
        if form is not None:
            raise Unreadable(f"{form} without scales")
    rows = tensor.shape[0] if tensor.shape else 1
    is_whole = not scale or prod(stored[scale].shape) == 1
    if not is_whole and (scale_type not in _FLOATS or prod(stored[scale].shape) != rows):
        raise Unreadable("a format with scales of blocks")
    group = _read_rotated_group(stated, tensor.shape)
    unit = 1 / 127 if scale.endswith(_ROW_SCALE) else 1.0
    parts = (name, scale) if scale else (name,)
    return Quantization("int8" if dtype == "I8" else "fp8", dtype, tensor.shape, parts, {"unit": unit, "group": group})


def _describe_tiled(
    name: str, tensor: StoredTensor, stored: Mapping[str, StoredTensor], stated: Mapping[str, Any]
) -> Quantization:
    """Return the description of a weight that ComfyUI stored in nvfp4 or mxfp8, padded or not. Raises Unreadable if the
    tensors do not fit together.
    """
    kind = stated["format"]
    form = _TILED[kind]
    original = _read_original_shape(stated)
    parts = tuple(name.removesuffix(".weight") + suffix for suffix in form.parts)
    padded = (tensor.shape[0], tensor.shape[1] * form.packed) if len(tensor.shape) == 2 else ()
    shape = original or padded
    is_sound = (
        tensor.dtype in form.levels
        and not stated.get("convrot")
        and all(part in stored for part in parts)
        and len(shape) == len(padded) == 2
        and all(size in (own, _round_up(own, form.columns)) for size, own in zip(padded, shape, strict=True))
        and not padded[1] % form.columns
        and stored[parts[0]].dtype in form.scales
        and prod(stored[parts[0]].shape)
        == _round_up(padded[0], SCALE_TILE[0]) * _round_up(padded[1] // form.columns, SCALE_TILE[1])
        and all(stored[part].dtype in _FLOATS and prod(stored[part].shape) == 1 for part in parts[1:])
    )
    if not is_sound:
        error = Unreadable(kind)
        error.shape = original
        raise error
    return Quantization(kind, "U8", shape, (name, *parts), {"columns": float(form.columns), "tiled": 1.0})


def _describe_w4a8(
    name: str, tensor: StoredTensor, stored: Mapping[str, StoredTensor], stated: Mapping[str, Any]
) -> Quantization:
    """Return the description of a weight that ComfyUI stored with four bits a number, as indices of its int8 levels.
    Raises Unreadable for its other variants: six bits, and corrections of groups.
    """
    channel, relative, codebook, correction = (
        name.removesuffix(".weight") + suffix
        for suffix in (".weight_s_channel", ".weight_s_rel", ".weight_codebook", ".weight_correction")
    )
    shape = (tensor.shape[0], 2 * tensor.shape[1]) if len(tensor.shape) == 2 else ()
    size = stated.get("group_size", _W4A8_GROUP)
    parts = (name, channel, relative, *((codebook,) if codebook in stored else ()))
    is_sound = (
        tensor.dtype in ("I8", "U8")
        and len(shape) == 2
        and type(size) is int
        and size > 0
        and not shape[1] % size
        and all(part in stored for part in parts)
        and correction not in stored
        and stored[channel].shape == shape[:1]
        and stored[channel].dtype in _FLOATS
        and stored[relative].shape == (shape[0], shape[1] // size)
        and stored[relative].dtype in ("F8_E4M3", "U8", *_FLOATS)
        and all(stored[part].shape == (16,) and stored[part].dtype in _FLOATS for part in parts[3:])
    )
    if not is_sound:
        raise Unreadable(W4A8)
    # Weights of this format are always rotated.
    group = _read_rotated_group({**stated, "convrot": True}, shape)
    return Quantization(W4A8, "U8", shape, parts, {"unit": 1.0, "group": group, "columns": float(size)})


def _round_up(size: int, multiple: int) -> int:
    return -(-size // multiple) * multiple


def _name_four_bit_format(scale_type: str, layer: str, stored: Mapping[str, StoredTensor]) -> str:
    if layer + ".weight_scale_2" in stored:
        return "nvfp4"
    return "mxfp4" if scale_type == _POWERS else "an unknown format"


def _read_original_shape(stated: Mapping[str, Any]) -> Shape:
    """Return the shape of a weight that was padded before quantising, from its description, or () if it is unknown."""
    shape = stated.get("orig_shape")
    if not isinstance(shape, list) or len(shape) > MOST_AXES:
        return ()
    return tuple(shape) if all(type(size) is int and 0 < size < 2**32 for size in shape) else ()


def _read_rotated_group(stated: Mapping[str, Any], shape: tuple[int, ...]) -> int:
    """Return the number of columns in each group that ComfyUI rotated together before quantising a weight, or 0 if it
    was not rotated.
    """
    if not stated.get("convrot"):
        return 0
    group = stated.get("convrot_groupsize", _ROTATION_BLOCK)
    # The rotation is a Kronecker power of a matrix of four rows.
    if type(group) is not int or group not in (4, 16, 64, 256, 1024) or len(shape) != 2 or shape[1] % group:
        raise Unreadable("a rotated format")
    return group


def _describe_four_bits(
    name: str, tensor: StoredTensor, stored: Mapping[str, StoredTensor], texts: Mapping[str, bytes]
) -> Quantization | None:
    """Return the description of a weight that bitsandbytes quantised to 4 bits, or None for other weights. Raises
    Unreadable if its description is malformed.
    """
    kind = next((kind for kind in ("nf4", "fp4") if f"{name}{_FOUR_BITS}{kind}" in texts), None)
    if kind is None:
        return None
    state = json.loads(texts[f"{name}{_FOUR_BITS}{kind}"])
    shape = tuple(state["shape"])
    block = state["blocksize"]
    sizes = (*shape, block)
    if tensor.dtype != "U8" or any(type(size) is not int or not 0 < size <= 2**32 for size in sizes):
        raise Unreadable(kind)
    count = -(-prod(shape) // block)
    numbers = {"block": float(block)}
    parts = [name, f"{name}.quant_map", f"{name}.absmax"]
    expected = [(-(-prod(shape) // 2), "U8"), (16, "F32"), (count, "F32")]
    if f"{name}.nested_absmax" in stored:
        nested = state["nested_blocksize"]
        if type(nested) is not int or not 0 < nested <= 2**32:
            raise Unreadable(kind)
        numbers |= {"nested": float(nested), "offset": float(state["nested_offset"])}
        parts += [f"{name}.nested_quant_map", f"{name}.nested_absmax"]
        expected = [*expected[:2], (count, "U8"), (256, "F32"), (-(-count // nested), "F32")]
    for part, (size, dtype) in zip(parts, expected, strict=True):
        if prod(stored[part].shape) != size or stored[part].dtype != dtype:
            raise Unreadable(kind)
    return Quantization(kind, "U8", shape, tuple(parts), numbers)
