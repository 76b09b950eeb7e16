"""Rendering of SVG documents to pixels with straight alpha."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gdm_studio.common.errors import StudioError
from gdm_studio.common.image_file import open_image
from gdm_studio.common.optional_packages import missing_package

Pixels = NDArray[np.uint8]


def render(svg: str, size: int, *, oversample: int = 2) -> Pixels:
    """Render an SVG document to an RGBA image (size, size, 4), uint8, with straight alpha.

    The drawing is rendered `oversample` times larger and reduced with Lanczos, with premultiplied alpha so that
    transparent pixels do not affect the colour of edges. Raises StudioError if the renderer is not installed or rejects
    the drawing.
    """
    try:
        import resvg_py
    except ImportError:
        raise StudioError(missing_package("train")) from None
    side = size * oversample
    try:
        png = resvg_py.svg_to_bytes(svg_string=svg, width=side, height=side, skip_system_fonts=True)
    except ValueError as error:
        raise StudioError(f"A drawing cannot be rendered: {error}") from error
    with open_image(Path("drawing.png"), bytes(png)) as drawn:
        image = drawn.convert("RGBA")
    if oversample > 1:
        image = image.convert("RGBa").resize((size, size), Image.Resampling.LANCZOS).convert("RGBA")
    pixels = np.array(image)
    pixels[pixels[..., 3] == 0] = 0
    return pixels
