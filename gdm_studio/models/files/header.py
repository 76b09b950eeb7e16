"""Headers of weight files: tensors, their location in the file, and metadata. Does not import torch."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import prod
from typing import Any, NamedTuple

from gdm_studio.common.errors import ModelError
from gdm_studio.common.translation_markers import translatable

# Bytes of an element of each type, under the names of safetensors.
BYTES = {
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "F8_E4M3FNUZ": 1, "F8_E5M2FNUZ": 1, "F8_E8M0": 1,
    "I16": 2, "U16": 2, "F16": 2, "BF16": 2, "I32": 4, "U32": 4, "F32": 4, "I64": 8, "U64": 8, "F64": 8,
}  # fmt: skip
INTEGERS = ("BOOL", "U8", "I8", "I16", "U16", "I32", "U32", "I64", "U64")
# Bits of an element of the other types of safetensors, which cannot be read.
OTHER_BITS = {"F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "C64": 64}
# Weights per block and bytes per block of each GGML type in which quantised weights are stored.
BLOCKS = {
    "Q4_0": (32, 18), "Q4_1": (32, 20), "Q5_0": (32, 22), "Q5_1": (32, 24), "Q8_0": (32, 34), "Q2_K": (256, 84),
    "Q3_K": (256, 110), "Q4_K": (256, 144), "Q5_K": (256, 176), "Q6_K": (256, 210), "IQ4_NL": (32, 18),
    "IQ4_XS": (256, 136), "MXFP4": (32, 17), "NVFP4": (64, 36), "TQ1_0": (256, 54), "TQ2_0": (256, 66),
    "IQ1_S": (256, 50), "IQ1_M": (256, 56), "IQ2_XXS": (256, 66), "IQ2_XS": (256, 74), "IQ2_S": (256, 82),
    "IQ3_XXS": (256, 98), "IQ3_S": (256, 110),
}  # fmt: skip
# Rows and columns of a tile of scales, in the layout of cuBLAS.
SCALE_TILE = (128, 4)
# Name of ComfyUI's format with indices of four bits for levels of eight bits.
W4A8 = "asym_w4a8_int8"
MOST_AXES = 64
# Maximum number of characters of a tensor's name.
LONGEST_NAME = 500
# Prefix of averaged weights, whose names have no further dots (LitEma of CompVis/latent-diffusion).
EMA = "model_ema."
# Last components of the tensor names that ComfyUI, bitsandbytes and optimum-quanto write beside quantised weights.
_BESIDE_WEIGHTS = frozenset({
    "scaled_fp8", "scale_weight", "scale_input", "weight_scale", "weight_scale_2", "input_scale", "output_scale",
    "weight_s_rel", "weight_s_channel", "weight_codebook", "weight_correction", "pre_quant_scale", "comfy_quant", "SCB",
    "weight_format", "absmax", "quant_map", "nested_absmax", "nested_quant_map", "bitsandbytes__nf4",
    "bitsandbytes__fp4", "_data", "_scale", "_shift",
})  # fmt: skip


# Contents of small tensors, by name.
Texts = Mapping[str, bytes]


class Damaged(ValueError):
    """Error for a damaged weight file. Its message states the reason, and follows "… is damaged:" in the message shown
    to the user.
    """


class StoredTensor(NamedTuple):
    """Location and type of a tensor inside a weight file. The tensor is contiguous unless it has `strides` (in
    elements).
    """

    # A key of BYTES or of BLOCKS. Quantised types have no strides.
    dtype: str
    shape: tuple[int, ...]
    # Offset of the first element in the file, in bytes.
    begin: int
    strides: tuple[int, ...] | None = None

    @property
    def size(self) -> int:
        """Return the tensor's size in bytes, without gaps between its elements."""
        weights, size = BLOCKS.get(self.dtype) or (1, BYTES[self.dtype])
        return prod(self.shape) // weights * size

    @property
    def end(self) -> int:
        """Return the offset, in bytes, at which the tensor's data end in the file."""
        if self.strides is None or 0 in self.shape:
            return self.begin + self.size
        last = sum(stride * (count - 1) for stride, count in zip(self.strides, self.shape, strict=True))
        return self.begin + (last + 1) * BYTES[self.dtype]


class Quantization(NamedTuple):
    """Description of a quantised weight. Its levels and scales are stored in several tensors of a file."""

    # "fp8", "int8", "int4", "int2", "nf4", "fp4", "nvfp4", "mxfp8" or W4A8.
    kind: str
    # Type of the levels, a key of BYTES.
    dtype: str
    # Shape of the weight.
    shape: tuple[int, ...]
    # Names of the tensors: first the levels, then their scales.
    parts: tuple[str, ...]
    # Numbers that `scaled_quantization`, `tiled_quantization` or `affine_quantization` needs.
    numbers: Mapping[str, float]
    # Type to which the writing tool rounds the weight, a key of BYTES, or "" for fp32.
    rounded: str = ""


