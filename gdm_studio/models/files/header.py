"""Headers of weight files: tensors and metadata. Reads the safetensors format without torch."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import prod
from pathlib import Path
from typing import IO, Any, NamedTuple

from gdm_studio.common.errors import ModelError

# Bytes of an element of each type, under the names of safetensors.
BYTES = {
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "I16": 2, "U16": 2, "F16": 2, "BF16": 2,
    "I32": 4, "U32": 4, "F32": 4, "I64": 8, "U64": 8, "F64": 8,
}  # fmt: skip
MOST_AXES = 64
# Characters of a tensor's name.
LONGEST_NAME = 500
# Prefix of averaged weights, whose names have no further dots (LitEma of CompVis/latent-diffusion).
EMA = "model_ema."
# Tensors that ComfyUI writes beside fp8 weights.
FP8_MARK, FP8_SCALE = "scaled_fp8", (".scale_weight", ".scale_input")
# Bytes of a header. Those of the largest models have 1 MiB, and parsed JSON takes thirty times the memory.
LIMIT = 8 * 2**20
# Objects in the JSON of a header, which has one for each tensor.
MOST_OBJECTS = 200_000
_JUNK = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError, struct.error)


class Damaged(ValueError):
    """Error for a damaged file; its text continues the sentence "… is damaged:"."""


class StoredTensor(NamedTuple):
    """A tensor in a file. It is contiguous unless it has `strides`, which are counted in elements."""

    # A key of BYTES.
    dtype: str
    shape: tuple[int, ...]
    # Offset of the first element in the file, in bytes.
    begin: int
    strides: tuple[int, ...] | None = None

    @property
    def size(self) -> int:
        """Return the size of a contiguous copy in bytes."""
        return prod(self.shape) * BYTES[self.dtype]

    @property
    def end(self) -> int:
        """Return the file offset after its last element."""
        if self.strides is None or 0 in self.shape:
            return self.begin + self.size
        last = sum(stride * (count - 1) for stride, count in zip(self.strides, self.shape, strict=True))
        return self.begin + (last + 1) * BYTES[self.dtype]


@dataclass(frozen=True)
class Header:
    """The header of a weight file: `shapes` of the weights by name, `metadata`, and the location of the data."""

    # Without averages of other weights and scales of fp8 weights.
    shapes: dict[str, tuple[int, ...]]
    metadata: dict[str, str]
    stored: Mapping[str, StoredTensor] = field(default_factory=dict)
    # Bytes of the file that describe the tensors.
    bytes: int = 0

    @classmethod
    def of(cls, stored: Mapping[str, StoredTensor], metadata: dict[str, str], size: int) -> Header:
        """Return the header of a file with these tensors, whose description takes `size` bytes of the file."""
        shapes = {name: tensor.shape for name, tensor in stored.items() if not is_auxiliary(name)}
        return cls(shapes, metadata, stored, size)


def is_auxiliary(name: str) -> bool:
    """Return True if a tensor belongs to another weight: its moving average or its scale."""
    return name.startswith(EMA) or name == FP8_MARK or name.endswith(FP8_SCALE)


def ema_name(name: str) -> str:
    """Return the name of a weight's moving average in a whole model: "model_ema.ab" for "model.a.b"."""
    return EMA + name.removeprefix("model.").replace(".", "")


def check_no_overlap(tensors: Iterable[StoredTensor]) -> None:
    """Raise Damaged if two tensors overlap in the file."""
    places = sorted((tensor.begin, tensor.end) for tensor in tensors if tensor.size)
    if any(later < end for (_, end), (later, _) in pairwise(places)):
        raise Damaged("tensors overlap")


def read_safetensors(path: Path, file: IO[bytes], head: bytes, size: int) -> Header:
    """Return the header of an open safetensors file of `size` bytes, whose first eight bytes are `head`.

    Raises ModelError.
    """
    try:
        (length,) = struct.unpack("<Q", head)
        if not 2 <= length <= LIMIT:
            raise ValueError(length)
        data = file.read(length)
        if data.count(b"{") > MOST_OBJECTS:
            raise ValueError("too many objects")
        entries = strict_json(data)
        metadata = entries.pop("__metadata__", {})
        if not isinstance(metadata, dict) or not all(isinstance(text, str) for text in metadata.values()):
            raise TypeError(metadata)
        tensors = {_name(name): _tensor(entry, 8 + length) for name, entry in entries.items()}
    except ModelError as error:
        raise ModelError(f"{path.name} {error}") from error
    except _JUNK as error:
        raise ModelError(f"{path.name} is not a model file, or it is damaged; choose another file.") from error
    if max((tensor.end for tensor in tensors.values()), default=0) > size:
        raise ModelError(f"{path.name} is cut short; copy or download it again.")
    try:
        check_no_overlap(tensors.values())
    except Damaged as error:
        raise ModelError(f"{path.name} is damaged: {error}; copy or download it again.") from error
    return Header.of(tensors, metadata, length)


def _name(name: str) -> str:
    name.encode()  # raises ValueError for a lone surrogate, which can be neither shown nor written
    if len(name) > LONGEST_NAME:
        raise ValueError("a name is too long")
    return name


def _tensor(entry: dict[str, Any], start: int) -> StoredTensor:
    dtype = entry["dtype"]
    shape = tuple(entry["shape"])
    begin, end = entry["data_offsets"]
    if any(type(count) is not int or count < 0 for count in (*shape, begin, end)) or len(shape) > MOST_AXES:
        raise ValueError(entry)
    if not isinstance(dtype, str) or dtype not in BYTES:
        raise ModelError(f"has tensors of the unknown type {str(dtype)[:20]!r}; choose another file.")
    tensor = StoredTensor(dtype, shape, start + begin)
    if tensor.size != end - begin:
        raise ValueError(entry)
    return tensor


def strict_json(data: bytes | str) -> Any:
    """Parse JSON; raise ValueError for NaN, infinities and duplicate keys."""
    return json.loads(data, object_pairs_hook=_each_once, parse_constant=_refused)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key occurs twice")
    return found


def _refused(name: str) -> float:
    raise ValueError(f"{name} is not a number")
