"""Boxes within boxes: the form of AVIF (ISO 14496-12) and of content credentials (JUMBF, ISO 19566-5)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

MOST = 2000  # boxes side by side that are looked at
HEAD = 16  # bytes that a box begins with at most: its length, its kind, perhaps a longer length


@dataclass(frozen=True)
class Box:
    """Where the content of a box lies in the bytes that it is in."""

    kind: bytes
    start: int
    end: int


def box_at(head: bytes, start: int, end: int) -> Box:
    """The box that begins at `start` with these bytes, in a room up to `end`; raises ValueError where it is damaged."""
    if len(head) < 8:
        raise ValueError("it ends before")
    length, kind = struct.unpack_from(">I4s", head)
    begins = 8
    if length == 1:
        if len(head) < HEAD:
            raise ValueError("it ends before")
        length, begins = struct.unpack_from(">Q", head, 8)[0], HEAD
    length = length or end - start  # none: to the end
    if length < begins or start + length > end:
        raise ValueError("a box that is larger than what it is in")
    return Box(kind, start + begins, start + length)


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """Those side by side from `start` to `end`; raises ValueError at the first that is damaged."""
    end = len(data) if end is None else end
    for _ in range(MOST):
        if start + 8 > end:
            return
        box = box_at(data[start : min(start + HEAD, end)], start, end)
        yield box
        start = box.end
