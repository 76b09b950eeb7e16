"""A picture in a file of any kind, read as people see it: upright, in colour, with alpha."""

from __future__ import annotations

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
        sentence = f"{path} is not a picture, or it is damaged; choose a PNG, JPEG or WebP file."
        raise StorageError(sentence) from error


def _in_eight_bits(picture: Image.Image) -> Image.Image:
    """Grey of 16 bits in 8: Pillow would cut off all that is brighter than 255 of 65535."""
    if not picture.mode.startswith("I"):
        return picture
    return Image.fromarray((np.asarray(picture).clip(0, 65535) / 257).round().astype(np.uint8))
