"""PNG files of images for other programs."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image

from gdm_studio.common import atomic_files
from gdm_studio.common.image_file import MOST_BYTES, open_image, read_rgba_array
from gdm_studio.gallery.export import raster
from gdm_studio.gallery.export.export_source import copied_texts
from gdm_studio.gallery.metadata.containers import read_texts


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


def read_saved_png(path: Path, rgba: np.ndarray | None = None) -> bytes:
    """Return a saved image as PNG for the client, with its settings. A file in another format is re-encoded with its
    A1111 text, from its pixels `rgba` or the file.
    """
    if path.suffix == ".png":
        return atomic_files.read(path)
    texts = copied_texts(read_texts(path))
    if rgba is not None:
        return raster.encode_png(Image.fromarray(rgba), texts=texts)
    with open_image(path) as image:
        return raster.encode_png(image, texts=texts)


def encode_pixels(rgba: np.ndarray, side: int = 0) -> bytes:
    """Encode an image as PNG. Unless `side` is 0, it is downscaled to sides of at most that many pixels."""
    image = Image.fromarray(rgba)
    if side:
        image.thumbnail((side, side))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
