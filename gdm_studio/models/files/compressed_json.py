"""Compressed JSON files (`.xz`), such as tables of words beside a model. Imports no torch."""

from __future__ import annotations

import json
import lzma
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from gdm_studio.common.atomic_files import write
from gdm_studio.common.errors import ModelError
from gdm_studio.models.dataclass_json import from_json
from gdm_studio.models.files.header import strict_json
from gdm_studio.models.files.read_errors import read_error

T = TypeVar("T")

# Memory limit of the decompressor in bytes.
MEMORY = 2**28


def read_packed_json(path: Path, max_bytes: int) -> dict[str, Any]:
    """Read a JSON object from a compressed file.

    Raises OSError, LZMAError or ValueError if the file is missing, damaged or larger than `max_bytes` when unpacked.
    """
    return strict_json(lzma.LZMADecompressor(memlimit=MEMORY).decompress(path.read_bytes(), max_bytes))


def read_packed_table(table: type[T], path: Path, max_bytes: int) -> T:
    """Read a table beside a model as the dataclass `table`. Raises ModelError if the file is missing or damaged."""
    try:
        return from_json(table, read_packed_json(path, max_bytes))
    except (OSError, lzma.LZMAError, ArithmeticError, ValueError, TypeError, RecursionError) as error:
        raise table_error(path, error) from error


def table_error(path: Path, error: BaseException) -> ModelError:
    """Return the error to show if a table beside a model could not be read."""
    return read_error(path, error, f"{path.name} is damaged or missing; copy the model's whole folder again.")


def write_packed_json(path: Path, data: Mapping[str, Any]) -> int:
    """Write a JSON object to a compressed file. Returns the size of the file in bytes. Raises StorageError."""
    packed = lzma.compress(json.dumps(data, ensure_ascii=False).encode(), preset=9 | lzma.PRESET_EXTREME)
    write(path, packed)
    return len(packed)
