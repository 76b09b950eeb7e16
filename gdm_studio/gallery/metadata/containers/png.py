"""The text of a PNG, read chunk by chunk without touching its pixels."""

from __future__ import annotations

import struct
import zlib
from typing import BinaryIO

from gdm_studio.gallery.metadata.containers.c2pa import MAX_MANIFESTS, maker
from gdm_studio.gallery.metadata.containers.limits import MAX_CHUNKS, MAX_TEXT, MAX_TEXTS, MAX_TOTAL, Damaged
from gdm_studio.gallery.metadata.containers.parts import Layout, Parts

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TEXT_KINDS = (b"tEXt", b"zTXt", b"iTXt")
_CHANNELS = {2: 3, 6: 4}  # colour type -> channels, where pixels can hide a text


def read(file: BinaryIO) -> Parts:
    """The first of equal keywords counts, damaged texts do not. Raises Damaged, OSError."""
    head = file.read(33)
    if len(head) < 33 or head[:8] != SIGNATURE or head[12:16] != b"IHDR":
        raise Damaged
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", head[16:29])
    texts: dict[str, str] = {}
    exif, c2pa, made, pixels, total = b"", False, "", 0, 0
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
                made = maker(_body(file, kind, length))
            c2pa = True
        elif kind in _WANTED and length <= min(MAX_TEXT, MAX_TOTAL - total) and len(texts) < MAX_TEXTS:
            body = _body(file, kind, length)
            total += length
            if kind == b"eXIf":
                exif = exif or body
            elif body:
                keyword, text = _text(kind, body)
                if keyword and text is not None:
                    texts.setdefault(keyword, text)
                    total += len(text)
        at += length + 12
    hides = depth == 8 and not interlaced and pixels and colour in _CHANNELS
    layout = Layout(_CHANNELS[colour], pixels) if hides else None
    return Parts((width, height), texts, exif, c2pa=c2pa, maker=made, layout=layout)


_WANTED = (*_TEXT_KINDS, b"eXIf")


def _body(file: BinaryIO, kind: bytes, length: int) -> bytes:
    """The chunk's content, or nothing where its checksum is wrong."""
    body, check = file.read(length), file.read(4)
    right = len(check) == 4 and zlib.crc32(kind + body) == int.from_bytes(check, "big")
    return body if right else b""


def _text(kind: bytes, body: bytes) -> tuple[str, str | None]:
    """(keyword, text) of a chunk; the text is None where it cannot be unpacked."""
    raw_keyword, _, rest = body.partition(b"\0")
    keyword = raw_keyword.decode("latin-1")
    if kind == b"tEXt":
        return keyword, _latin_or_utf8(rest)
    if kind == b"zTXt":
        unpacked = _unpacked(rest[1:])
        return keyword, None if unpacked is None else _latin_or_utf8(unpacked)
    packed, rest = rest[:1] == b"\1", rest[2:]
    text = rest.split(b"\0", 2)[-1]  # after language and translated keyword
    unpacked = _unpacked(text) if packed else text
    return keyword, None if unpacked is None else unpacked.decode("utf-8", "replace")


def _latin_or_utf8(raw: bytes) -> str:
    """The standard says Latin-1; several tools write UTF-8, which Latin-1 text hardly ever is by chance."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _unpacked(data: bytes) -> bytes | None:
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(data, MAX_TEXT)
    except zlib.error:
        return None
    return None if unpacker.unconsumed_tail else unpacked
