"""The records of a file of steps, one behind another: each its length and a safetensors file."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator

_LENGTH = struct.Struct("<Q")  # of a record, and of the head of the safetensors file in it


def framed(data: bytes) -> bytes:
    """A record of a safetensors file, to be put behind others."""
    return _LENGTH.pack(len(data)) + data


def is_bare(data: bytes) -> bool:
    """Whether it is a safetensors file itself, as 0.1.0 kept steps, and no record of one."""
    return data[_LENGTH.size : _LENGTH.size + 1] == b"{"


def unframed(data: bytes) -> Iterator[memoryview]:
    """The safetensors file in each record; raises ValueError or struct.error where one is torn, or there is none."""
    place, whole = 0, memoryview(data)
    while not place or place < len(data):
        (length,) = _LENGTH.unpack_from(data, place)
        place += _LENGTH.size + length
        if place > len(data):
            raise ValueError("torn")
        yield whole[place - length : place]


def told(record: bytes | memoryview) -> dict[str, str]:
    """What a safetensors file says beside its tensors, which stay unread; raises what one that lies gives cause for."""
    (length,) = _LENGTH.unpack_from(record)
    return dict(json.loads(bytes(record[_LENGTH.size : _LENGTH.size + length])).get("__metadata__", {}))
