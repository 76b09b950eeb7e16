"""Headers of files in the safetensors format. Does not import torch."""

from __future__ import annotations

import struct
from math import prod
from pathlib import Path
from typing import IO, Any

from gdm_studio.common.errors import ModelError
from gdm_studio.common.translation_markers import translatable
from gdm_studio.models.files.header import (
    BYTES,
    LONGEST_NAME,
    MOST_AXES,
    OTHER_BITS,
    Damaged,
    Header,
    StoredTensor,
    check_no_overlap,
    strict_json,
)
from gdm_studio.models.weight_storage.quantization_detection import find_quantizations, text_tensors

# Maximum number of bytes of a header. Headers of the largest models have 1 MiB, and parsed JSON takes thirty times the
# memory.
LIMIT = 8 * 2**20
# Maximum number of objects in the JSON of a header, which has one object per tensor.
MOST_OBJECTS = 200_000
_PARSE_ERRORS = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError, struct.error)


def read_safetensors(path: Path, file: IO[bytes], head: bytes, size: int) -> Header:
    """Parse the header of an open safetensors file of `size` bytes, whose first eight bytes are `head`. Raises
    ModelError if it is damaged.
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
        tensors = {_check_name(name): _parse_tensor(entry, 8 + length) for name, entry in entries.items()}
        others = {name: entry for name, entry in entries.items() if entry["dtype"] in OTHER_BITS}
    except ModelError as error:
        raise ModelError(f"{path.name} {error}") from error
    except _PARSE_ERRORS as error:
        raise ModelError(
            translatable("{name} is not a model file, or it is damaged; choose another file.", name=path.name)
        ) from error
    if max((tensor.end for tensor in tensors.values()), default=0) > size:
        raise ModelError(translatable("{name} is cut short; copy or download it again.", name=path.name))
    try:
        check_no_overlap(tensors.values())
    except Damaged as error:
        raise ModelError(f"{path.name} is damaged: {error}; copy or download it again.") from error
    texts = {}
    for name, tensor in text_tensors(tensors):
        file.seek(tensor.begin)
        texts[name] = file.read(tensor.size)
    found = find_quantizations(tensors, metadata, texts)
    # A format with a description gets a better name than its number type.
    found = found._replace(
        unreadable={name: entry["dtype"] for name, entry in others.items()} | dict(found.unreadable),
        shapes={name: tuple(entry["shape"]) for name, entry in others.items()} | dict(found.shapes),
    )
    return Header.of(tensors, metadata, length, found, texts)


def _check_name(name: str) -> str:
    name.encode()  # raises ValueError for a lone surrogate, which can be neither shown nor written
    if len(name) > LONGEST_NAME:
        raise ValueError("a name is too long")
    return name


def _parse_tensor(entry: dict[str, Any], start: int) -> StoredTensor:
    dtype = entry["dtype"]
    shape = tuple(entry["shape"])
    begin, end = entry["data_offsets"]
    if any(type(count) is not int or count < 0 for count in (*shape, begin, end)) or len(shape) > MOST_AXES:
        raise ValueError(entry)
    if not isinstance(dtype, str) or dtype not in (*BYTES, *OTHER_BITS):
        raise ModelError(f"has tensors of the unknown type {str(dtype)[:20]!r}; choose another file.")
    if dtype in OTHER_BITS:
        # Types that cannot be read, some of which pack several numbers into a byte, are located as bytes.
        if prod(shape) * OTHER_BITS[dtype] != 8 * (end - begin):
            raise ValueError(entry)
        return StoredTensor("U8", (end - begin,), start + begin)
    tensor = StoredTensor(dtype, shape, start + begin)
    if tensor.size != end - begin:
        raise ValueError(entry)
    return tensor
