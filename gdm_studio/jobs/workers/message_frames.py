"""Frames, the messages in the pipes to and from a worker. A frame is JSON followed by binary data ("blobs")."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from typing import IO, Any

from gdm_studio.common.json_reader import parse_json

# Length of the JSON, which follows it.
LENGTH = struct.Struct("<I")
# Maximum bytes of JSON in a frame.
MAX_FACTS = 16 * 2**20
MAX_BLOBS = 10_000
# Maximum bytes of all blobs of a frame together.
MAX_BYTES = 4 * 2**30
_CHUNK = 2**20

Frame = tuple[dict[str, Any], list[bytes]]


class BadFrame(Exception):
    """Error for an invalid message in the pipe to or from a worker process. Its text is a short reason."""


def write(stream: IO[bytes], facts: dict[str, Any], blobs: Sequence[bytes] = ()) -> None:
    """Write one message, with JSON fields `facts` and binary `blobs`, to the pipe between a worker and its parent
    process.

    Raises OSError if the process at the other end has ended, and BadFrame if the message is too large.
    """
    for part in pack(facts, blobs):
        stream.write(part)
    stream.flush()


def pack(facts: dict[str, Any], blobs: Sequence[bytes] = ()) -> list[bytes]:
    """Serialise a message between a worker and its parent process, which consists of JSON fields (`facts`) and binary
    data (`blobs`).

    Return byte strings to be written in order. Raises BadFrame if the message is too large.
    """
    sizes = [len(blob) for blob in blobs]
    text = json.dumps(facts | {"sizes": sizes}).encode()
    if len(text) > MAX_FACTS:
        raise BadFrame("a message is too long")
    _check_sizes(sizes)
    return [LENGTH.pack(len(text)) + text, *blobs]


def read(
    stream: IO[bytes], received: Callable[[], object] = lambda: None, *, max_bytes: int = MAX_BYTES
) -> Frame | None:
    """Read the next message from a worker's pipe, or return None if the pipe is closed, even within a message. Calls
    `received` after every chunk of data. Raises OSError, or BadFrame if the message is invalid or its blobs exceed
    `max_bytes`.
    """
    if (head := _read_exactly(stream, LENGTH.size, received)) is None:
        return None
    (length,) = LENGTH.unpack(head)
    if length > MAX_FACTS:
        raise BadFrame("a message is too long")
    if (text := _read_exactly(stream, length, received)) is None:
        return None
    try:
        facts = parse_json(text)
    except ValueError as error:
        raise BadFrame("a message is not JSON") from error
    if not isinstance(facts, dict):
        raise BadFrame("a message is not an object")
    _check_sizes(facts.get("sizes"), max_bytes)
    blobs = []
    for size in facts["sizes"]:
        if (blob := _read_exactly(stream, size, received)) is None:
            return None
        blobs.append(blob)
    return facts, blobs


def _check_sizes(sizes: Any, max_bytes: int = MAX_BYTES) -> None:
    if not isinstance(sizes, list) or len(sizes) > MAX_BLOBS:
        raise BadFrame("a message does not say how much data follows")
    if any(type(size) is not int or size < 0 for size in sizes) or sum(sizes) > max_bytes:
        raise BadFrame("a message has an impossible size")


def _read_exactly(stream: IO[bytes], size: int, received: Callable[[], object]) -> bytes | None:
    """Read exactly `size` bytes from a pipe, or return None if it ends earlier.

    Data are read in chunks, so that a wrong size does not allocate memory.
    """
    parts = []
    left = size
    while left:
        if not (part := stream.read(min(left, _CHUNK))):
            return None
        received()
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
