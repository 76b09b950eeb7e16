"""SVG: the shapes of a picture traced by VTracer, what is transparent left out."""

from __future__ import annotations

import io
import re
from xml.sax.saxutils import escape

import numpy as np
from PIL import Image

from gdm_studio.errors import StudioError
from gdm_studio.gallery.export.master import Colour

TRACED_SIDE = 768  # pixels of the longer side that is traced: edges are smoother, and files larger, the larger it is
_COLOURS = 20  # that a picture is reduced to: without, VTracer takes a whole gradient for one colour
_OPAQUE = 128  # a shape is there or not: its edge runs where half of a pixel is covered
_MARGIN = 8  # clear pixels around: VTracer looks along the border for whether there is transparency at all
_SETTINGS = {
    "filter_speckle": 8,  # pixels a side below which a patch counts as noise
    "color_precision": 8,  # bits of a channel
    "layer_difference": 4,  # between two shades that are kept apart
    "path_precision": 1,  # decimals of a pixel
}


def trace(picture: Image.Image, *, size: int, background: Colour | None = None, title: str = "") -> bytes:
    """An SVG document shown `size` pixels long, of an RGBA picture. Raises StudioError where there is no shape."""
    pixels = np.array(picture)
    opaque = pixels[..., 3] >= _OPAQUE
    if not opaque.any():
        raise StudioError("There is nothing opaque in this picture to be traced; export it as PNG.")
    pixels[opaque, :3] = _few_colours(pixels[opaque, :3])
    pixels[..., 3] = np.where(opaque, 255, 0)
    pixels[~opaque] = 0
    height, width = opaque.shape
    return _document(
        _paths(np.pad(pixels, ((_MARGIN, _MARGIN), (_MARGIN, _MARGIN), (0, 0)))),
        width=width,
        height=height,
        scale=size / max(width, height),
        background=background,
        title=title,
    )


def _few_colours(colours: np.ndarray) -> np.ndarray:
    """Colours (n, 3) replaced by the nearest of a few chosen among them, without dithering."""
    strip = Image.fromarray(colours[None])
    few = strip.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, kmeans=1, dither=Image.Dither.NONE)
    return np.asarray(few.convert("RGB"))[0]


def _paths(rgba: np.ndarray) -> str:
    try:
        import vtracer
    except ImportError:
        raise StudioError("Tracing needs the package vtracer: install it with  pip install vtracer") from None
    png = io.BytesIO()
    Image.fromarray(rgba).save(png, "PNG", compress_level=1)
    traced: str = vtracer.convert_raw_image_to_svg(png.getvalue(), "png", **_SETTINGS)
    return "\n".join(re.findall(r"<path .*?/>", traced, re.DOTALL))


def _document(paths: str, *, width: int, height: int, scale: float, background: Colour | None, title: str) -> bytes:
    ground = ""
    if background is not None:
        fill = "#{:02x}{:02x}{:02x}".format(*background)
        ground = f'<rect x="{_MARGIN}" y="{_MARGIN}" width="{width}" height="{height}" fill="{fill}"/>\n'
    named = f"<title>{escape(title)}</title>\n" if title else ""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" '
        f'width="{width * scale:g}" height="{height * scale:g}" viewBox="{_MARGIN} {_MARGIN} {width} {height}">\n'
        f"{named}{ground}{paths}\n</svg>\n"
    ).encode()
