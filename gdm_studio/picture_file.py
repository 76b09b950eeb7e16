"""A picture in a file of any kind, read as people see it: upright, in colour, with alpha."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from gdm_studio.atomic import problem
from gdm_studio.errors import StorageError


def read_rgba(path: Path) -> Image.Image:
    """RGBA, straight alpha, turned as its camera was held; of an animation the first picture. Raises StorageError."""
    try:
        with Image.open(path) as file:
            return _in_eight_bits(ImageOps.exif_transpose(file)).convert("RGBA")
    except (OSError, SyntaxError, ValueError, TypeError, struct.error, Image.DecompressionBombError) as error:
        if isinstance(error, OSError) and error.errno:
            raise problem(path, error) from error
        raise no_picture(path) from error


def no_picture(path: Path) -> StorageError:
    """For a file that cannot be read as one; of the kinds of picture that are known by sight it says which it is."""
    if kind := _unread_kind(path):
        return StorageError(f"{path} is a {kind} picture, which cannot be opened here; save it as PNG, JPEG or WebP.")
    return StorageError(f"{path} is not a picture, or it is damaged; choose a PNG, JPEG or WebP file.")


def _unread_kind(path: Path) -> str:
    try:
        with open(path, "rb") if path.is_file() else io.BytesIO() as file:
            head = file.read(64)
    except OSError:
        return ""
    if head.startswith((b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n")):
        return "JPEG XL"
    brands = head[8 : int.from_bytes(head[:4], "big")] if head[4:8] == b"ftyp" else b""
    return "HEIC" if any(brands[at : at + 3] in (b"hei", b"hev") for at in range(0, len(brands), 4)) else ""


def _in_eight_bits(picture: Image.Image) -> Image.Image:
    """Grey of 16 bits in 8: Pillow would cut off all that is brighter than 255 of 65535."""
    if not picture.mode.startswith("I"):
        return picture
    return Image.fromarray((np.asarray(picture).clip(0, 65535) / 257).round().astype(np.uint8))
