"""Picture files as other tools write them: texts in PNG chunks, EXIF tags, XMP packets and comments."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

EXIF_IFD, USER_COMMENT, SOFTWARE = 0x8769, 0x9286, 0x0131
SIDES = (24, 16)  # of every picture, in pixels


def png(path: Path, texts: Mapping[str, str]) -> Path:
    """A PNG with a text chunk for each, as Pillow chooses its kind."""
    info = PngInfo()
    for keyword, text in texts.items():
        info.add_text(keyword, text)
    Image.new("RGB", SIDES).save(path, pnginfo=info)
    return path


def png_chunks(path: Path, chunks: Iterable[tuple[bytes, bytes]]) -> Path:
    """A PNG with these chunks before its pixels."""
    info = PngInfo()
    for kind, body in chunks:
        info.add(kind, body)
    Image.new("RGB", SIDES).save(path, pnginfo=info)
    return path


def with_exif(path: Path, tags: Mapping[int, Any], inner: Mapping[int, Any] | None = None, **options: Any) -> Path:
    """A picture of the format that the name says, with tags in EXIF's main directory and in that of the exposure."""
    exif = Image.Exif()
    for tag, value in tags.items():
        exif[tag] = value
    for tag, value in (inner or {}).items():
        exif.get_ifd(EXIF_IFD)[tag] = value
    Image.new("RGB", SIDES).save(path, exif=exif, **options)
    return path


def commented(path: Path, text: str, *, charset: bytes = b"UNICODE\0", encoding: str = "utf-16-be") -> Path:
    """A picture with a user comment."""
    return with_exif(path, {SOFTWARE: "a tool"}, {USER_COMMENT: charset + text.encode(encoding)})


def without_texts(source: Path, path: Path) -> Path:
    """A copy of a PNG that has lost every chunk but those of the pixels."""
    content, kept, at = source.read_bytes(), bytearray(source.read_bytes()[:8]), 8
    while at < len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        if kind in (b"IHDR", b"IDAT", b"IEND"):
            kept += content[at : at + length + 12]
        at += length + 12
    path.write_bytes(kept)
    return path


def credentials(*claims: Mapping[str, Any] | bytes, label: str = "c2pa.claim") -> bytes:
    """A store of content credentials with a manifest to each claim, the last of which counts."""
    thumbnail = _box(b"jumb", _described("c2pa.thumbnail.claim.jpeg") + _box(b"bidb", bytes(5000)))
    assertions = _box(b"jumb", _described("c2pa.assertions") + thumbnail)
    manifests = (
        _described(f"urn:uuid:{number}") + assertions + _box(b"jumb", _described(label) + _box(b"cbor", cbor(claim)))
        for number, claim in enumerate(claims)
    )
    return _box(b"jumb", _described("c2pa") + b"".join(_box(b"jumb", each) for each in manifests))


def cbor(value: Any) -> bytes:
    """Text, numbers, lists and objects, the shortest way; bytes as they are."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, int):
        return _head(0, value)
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    if isinstance(value, Mapping):
        return _head(5, len(value)) + b"".join(cbor(part) for pair in value.items() for part in pair)
    return _head(4, len(value)) + b"".join(cbor(each) for each in value)


def signed_png(path: Path, manifests: bytes) -> Path:
    return png_chunks(path, [(b"caBX", manifests)])


def signed_jpeg(path: Path, manifests: bytes, size: int = 1000) -> Path:
    """The credentials in segments of `size` bytes, each with the head of the box that they are parts of."""
    Image.new("RGB", SIDES).save(path)
    parts = [manifests[8 + at : 8 + at + size] for at in range(0, len(manifests) - 8, size)]
    bodies = [b"JP" + struct.pack(">HI", 529, number) + manifests[:8] + part for number, part in enumerate(parts, 1)]
    content = path.read_bytes()
    segments = b"".join(b"\xff\xeb" + struct.pack(">H", len(body) + 2) + body for body in bodies)
    path.write_bytes(content[:2] + segments + content[2:])
    return path


def signed_webp(path: Path, manifests: bytes) -> Path:
    Image.new("RGB", SIDES).save(path)
    content = path.read_bytes() + b"C2PA" + struct.pack("<I", len(manifests)) + manifests + b"\0" * (len(manifests) % 2)
    path.write_bytes(content[:4] + struct.pack("<I", len(content) - 8) + content[8:])
    return path


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


def _described(label: str) -> bytes:
    return _box(b"jumd", bytes(16) + b"\3" + label.encode() + b"\0")


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    return bytes([major << 5 | 24, number]) if number < 256 else bytes([major << 5 | 26]) + struct.pack(">I", number)


def chunk(kind: bytes, body: bytes) -> bytes:
    """One of a PNG, as it lies in the file."""
    return struct.pack(">I", len(body)) + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")
