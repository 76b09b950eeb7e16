"""Detection of quantised weights (fp8, int8 and 4 bits) in safetensors files, by the tensors beside them.

Sources: ComfyUI's scaled fp8 (`scale_weight`), its later `comfy_quant` and `_quantization_metadata`, and bitsandbytes'
Linear4bit and Linear8bitLt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

from gdm_studio.models.files.header import Quantization, StoredTensor, is_auxiliary

# Maximum numbers of bytes of a tensor that contains JSON, and of all such tensors.
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
_FP8 = ("F8_E4M3", "F8_E5M2")
_COMFY_FP8 = {"float8_e4m3fn": "F8_E4M3", "float8_e5m2": "F8_E5M2"}
_FLOATS = ("F32", "F16", "BF16")
# Size of the blocks that are rotated together in int8 weights of ComfyUI.
_ROTATED = 256
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]")
_JUNK = (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError)


class Unreadable(Exception):
    """Error for a weight whose quantisation format is not supported. Its text is the name of the format."""


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
) -> tuple[dict[str, Quantization], dict[str, str]]:
    """Detect the quantised weights of a safetensors file. Returns two mappings from weight names: to descriptions, and
    to the names of unsupported formats.

    `texts` contains the contents of the tensors from `text_tensors`.
    """
    listed = _listed_layers(metadata)
    found: dict[str, Quantization] = {}
    unreadable: dict[str, str] = {}
    for name, tensor in stored.items():
        # Files in fp8 have no scales for biases and other tensors whose names do not end in "weight".
        if is_auxiliary(name) or not (name.endswith(".weight") or tensor.dtype in _FP8):
            continue
        try:
            quantization = _four_bits(name, tensor, stored, texts) or _levels(name, tensor, stored, texts, listed)
        except Unreadable as error:
            unreadable[name] = str(error)
        except _JUNK:
            unreadable[name] = "a malformed quantised format"
        else:
            if quantization is not None:
                found[name] = quantization
    return found, unreadable


def _listed_layers(metadata: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the quantisation format of each layer as listed in the metadata of a ComfyUI file, or {} if the list is
    malformed.
    """
    try:
        layers = json.loads(metadata.get(_METADATA, "{}")).get("layers", {})
    except _JUNK:
        return {}
    return layers if isinstance(layers, dict) else {}


def _levels(
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
    if form not in (None, "int8_tensorwise", *_COMFY_FP8) or layer + ".pre_quant_scale" in stored:
        raise Unreadable(_UNSAFE.sub("", str(form))[:40] if form else "a format with scaled inputs")
    if dtype not in (*_FP8, "I8"):
        if tensor.dtype == "U8" and layer + _SCALES[0] in stored:
            raise Unreadable("nvfp4" if layer + ".weight_scale_2" in stored else "an unknown format")
        return None
    rows = tensor.shape[0] if tensor.shape else 1
    scale = next((layer + end for end in (*_SCALES, _ROW_SCALE) if layer + end in stored), "")
    if scale and (stored[scale].dtype not in _FLOATS or prod(stored[scale].shape) not in (1, rows)):
        raise Unreadable("a format with scales of blocks")
    if dtype == "I8" and not scale:
        return None
    group = _rotated_group(stated, tensor.shape)
    unit = 1 / 127 if scale.endswith(_ROW_SCALE) else 1.0
    parts = (name, scale) if scale else (name,)
    return Quantization("int8" if dtype == "I8" else "fp8", dtype, tensor.shape, parts, {"unit": unit, "group": group})


def _rotated_group(stated: Mapping[str, Any], shape: tuple[int, ...]) -> int:
    """Return the number of columns in each group that ComfyUI rotated together before quantising a weight, or 0 if it
    was not rotated.
    """
    if not stated.get("convrot"):
        return 0
    group = stated.get("convrot_groupsize", _ROTATED)
    # The rotation is a Kronecker power of a matrix of four rows.
    if type(group) is not int or group not in (4, 16, 64, 256, 1024) or len(shape) != 2 or shape[1] % group:
        raise Unreadable("a rotated format")
    return group


def _four_bits(
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
