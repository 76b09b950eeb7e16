"""Frames, the messages in the pipes to and from a worker. A frame is JSON followed by binary data ("blobs")."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from typing import IO, Any

from gdm_studio.common.json_reader import parse_json
from gdm_studio.jobs.workers.shared_file import MIN_BYTES, Blob, SharedFile

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


def write(
    stream: IO[bytes], facts: dict[str, Any], blobs: Sequence[Blob] = (), shared: SharedFile | None = None
) -> None:
    """Write one message, with JSON fields `facts` and binary `blobs`, to the pipe between a worker and its parent
    process. Large blobs are written to the file `shared` instead, if there is one with room for them.

    Raises OSError if the process at the other end has ended, and BadFrame if the message is too large.
    """
    for part in pack(facts, blobs, shared):
        stream.write(part)
    stream.flush()


def pack(facts: dict[str, Any], blobs: Sequence[Blob] = (), shared: SharedFile | None = None) -> list[Blob]:
    """Serialise a message between a worker and its parent process, which consists of JSON fields (`facts`) and binary
    data (`blobs`). See `write` for `shared`.

    Return byte strings to be written in order. Raises BadFrame if the message is too large.
    """
    sizes = [len(blob) for blob in blobs]
    _check_sizes(sizes)
    facts = facts | {"sizes": sizes}
    if shared is not None and max(sizes, default=0) >= MIN_BYTES:
        pages = [shared.put(blob) if len(blob) >= MIN_BYTES else None for blob in blobs]
        facts["pages"] = pages
        blobs = [blob for blob, page in zip(blobs, pages, strict=True) if page is None]
    text = json.dumps(facts).encode()
    if len(text) > MAX_FACTS:
        raise BadFrame("a message is too long")
    return [LENGTH.pack(len(text)) + text, *blobs]


def read(
    stream: IO[bytes],
    received: Callable[[], object] = lambda: None,
    *,
    max_bytes: int = MAX_BYTES,
    shared: SharedFile | None = None,
) -> Frame | None:
    """Read the next message from a worker's pipe, or return None if the pipe is closed, even within a message. Calls
    `received` after every chunk of data. `shared` is the file into which the worker may write large blobs. Raises
    OSError, or BadFrame if the message is invalid or its blobs exceed `max_bytes`.
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
    sizes = facts["sizes"]
    blobs = []
    for size, page in zip(sizes, _read_pages(facts.pop("pages", None), len(sizes)), strict=True):
        blob = _read_exactly(stream, size, received) if page is None else _take(shared, page, size)
        if blob is None:
            return None
        blobs.append(blob)
    return facts, blobs


def _read_pages(pages: Any, count: int) -> list[int | None]:
    """Return the page of each blob in a shared file, or None for a blob that follows in the pipe."""
    if pages is None:
        return [None] * count
    if not isinstance(pages, list) or len(pages) != count:
        raise BadFrame("a message does not say where its data are")
    if any(page is not None and type(page) is not int for page in pages):
        raise BadFrame("a message does not say where its data are")
    return pages


def _take(shared: SharedFile | None, page: int, size: int) -> bytes:
    try:
        if shared is not None:
            return shared.take(page, size)
    except (OSError, ValueError) as error:
        raise BadFrame("the data of a message cannot be read") from error
    raise BadFrame("the data of a message are missing")


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
