"""Image files as other tools write them: PNG text chunks, EXIF tags, XMP packets, comments and C2PA credentials."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

EXIF_IFD, USER_COMMENT, SOFTWARE = 0x8769, 0x9286, 0x0131
# The size of every image, in pixels.
SIDES = (24, 16)


def png(path: Path, texts: Mapping[str, str]) -> Path:
    """Write a PNG image with a text chunk for each entry of `texts`. Pillow chooses the kind of chunk."""
    info = PngInfo()
    for keyword, text in texts.items():
        info.add_text(keyword, text)
    Image.new("RGB", SIDES).save(path, pnginfo=info)
    return path


def png_chunks(path: Path, chunks: Iterable[tuple[bytes, bytes]]) -> Path:
    """Write a PNG image with the given chunks, pairs of kind and content, before its pixels."""
    info = PngInfo()
    for kind, body in chunks:
        info.add(kind, body)
    Image.new("RGB", SIDES).save(path, pnginfo=info)
    return path


def with_exif(path: Path, tags: Mapping[int, Any], inner: Mapping[int, Any] | None = None, **options: Any) -> Path:
    """Write an image with EXIF tags.

    `tags` are in the main directory, and `inner` in the Exif directory.
    """
    exif = Image.Exif()
    for tag, value in tags.items():
        exif[tag] = value
    for tag, value in (inner or {}).items():
        exif.get_ifd(EXIF_IFD)[tag] = value
    Image.new("RGB", SIDES).save(path, exif=exif, **options)
    return path


def with_comment(path: Path, text: str, *, charset: bytes = b"UNICODE\0", encoding: str = "utf-16-be") -> Path:
    """Write an image with a text as its EXIF user comment, in which some tools store the prompt."""
    return with_exif(path, {SOFTWARE: "a tool"}, {USER_COMMENT: charset + text.encode(encoding)})


def without_texts(source: Path, path: Path) -> Path:
    """Copy a PNG image without its metadata: only the chunks with the header and pixels are copied."""
    content, kept, at = source.read_bytes(), bytearray(source.read_bytes()[:8]), 8
    while at < len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        if kind in (b"IHDR", b"IDAT", b"IEND"):
            kept += content[at : at + length + 12]
        at += length + 12
    path.write_bytes(kept)
    return path


def manifest_store(*claims: Mapping[str, Any] | bytes, label: str = "c2pa.claim") -> bytes:
    """Build a C2PA manifest store, as in signed images, with one manifest for each claim. The last one is active."""
    thumbnail = _box(b"jumb", _description_box("c2pa.thumbnail.claim.jpeg") + _box(b"bidb", bytes(5000)))
    assertions = _box(b"jumb", _description_box("c2pa.assertions") + thumbnail)
    manifests = (
        _description_box(f"urn:uuid:{number}")
        + assertions
        + _box(b"jumb", _description_box(label) + _box(b"cbor", cbor(claim)))
        for number, claim in enumerate(claims)
    )
    return _box(b"jumb", _description_box("c2pa") + b"".join(_box(b"jumb", each) for each in manifests))


def cbor(value: Any) -> bytes:
    """Encode text, integers, lists and mappings in the shortest form of CBOR. Bytes are passed through."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, int):
        return _cbor_head(0, value)
    if isinstance(value, str):
        return _cbor_head(3, len(value.encode())) + value.encode()
    if isinstance(value, Mapping):
        return _cbor_head(5, len(value)) + b"".join(cbor(part) for pair in value.items() for part in pair)
    return _cbor_head(4, len(value)) + b"".join(cbor(each) for each in value)


def signed_png(path: Path, manifests: bytes) -> Path:
    return png_chunks(path, [(b"caBX", manifests)])


def signed_jpeg(path: Path, manifests: bytes, size: int = 1000) -> Path:
    """Write a JPEG image with C2PA credentials, divided into APP11 segments of `size` bytes.

    Each segment has the header of the whole box.
    """
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


def _description_box(label: str) -> bytes:
    return _box(b"jumd", bytes(16) + b"\3" + label.encode() + b"\0")


def _cbor_head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    return bytes([major << 5 | 24, number]) if number < 256 else bytes([major << 5 | 26]) + struct.pack(">I", number)


def chunk(kind: bytes, body: bytes) -> bytes:
    """Encode a PNG chunk with its length and checksum."""
    return struct.pack(">I", len(body)) + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")
