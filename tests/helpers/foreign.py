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


def chunk(kind: bytes, body: bytes) -> bytes:
    """One of a PNG, as it lies in the file."""
    return struct.pack(">I", len(body)) + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")
