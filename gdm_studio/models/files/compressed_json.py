"""Compressed JSON files (`.xz`), such as tables of words beside a model. Imports no torch."""

from __future__ import annotations

import json
import lzma
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gdm_studio.common.atomic_files import write
from gdm_studio.models.files.header import strict_json

# Memory limit of the decompressor in bytes.
MEMORY = 2**28


def read_packed_json(path: Path, max_bytes: int) -> dict[str, Any]:
    """Read a JSON object from a compressed file.

    Raises OSError, LZMAError or ValueError if the file is missing, damaged or larger than `max_bytes` when unpacked.
    """
    return strict_json(lzma.LZMADecompressor(memlimit=MEMORY).decompress(path.read_bytes(), max_bytes))


def write_packed_json(path: Path, data: Mapping[str, Any]) -> int:
    """Write a JSON object to a compressed file. Returns the size of the file in bytes. Raises StorageError."""
    packed = lzma.compress(json.dumps(data, ensure_ascii=False).encode(), preset=9 | lzma.PRESET_EXTREME)
    write(path, packed)
    return len(packed)
