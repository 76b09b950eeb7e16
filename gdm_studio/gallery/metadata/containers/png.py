"""Reader of texts, EXIF and content credentials in the chunks of a PNG file."""

from __future__ import annotations

import struct
import zlib
from typing import BinaryIO

from gdm_studio.gallery.metadata.containers.c2pa import MAX_MANIFESTS, find_maker
from gdm_studio.gallery.metadata.containers.metadata_blocks import (
    MAX_CHUNKS,
    MAX_TEXT,
    MAX_TEXTS,
    MAX_TOTAL,
    Damaged,
    Layout,
    Parts,
)

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TEXT_KINDS = (b"tEXt", b"zTXt", b"iTXt")
_WANTED_CHUNKS = (*_TEXT_KINDS, b"eXIf")
# {colour type: number of channels} of images whose pixels can hide a message.
_CHANNELS = {2: 3, 6: 4}


def read(file: BinaryIO) -> Parts:
    """Read the metadata in the chunks of a PNG file.

    Raises Damaged and OSError. Damaged texts are left out. If several texts have the same keyword, the first one is
    used.
    """
    head = file.read(33)
    if len(head) < 33 or head[:8] != SIGNATURE or head[12:16] != b"IHDR":
        raise Damaged
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", head[16:29])
    texts: dict[str, str] = {}
    exif = b""
    c2pa = False
    program = ""
    pixels = 0
    total = 0
    at = 33
    for _ in range(MAX_CHUNKS):
        file.seek(at)
        if len(head := file.read(8)) < 8:
            break
        length, kind = struct.unpack(">I4s", head)
        if kind == b"IDAT":
            pixels = pixels or at
        elif kind == b"IEND":
            break
        elif kind == b"caBX":
            if not c2pa and length <= MAX_MANIFESTS:
                program = find_maker(_read_body(file, kind, length))
            c2pa = True
        elif kind in _WANTED_CHUNKS and length <= min(MAX_TEXT, MAX_TOTAL - total) and len(texts) < MAX_TEXTS:
            body = _read_body(file, kind, length)
            total += length
            if kind == b"eXIf":
                exif = exif or body
            elif body:
                keyword, text = _decode_text(kind, body)
                if keyword and text is not None:
                    texts.setdefault(keyword, text)
                    total += len(text)
        at += length + 12
    can_hide = depth == 8 and not interlaced and pixels and colour in _CHANNELS
    layout = Layout(_CHANNELS[colour], pixels) if can_hide else None
    return Parts((width, height), texts, exif, c2pa=c2pa, maker=program, layout=layout)


def _read_body(file: BinaryIO, kind: bytes, length: int) -> bytes:
    """Read the content of a PNG chunk, or return b"" if its checksum is wrong."""
    body = file.read(length)
    check = file.read(4)
    is_intact = len(check) == 4 and zlib.crc32(kind + body) == int.from_bytes(check, "big")
    return body if is_intact else b""


def _decode_text(kind: bytes, body: bytes) -> tuple[str, str | None]:
    """Return (keyword, text) of a PNG text chunk. The text is None if it cannot be decompressed."""
    raw_keyword, _, rest = body.partition(b"\0")
    keyword = raw_keyword.decode("latin-1")
    if kind == b"tEXt":
        return keyword, _decode_latin_or_utf8(rest)
    if kind == b"zTXt":
        unpacked = _decompress(rest[1:])
        return keyword, None if unpacked is None else _decode_latin_or_utf8(unpacked)
    is_packed = rest[:1] == b"\1"
    rest = rest[2:]
    # Skips the language and the translated keyword.
    text = rest.split(b"\0", 2)[-1]
    unpacked = _decompress(text) if is_packed else text
    return keyword, None if unpacked is None else unpacked.decode("utf-8", "replace")


def _decode_latin_or_utf8(raw: bytes) -> str:
    """Decode a PNG text as UTF-8, which several tools write, or else as Latin-1, which the standard requires.

    Latin-1 text is rarely valid UTF-8 by accident.
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _decompress(data: bytes) -> bytes | None:
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(data, MAX_TEXT)
    except zlib.error:
        return None
    return None if unpacker.unconsumed_tail else unpacked
