"""Records in a file of saved steps. Each record is a length followed by a safetensors file, so records can be
appended.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from gdm_studio.common.json_reader import parse_json

# Format of the word attention record, which is not part of any step and follows all steps.
ATTENTION = "gdm-studio attention"

# Length of a record, and of the header of the safetensors file in it.
_LENGTH = struct.Struct("<Q")


def pack(data: bytes) -> bytes:
    """Prefix a safetensors file with its length, so that it can be appended to a file of saved steps."""
    return _LENGTH.pack(len(data)) + data


def is_unpacked(data: bytes) -> bool:
    """Return True if `data` is a single safetensors file without a length prefix, as version 0.1.0 saved denoising
    steps.
    """
    return data[_LENGTH.size : _LENGTH.size + 1] == b"{"


def unpack(data: bytes) -> Iterator[memoryview]:
    """Yield each safetensors file in a file of saved steps.

    Raises ValueError or struct.error if the data are truncated or empty.
    """
    view = memoryview(data)
    place = 0
    while not place or place < len(data):
        (length,) = _LENGTH.unpack_from(data, place)
        place += _LENGTH.size + length
        if place > len(data):
            raise ValueError("torn")
        yield view[place - length : place]


def read_header(record: bytes | memoryview) -> dict[str, str]:
    """Return the metadata of a safetensors file without reading its tensors.

    Raises one of MALFORMED if it is damaged.
    """
    (length,) = _LENGTH.unpack_from(record)
    header = parse_json(bytes(record[_LENGTH.size : _LENGTH.size + length]))
    return dict(header.get("__metadata__", {}))
