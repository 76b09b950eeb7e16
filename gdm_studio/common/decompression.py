"""Decompression of data whose size is known, from files that may be damaged or hostile."""

from __future__ import annotations

import lzma
import zlib

# Maximum memory in bytes that the decompressor may use.
MEMORY = 2**28


def unpack(packed: bytes, size: int) -> bytes:
    """Decompress xz data to exactly `size` bytes. Raises ValueError if it is damaged or shorter; further data is
    ignored.
    """
    try:
        whole = lzma.LZMADecompressor(memlimit=MEMORY).decompress(packed, size)
    except lzma.LZMAError as error:
        raise ValueError("its compressed data is damaged") from error
    if len(whole) != size:
        raise ValueError("its compressed data is cut short")
    return whole


def inflate(packed: bytes, size: int) -> bytes:
    """Decompress zlib data to exactly `size` bytes. Raises ValueError if it is damaged, shorter or longer."""
    unpacker = zlib.decompressobj()
    try:
        # One byte more, so that the checksum at the end is read.
        whole = unpacker.decompress(packed, size + 1)
    except zlib.error as error:
        raise ValueError("its compressed data is damaged") from error
    if len(whole) != size or not unpacker.eof:
        raise ValueError("its compressed data has another size")
    return whole
