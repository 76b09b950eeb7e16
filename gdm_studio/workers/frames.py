"""What goes through the pipe between the program and a worker: facts as JSON, then raw bytes."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from typing import IO, Any

LENGTH = struct.Struct("<I")  # of the JSON, before it

Frame = tuple[dict[str, Any], list[bytes]]


def write(stream: IO[bytes], facts: dict[str, Any], blobs: Sequence[bytes] = ()) -> None:
    """Raises OSError where nobody reads any more."""
    text = json.dumps(facts | {"sizes": [len(blob) for blob in blobs]}).encode()
    stream.write(LENGTH.pack(len(text)) + text)
    for blob in blobs:
        stream.write(blob)
    stream.flush()


def read(stream: IO[bytes]) -> Frame | None:
    """The next one; None where the writer has ended, be it in the middle of one."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    text = stream.read(length)
    if len(text) < length:
        return None
    facts = json.loads(text)
    blobs = [stream.read(size) for size in facts["sizes"]]
    whole = all(len(blob) == size for blob, size in zip(blobs, facts["sizes"], strict=True))
    return (facts, blobs) if whole else None
