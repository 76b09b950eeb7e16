"""SVG export: the opaque shapes of an image, traced by VTracer."""

from __future__ import annotations

import io
import re
from xml.sax.saxutils import escape

import numpy as np
from PIL import Image

from gdm_studio.common.errors import StudioError
from gdm_studio.common.optional_packages import reinstall_advice
from gdm_studio.common.translation_markers import translatable
from gdm_studio.gallery.export.export_source import Colour

# Longer side of the traced image in pixels. A larger image gives smoother edges and larger files.
TRACED_SIDE = 768
# Number of colours before tracing. Without this reduction, VTracer treats a whole gradient as one colour.
_COLOURS = 20
# Minimum alpha of a pixel that counts as part of a shape.
_OPAQUE = 128
# Width of the transparent border added around the image, because VTracer searches the border for transparency.
_MARGIN = 8
_SETTINGS = {
    # Smaller patches, in pixels per side, are treated as noise.
    "filter_speckle": 8,
    # Bits per channel.
    "color_precision": 8,
    # Smallest difference between two shades.
    "layer_difference": 4,
    # Decimals of a pixel.
    "path_precision": 1,
}


def trace(picture: Image.Image, *, size: int, background: Colour | None = None, title: str = "") -> bytes:
    """Return an SVG document traced from an RGBA image, `size` pixels on the longer side.

    Raises StudioError if the image has no opaque pixels.
    """
    pixels = np.array(picture)
    opaque = pixels[..., 3] >= _OPAQUE
    if not opaque.any():
        raise StudioError("There is nothing opaque in this picture; export it as PNG.")
    pixels[opaque, :3] = _reduce_colours(pixels[opaque, :3])
    pixels[..., 3] = np.where(opaque, 255, 0)
    pixels[~opaque] = 0
    height, width = opaque.shape
    return _build_document(
        _trace_paths(np.pad(pixels, ((_MARGIN, _MARGIN), (_MARGIN, _MARGIN), (0, 0)))),
        width=width,
        height=height,
        scale=size / max(width, height),
        background=background,
        title=title,
    )


def _reduce_colours(colours: np.ndarray) -> np.ndarray:
    """Reduce the colours (n, 3) of an image before it is traced: each becomes the nearest of _COLOURS palette colours,
    without dithering.
    """
    strip = Image.fromarray(colours[None])
    few = strip.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, kmeans=1, dither=Image.Dither.NONE)
    return np.asarray(few.convert("RGB"))[0]


def _trace_paths(rgba: np.ndarray) -> str:
    try:
        import vtracer
    except ImportError:
        raise StudioError(translatable("The package vtracer is missing. {advice}", advice=reinstall_advice())) from None
    png = io.BytesIO()
    Image.fromarray(rgba).save(png, "PNG", compress_level=1)
    traced: str = vtracer.convert_raw_image_to_svg(png.getvalue(), "png", **_SETTINGS)
    return "\n".join(re.findall(r"<path .*?/>", traced, re.DOTALL))


def _build_document(
    paths: str, *, width: int, height: int, scale: float, background: Colour | None, title: str
) -> bytes:
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
