"""SVG text to straight-alpha pixels."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gdm_studio.errors import StudioError
from gdm_studio.picture_file import opened

Pixels = NDArray[np.uint8]


def render(svg: str, size: int, *, oversample: int = 2) -> Pixels:
    """(size, size, 4) uint8, straight alpha; drawn `oversample` times larger and reduced.

    The reduction is Lanczos on premultiplied alpha, so that transparent pixels lend no colour to an edge.
    StudioError where the renderer is not installed or refuses the drawing.
    """
    try:
        import resvg_py
    except ImportError:
        raise StudioError(
            'Rendering icons needs the package resvg_py: install it with  pip install "gdm-studio[train]"'
        ) from None
    side = size * oversample
    try:
        png = resvg_py.svg_to_bytes(svg_string=svg, width=side, height=side, skip_system_fonts=True)
    except ValueError as error:
        raise StudioError(f"A drawing cannot be rendered: {error}") from error
    with opened(Path("drawing.png"), bytes(png)) as drawn:
        image = drawn.convert("RGBA")
    if oversample > 1:
        image = image.convert("RGBa").resize((size, size), Image.Resampling.LANCZOS).convert("RGBA")
    pixels = np.array(image)
    pixels[pixels[..., 3] == 0] = 0
    return pixels
