"""Reader of EXIF, XMP and content credentials in the chunks of a WebP file."""

from __future__ import annotations

import struct
from typing import BinaryIO

from gdm_studio.gallery.metadata.containers.c2pa import MAX_MANIFESTS, find_maker
from gdm_studio.gallery.metadata.containers.metadata_blocks import MAX_CHUNKS, MAX_TEXT, Damaged, Parts


def read(file: BinaryIO) -> Parts:
    """Read the metadata in the chunks of a WebP file, such as EXIF and XMP. Raises Damaged and OSError."""
    size: tuple[int, int] | None = None
    found = {b"EXIF": b"", b"XMP ": b""}
    c2pa = False
    program = ""
    at = 12
    for _ in range(MAX_CHUNKS):
        file.seek(at)
        if len(head := file.read(8)) < 8:
            break
        kind, length = struct.unpack("<4sI", head)
        if kind in _SIZE_READERS:
            size = size or _SIZE_READERS[kind](file.read(10))
        elif kind in found and length <= MAX_TEXT:
            found[kind] = found[kind] or file.read(length)
        elif kind == b"C2PA":
            if not c2pa and length <= MAX_MANIFESTS:
                program = find_maker(file.read(length))
            c2pa = True
        at += 8 + length + length % 2
    if size is None or 0 in size:
        raise Damaged
    return Parts(size, {}, found[b"EXIF"], found[b"XMP "], c2pa, program)


def _read_canvas_size(body: bytes) -> tuple[int, int]:
    return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1


def _read_lossy_size(body: bytes) -> tuple[int, int]:
    return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF


def _read_lossless_size(body: bytes) -> tuple[int, int]:
    bits = int.from_bytes(body[1:5], "little")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


_SIZE_READERS = {b"VP8X": _read_canvas_size, b"VP8 ": _read_lossy_size, b"VP8L": _read_lossless_size}
