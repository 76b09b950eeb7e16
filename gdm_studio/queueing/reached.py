"""How far an item has come, by the steps that are kept of it: their numbers are read without what they hold."""

from __future__ import annotations

import json
import struct
from contextlib import suppress

_LENGTH = struct.Struct("<Q")  # of a record, and of the head of the safetensors file in it


def reached(steps: bytes) -> int:
    """The last step that is whole of the picture in hand, 0 where there is none: what `Queue.steps` gave."""
    place = last = 0
    with suppress(struct.error, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        while place < len(steps):
            (length,) = _LENGTH.unpack_from(steps, place)
            (head,) = _LENGTH.unpack_from(steps, place + _LENGTH.size)
            begins = place + 2 * _LENGTH.size
            place += _LENGTH.size + length
            if place > len(steps):
                break
            told = json.loads(steps[begins : begins + head])["__metadata__"]
            if "step" in told:
                last = int(json.loads(told["step"])["index"])
    return last
