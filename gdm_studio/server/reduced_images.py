"""Downscaled copies of image files for other programs."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from gdm_studio.common.image_file import read_rgba_array


def reduced_png(path: Path, side: int, data: BinaryIO | None = None) -> bytes:
    """Return an image file downscaled to sides of at most `side` pixels, as PNG for other programs.

    `data` is the file's content, if already read. Raises StudioError if the file is not a usable image.
    """
    buffer = io.BytesIO()
    reduced = Image.fromarray(read_rgba_array(path, data)).convert("RGBa")
    reduced.thumbnail((side, side))
    reduced.convert("RGBA").save(buffer, "PNG")
    return buffer.getvalue()