class FoundQuantizations(NamedTuple):
    """Quantised weights of a file: descriptions of the readable ones, and the formats of the others, by weight name."""

    readable: Mapping[str, Quantization] = {}
    unreadable: Mapping[str, str] = {}
    # Shapes of unreadable weights whose stored tensors have other shapes.
    shapes: Mapping[str, tuple[int, ...]] = {}
    # Names of tensors that are only parts of weights with other names.
    parts: frozenset[str] = frozenset()
    # Name of the tensor with the levels of each of these weights.
    levels: Mapping[str, str] = {}

    def of(self, stored: Mapping[str, StoredTensor]) -> FoundQuantizations:
        """Return the weights whose quantised values are in `stored`, the tensors of one file."""
        inside = {weight for weight, name in self.levels.items() if name in stored}
        return FoundQuantizations(
            {name: each for name, each in self.readable.items() if name in inside},
            {name: each for name, each in self.unreadable.items() if name in inside},
            {name: each for name, each in self.shapes.items() if name in inside},
            self.parts,
            self.levels,
        )


@dataclass(frozen=True)
class Header:
    """Header of a weight file: the shapes of its weights by name, its metadata, and the location of the data."""

    # Without averages of other weights, and without scales of quantised weights.
    shapes: dict[str, tuple[int, ...]]
    metadata: dict[str, str]
    stored: Mapping[str, StoredTensor] = field(default_factory=dict)
    # Size of the file's own header in bytes.
    bytes: int = 0
    # Types of the weights that cannot be read, by weight name.
    unreadable: Mapping[str, str] = field(default_factory=dict)
    # Weights that are stored in several tensors, by name.
    quantized: Mapping[str, Quantization] = field(default_factory=dict)
    # Contents of the small tensors that describe quantised weights, by name.
    texts: Texts = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        stored: Mapping[str, StoredTensor],
        metadata: dict[str, str],
        size: int,
        found: FoundQuantizations | None = None,
        texts: Texts | None = None,
    ) -> Header:
        """Create the header object for a file that contains the given tensors. The file's own header takes `size`
        bytes.
        """
        found = found or FoundQuantizations()
        plain = (name for name in stored if not is_auxiliary(name) and name not in found.parts)
        shapes = {name: stored[name].shape for name in plain}
        shapes |= {name: each.shape for name, each in found.readable.items()}
        shapes |= found.shapes
        return cls(shapes, metadata, stored, size, found.unreadable, found.readable, texts or {})

    @property
    def storage(self) -> str:
        """Return the quantisation format in which most weights are stored, such as "Q5_K", or "" for a file that is not
        quantised.

        A file counts as quantised only if more than half of its weights are.
        """
        counts: Counter[str] = Counter()
        for name, shape in self.shapes.items():
            counts[self._storage_format(name)] += prod(shape)
        plain = counts.pop("", 0)
        return counts.most_common(1)[0][0] if counts.total() > plain else ""

    def is_integer(self, name: str) -> bool:
        """Return True if a weight is stored as integers or truth values without scales, as no network's weights are."""
        return name in self.stored and name not in self.quantized and self.stored[name].dtype in INTEGERS

    def quantized_bytes(self, name: str) -> int:
        """Return the number of bytes that a quantised weight takes in the file, without its scales, or 0 if the weight
        is not quantised.
        """
        if name in self.quantized:
            name = self.quantized[name].parts[0]
        elif not self._storage_format(name):
            return 0
        return self.stored[name].size if name in self.stored else 0

    def _storage_format(self, name: str) -> str:
        if name in self.unreadable:
            return self.unreadable[name]
        if name in self.quantized:
            return self.quantized[name].kind
        dtype = self.stored[name].dtype if name in self.stored else ""
        return dtype if dtype in BLOCKS else ""


def is_auxiliary(name: str) -> bool:
    """Return True if a tensor is not itself a weight but supplements one: a moving average, a scale, or the description
    of a scale.
    """
    return name.startswith(EMA) or name.rpartition(".")[2] in _BESIDE_WEIGHTS


def unreadable_error(file: str, storage: str) -> ModelError:
    """Return the error for a model file whose weights have an unsupported quantisation format, named by `storage`."""
    return ModelError(f"{file} has weights in {storage}, which cannot be read; choose a file in another format.")


def integer_error(file: str, name: str) -> ModelError:
    """Return the error for a file in which a weight is stored as integers without scales."""
    return ModelError(
        translatable(
            "{file} has integers without scales at {name!r}, which no weights are; choose another file.",
            file=file,
            name=name[:80],
        )
    )


def ema_name(name: str) -> str:
    """Return the name under which a checkpoint stores the moving average (EMA) of a weight: "model_ema.ab" for
    "model.a.b".
    """
    return EMA + name.removeprefix("model.").replace(".", "")


def check_no_overlap(tensors: Iterable[StoredTensor]) -> None:
    """Raise Damaged if the data of two tensors overlap in the file, which only happens in malicious or damaged
    files.
    """
    places = sorted((tensor.begin, tensor.end) for tensor in tensors if tensor.size)
    if any(later < end for (_, end), (later, _) in pairwise(places)):
        raise Damaged("tensors overlap")


def strict_json(data: bytes | str, *, is_finite: bool = True) -> Any:
    """Parse JSON from an untrusted file. Raises ValueError for duplicate keys, which Python's parser would accept, and
    for NaN and infinities if all numbers must be finite.
    """
    constant = _reject_constant if is_finite else None
    return json.loads(data, object_pairs_hook=_reject_duplicates, parse_constant=constant)


def _reject_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key occurs twice")
    return found


def _reject_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number")
