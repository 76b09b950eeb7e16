"""Removal of metadata from PNG, JPEG and WebP files without changing the pixels."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gdm_studio.common.errors import StorageError
from gdm_studio.common.image_file import apply_orientation, open_image

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
# Chunks that are needed to show the image.
_PNG_CHUNKS = {*b"IHDR PLTE tRNS IDAT IEND gAMA cHRM sRGB iCCP sBIT bKGD pHYs cICP".split()}
_WEBP_CHUNKS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
# Chunks of a PNG that define its colour space, except the colour profile, which Pillow writes itself.
_PNG_COLOURS = {*b"gAMA cHRM sRGB cICP".split()}
# Flags of the VP8X chunk for EXIF and XMP.
_WEBP_FLAGS = 0x08 | 0x04
# First bytes of settings that are hidden in the lowest bits of the pixels.
_STEALTH_MARKS = (b"stealth_png", b"stealth_rgb")


def strip_metadata(data: bytes, path: Path) -> bytes:
    """Remove all metadata from the content of an image file, including settings hidden in the pixels of a PNG, and
    return the rest. The colour profile stays. An image with an EXIF rotation is re-encoded upright. Raises
    StorageError, naming `path`, if the file is damaged.
    """
    try:
        data = _reencode_upright(data, path)
        if data.startswith(_PNG):
            return _erase_hidden(b"".join(_filter_png(data)), path)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _strip_webp(data)
        return _strip_jpeg(data) if data.startswith(_JPEG) else _reencode(data, path)
    except (struct.error, IndexError, OSError, ValueError, SyntaxError) as error:
        raise StorageError(f"{path} is damaged and cannot be exported.") from error


def _filter_png(data: bytes) -> Iterator[bytes]:
    yield _PNG
    at = len(_PNG)
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind in _PNG_CHUNKS:
            yield data[at : at + 12 + length]
        at += 12 + length
        if kind == b"IEND":
            return
    raise ValueError("cut off")


def _erase_hidden(data: bytes, path: Path) -> bytes:
    """Erase settings that are hidden in the lowest bits of a PNG's pixels, by setting these bits to 1.

    The settings are stored column by column in the alpha channel or the colour channels.
    """
    with open_image(path, data) as picture:
        if picture.mode not in ("RGB", "RGBA"):
            return data
        columns = np.asarray(picture.crop((0, 0, min(picture.width, 1 + 128 // picture.height), picture.height)))
        for channels in (slice(3, None), slice(3)):
            bits = (columns[..., channels] & 1).transpose(1, 0, 2).ravel()
            if np.packbits(bits).tobytes().startswith(_STEALTH_MARKS):
                pixels = np.array(picture)
                pixels[..., channels] |= 1
                buffer = io.BytesIO()
                profile = picture.info.get("icc_profile")
                Image.fromarray(pixels).save(buffer, "PNG", pnginfo=_read_colour_chunks(data), icc_profile=profile)
                return buffer.getvalue()
    return data


def _reencode_upright(data: bytes, path: Path) -> bytes:
    """Re-encode an image file with an EXIF rotation, upright and with its colour profile. Return any other file
    unchanged.
    """
    with open_image(path, data) as picture:
        if getattr(picture, "n_frames", 1) > 1 and picture.format != "MPO":
            return data
        picture.load()
        turned = apply_orientation(picture)
        return data if turned is picture else _encode(turned, picture, data)


def _reencode(data: bytes, path: Path) -> bytes:
    """Re-encode an upright image file in a format for which this module has no parser, such as AVIF."""
    with open_image(path, data) as picture:
        picture.load()
        return _encode(picture.copy(), picture, data)


def _encode(pixels: Image.Image, picture: Image.Image, data: bytes) -> bytes:
    """Encode pixels in the format and with the colour profile of the opened `picture`, whose file is `data`."""
    form = "JPEG" if picture.format == "MPO" else picture.format
    options: dict[str, Any] = {"quality": 95}
    if form == "PNG":
        options = {"pnginfo": _read_colour_chunks(data)}
        if "transparency" in picture.info:
            options["transparency"] = picture.info["transparency"]
    elif form == "WEBP":
        options |= {"lossless": b"VP8L" in data[:64], "exact": True}
    elif form == "JPEG":
        options |= {"subsampling": 0}
    elif form == "AVIF":
        options |= {"subsampling": "4:4:4"}
    pixels.info.clear()
    buffer = io.BytesIO()
    pixels.save(buffer, form, icc_profile=picture.info.get("icc_profile"), exif=b"", **options)
    return buffer.getvalue()


def _read_colour_chunks(data: bytes) -> PngInfo:
    """Return the chunks of a PNG that define its colour space."""
    chunks = PngInfo()
    for part in _filter_png(data):
        if part[4:8] in _PNG_COLOURS:
            chunks.add(part[4:8], part[8:-4])
    return chunks


def _strip_webp(data: bytes) -> bytes:
    parts = []
    at = 12
    while at + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, at)
        chunk = data[at : at + 8 + length + length % 2]
        if kind == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~_WEBP_FLAGS]) + chunk[9:]
        if kind in _WEBP_CHUNKS:
            parts.append(chunk)
        at += 8 + length + length % 2
    if not parts:
        raise ValueError("no pixels")
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _strip_jpeg(data: bytes) -> bytes:
    parts = [data[:2]]
    at = 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        (length,) = struct.unpack_from(">H", data, at + 2)
        # Start of scan: only pixels follow.
        if marker == 0xDA:
            return b"".join([*parts, data[at:]])
        is_icc = marker == 0xE2 and data[at + 4 : at + 15] == b"ICC_PROFILE"
        # JFIF, Adobe's colour transform and the colour profile are needed to show the image.
        if not (0xE1 <= marker <= 0xED or marker in (0xEF, 0xFE)) or is_icc:
            parts.append(data[at : at + 2 + length])
        at += 2 + length
    raise ValueError("no pixels")
