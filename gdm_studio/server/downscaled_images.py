"""Downscaled copies of image files for other programs."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from gdm_studio.common import atomic_files
from gdm_studio.common.image_file import MOST_BYTES, open_image, read_rgba_array


def png_within(path: Path, side: int) -> bytes:
    """Return an image file as PNG for other programs. A PNG file with sides of at most `side` pixels is returned as it
    is, with its settings. Raises StudioError if the file is not a usable image.
    """
    data = atomic_files.read(path, max_bytes=MOST_BYTES)
    with open_image(path, io.BytesIO(data)) as image:
        if image.format == "PNG" and max(image.size) <= side:
            image.load()
            return data
    return reduced_png(path, side, io.BytesIO(data))


def reduced_png(path: Path, side: int, data: BinaryIO | None = None) -> bytes:
    """Return an image file downscaled to sides of at most `side` pixels, as PNG for other programs.

    `data` is the file's content, if already read. Raises StudioError if the file is not a usable image.
    """
    buffer = io.BytesIO()
    reduced = Image.fromarray(read_rgba_array(path, data)).convert("RGBa")
    reduced.thumbnail((side, side))
    reduced.convert("RGBA").save(buffer, "PNG")
    return buffer.getvalue()
