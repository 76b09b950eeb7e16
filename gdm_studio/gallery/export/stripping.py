"""A picture's file without what it says of itself, its pixels untouched: PNG, JPEG, WebP."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from gdm_studio.errors import StorageError
from gdm_studio.picture_file import opened, upright

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = {
    b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs", b"cICP",
}  # fmt: skip
_WEBP_KEPT = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
_WEBP_FLAGS = 0x08 | 0x04  # EXIF, XMP
_ORIENTATION = 0x0112
_HIDDEN = (b"stealth_png", b"stealth_rgb")  # settings written into the lowest bits of the pixels themselves


def stripped(data: bytes, path: Path) -> bytes:
    """The file's bytes without texts, EXIF, XMP and whatever else is not needed to show the picture.

    A JPEG whose EXIF turns it is written anew, upright; a PNG with settings hidden in its pixels loses their lowest
    bit. Raises StorageError where the file, `path`, is damaged.
    """
    try:
        if data.startswith(_PNG):
            return _without_hidden(b"".join(_png_parts(data)), path)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
        return _jpeg(data, path)
    except (struct.error, IndexError, OSError, ValueError, SyntaxError) as error:
        raise StorageError(f"{path} is damaged and cannot be exported.") from error


def _png_parts(data: bytes) -> Iterator[bytes]:
    yield _PNG
    at = len(_PNG)
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind in _PNG_KEPT:
            yield data[at : at + 12 + length]
        at += 12 + length
        if kind == b"IEND":
            return
    raise ValueError("cut off")


def _without_hidden(data: bytes, path: Path) -> bytes:
    """A PNG whose lowest bits, of alpha or of the colours, down the columns, begin with such a mark, without them."""
    with opened(path, data) as picture:
        if picture.mode not in ("RGB", "RGBA"):
            return data
        pixels = np.array(picture)
    for part in (pixels[..., 3:], pixels[..., :3]):
        bits = (part[:, : 1 + 128 // part.shape[0]] & 1).transpose(1, 0, 2).ravel()
        if np.packbits(bits).tobytes().startswith(_HIDDEN):
            part |= 1
            buffer = io.BytesIO()
            Image.fromarray(pixels).save(buffer, "PNG")
            return buffer.getvalue()
    return data


def _webp(data: bytes) -> bytes:
    parts, at = [], 12
    while at + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, at)
        chunk = data[at : at + 8 + length + length % 2]
        if kind == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~_WEBP_FLAGS]) + chunk[9:]
        if kind in _WEBP_KEPT:
            parts.append(chunk)
        at += 8 + length + length % 2
    if not parts:
        raise ValueError("no pixels")
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _jpeg(data: bytes, path: Path) -> bytes:
    with opened(path, data) as picture:
        if picture.getexif().get(_ORIENTATION, 1) != 1:
            buffer = io.BytesIO()
            turned = upright(picture)
            turned.info.clear()
            turned.save(buffer, "JPEG", quality=95, subsampling=0)
            return buffer.getvalue()
    parts, at = [data[:2]], 2
    while data[at] == 0xFF:
        marker, (length,) = data[at + 1], struct.unpack_from(">H", data, at + 2)
        if marker == 0xDA:  # the pixels, to the end
            return b"".join([*parts, data[at:]])
        is_icc = marker == 0xE2 and data[at + 4 : at + 15] == b"ICC_PROFILE"
        if not (0xE1 <= marker <= 0xED or marker in (0xEF, 0xFE)) or is_icc:  # JFIF and Adobe's colours stay
            parts.append(data[at : at + 2 + length])
        at += 2 + length
    raise ValueError("no pixels")
