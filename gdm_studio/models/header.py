"""The header of a safetensors file, read as the JSON it is: names, shapes and metadata without torch."""

from __future__ import annotations

import json
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gdm_studio.atomic import open_file
from gdm_studio.errors import ModelError, StorageError

LIMIT = 16 * 2**20  # bytes of a header; those of the largest models have one


@dataclass(frozen=True)
class Header:
    """`shapes` by tensor name, and the file's free-form `metadata`."""

    shapes: dict[str, tuple[int, ...]]
    metadata: dict[str, str]


def read_header(path: Path) -> Header:
    """The header of the file; raises ModelError where it is missing, cut short or not safetensors."""
    try:
        with open_file(path) as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if not 2 <= length <= LIMIT:
                raise ValueError(length)
            entries, size = strict_json(file.read(length)), os.fstat(file.fileno()).st_size
        metadata = entries.pop("__metadata__", {})
        if not isinstance(metadata, dict) or not all(isinstance(text, str) for text in metadata.values()):
            raise TypeError(metadata)
        shapes, ends = {}, [0]
        for name, entry in entries.items():
            shape, (begin, end) = tuple(entry["shape"]), entry["data_offsets"]
            if any(type(count) is not int or count < 0 for count in (*shape, begin, end)) or begin > end:
                raise ValueError(entry)
            shapes[name] = shape
            ends.append(end)
    except StorageError as error:
        raise ModelError(str(error)) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, struct.error) as error:
        raise ModelError(f"{path.name} is not a safetensors file; choose another model file.") from error
    if 8 + length + max(ends) > size:
        raise ModelError(f"{path.name} is cut short; copy or download it again.")
    return Header(shapes, metadata)


def strict_json(data: bytes | str) -> Any:
    """What JSON says, if it says one thing: raises ValueError for NaN, infinities, and a key that is there twice."""
    return json.loads(data, object_pairs_hook=_each_once, parse_constant=_refused)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _refused(name: str) -> float:
    raise ValueError(f"{name} is no number")
