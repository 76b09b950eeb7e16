"""Parser of nested boxes, the structure of AVIF files (ISO 14496-12) and content credentials (JUMBF, ISO 19566-5)."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

# Maximum number of adjacent boxes that are read.
MAX_BOXES = 2000
# Maximum bytes of the header of a box: its length, its kind and an optional 64-bit length.
HEAD = 16
# Maximum size in bytes of the box that describes the items of an AVIF file.
_MAX_META = 2**20


@dataclass(frozen=True)
class Box:
    """A box in an AVIF file or in content credentials: its kind, and the start and end of its content as offsets into
    the surrounding bytes.
    """

    kind: bytes
    start: int
    end: int


def box_at(head: bytes, start: int, end: int) -> Box:
    """Parse the header of the box that starts at offset `start` of an AVIF file or of content credentials, inside a
    container that ends at `end`. Raises ValueError if the header is damaged.
    """
    if len(head) < 8:
        raise ValueError("the box ends early")
    length, kind = struct.unpack_from(">I4s", head)
    header = 8
    if length == 1:
        if len(head) < HEAD:
            raise ValueError("the box ends early")
        (length,) = struct.unpack_from(">Q", head, 8)
        header = HEAD
    # A length of 0 means up to the end.
    length = length or end - start
    if length < header or start + length > end:
        raise ValueError("the box is larger than its container")
    return Box(kind, start + header, start + length)


def iter_boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """Yield the consecutive boxes between the offsets `start` and `end` of an AVIF file or of content credentials.

    Raises ValueError at a damaged box.
    """
    end = len(data) if end is None else end
    for _ in range(MAX_BOXES):
        if start + 8 > end:
            return
        box = box_at(data[start : min(start + HEAD, end)], start, end)
        yield box
        start = box.end


def iter_contents(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield (kind, content) of the consecutive boxes in the bytes of an AVIF file. Raises ValueError at a damaged
    box.
    """
    return ((box.kind, data[box.start : box.end]) for box in iter_boxes(data))


def read_meta_box(file: BinaryIO) -> dict[bytes, bytes]:
    """Return the boxes inside the `meta` box of an AVIF file, which describes its items, as {kind: content}. If it is
    missing or larger than _MAX_META, return {}.

    Raises OSError, and ValueError or struct.error at a damaged box.
    """
    at = 0
    end = file.seek(0, io.SEEK_END)
    for _ in range(MAX_BOXES):
        if at + 8 > end:
            break
        file.seek(at)
        box = box_at(file.read(HEAD), at, end)
        at = box.end
        if box.kind == b"meta" and 4 <= box.end - box.start <= _MAX_META:
            file.seek(box.start + 4)
            # Reversed, so that the first of two boxes of a kind counts.
            return dict(reversed(list(iter_contents(file.read(box.end - box.start - 4)))))
    return {}
