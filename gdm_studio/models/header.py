"""The header of a safetensors file, read as the JSON it is: names, shapes and metadata without torch."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path

from gdm_studio import atomic
from gdm_studio.errors import ModelError, StorageError

LIMIT = 100_000_000  # bytes; the format's own limit on a header


@dataclass(frozen=True)
class Header:
    """`shapes` by tensor name, and the file's free-form `metadata`."""

    shapes: dict[str, tuple[int, ...]]
    metadata: dict[str, str]


def read_header(path: Path) -> Header:
    """The header of the file; raises ModelError where it is missing, cut short or not safetensors."""
    try:
        with atomic.open_file(path) as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if not 2 <= length <= LIMIT:
                raise ValueError(length)
            entries = json.loads(file.read(length))
            metadata = entries.pop("__metadata__", {})
            if not isinstance(metadata, dict):
                raise TypeError(metadata)
            shapes = {name: tuple(entry["shape"]) for name, entry in entries.items()}
            ends = [entry["data_offsets"][1] for entry in entries.values()]
            if 8 + length + max(ends, default=0) > path.stat().st_size:
                raise ModelError(f"{path.name} is cut short; copy or download it again.")
            return Header(shapes, metadata)
    except StorageError as error:
        raise ModelError(str(error)) from error
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error.strerror}); check the path.") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, struct.error) as error:
        raise ModelError(f"{path.name} is not a safetensors file; choose another model file.") from error
