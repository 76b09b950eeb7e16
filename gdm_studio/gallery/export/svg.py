"""SVG export: the flat areas of an image, traced by VTracer."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape

import numpy as np
from PIL import Image

from gdm_studio.common.errors import StudioError
from gdm_studio.common.optional_packages import reinstall_advice
from gdm_studio.common.translation_markers import translatable
from gdm_studio.gallery.export.export_source import Colour
from gdm_studio.gallery.export.flat_colours import FlatImage, FlatStyle, flatten, to_oklab

# Longer side of the traced image in pixels. A larger image gives smoother edges and larger files.
TRACED_SIDE = 768
# Width of the transparent border added around the image, because VTracer searches the border for transparency.
_MARGIN = 8
_SETTINGS = {
    # Smaller patches, in pixels per side, are treated as noise.
    "filter_speckle": 10,
    # Bits per channel.
    "color_precision": 8,
    # Smallest difference between two shades. The image has only the shades of its palette.
    "layer_difference": 1,
    # Pixels between the points of a curve. With fewer points, curves are smoother and files smaller.
    "length_threshold": 8.0,
    # Decimals of a pixel.
    "path_precision": 1,
}
_PATH = re.compile(r'<path d="([^"]*)" fill="#([0-9A-Fa-f]{6})" transform="translate\(([-\d.]+),([-\d.]+)\)"\s*/>')
_COMMAND = re.compile(r"([MLCZ])([^MLCZ]*)")

# A subpath of one colour: the absolute points (n, 2) of each command.
_Outline = list[tuple[str, np.ndarray]]


def trace(
    picture: Image.Image,
    *,
    size: int,
    style: FlatStyle | None = None,
    background: Colour | None = None,
    title: str = "",
) -> bytes:
    """Return an SVG document traced from an RGBA image, `size` pixels on the longer side.

    The image is reduced to flat colours in this style. Raises StudioError if it has no opaque pixels.
    """
    flat = flatten(picture, style or FlatStyle())
    height, width = flat.areas.shape
    return document(shapes(flat), width=width, height=height, size=size, background=background, title=title)


def shapes(flat: FlatImage) -> str:
    """Return the SVG paths of an image in flat colours, in pixels of that image."""
    paths = _merge(_trace_shapes(flat))
    return "\n".join(f'<path fill="{_hex(flat.palette[index])}" d="{_write_path(each)}"/>' for index, each in paths)


def document(
    paths: str, *, width: int, height: int, size: int, background: Colour | None = None, title: str = ""
) -> bytes:
    """Return an SVG document of paths in an area of `width` × `height`, shown with `size` pixels on the longer side."""
    scale = size / max(width, height)
    ground = ""
    if background is not None:
        ground = f'<path fill="{_hex(background)}" d="M0 0h{width}v{height}H0z"/>\n'
    named = f"<title>{escape(title)}</title>\n" if title else ""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" '
        f'width="{width * scale:g}" height="{height * scale:g}" viewBox="0 0 {width} {height}">\n'
        f"{named}{ground}{paths}\n</svg>\n"
    ).encode()


def _trace_shapes(flat: FlatImage) -> Iterator[tuple[int, _Outline]]:
    """Yield the shapes of an image from back to front, as (index of the colour, outline)."""
    try:
        import vtracer
    except ImportError:
        raise StudioError(translatable("The package vtracer is missing. {advice}", advice=reinstall_advice())) from None
    png = io.BytesIO()
    rgba = np.pad(flat.to_rgba(), ((_MARGIN, _MARGIN), (_MARGIN, _MARGIN), (0, 0)))
    Image.fromarray(rgba).save(png, "PNG", compress_level=1)
    traced: str = vtracer.convert_raw_image_to_svg(png.getvalue(), "png", **_SETTINGS)
    palette = to_oklab(flat.palette)
    for path, fill, left, top in _PATH.findall(traced):
        # VTracer averages the colours of a shape and the small patches that it removes there.
        colour = to_oklab(np.frombuffer(bytes.fromhex(fill), np.uint8))
        index = int(((palette - colour) ** 2).sum(-1).argmin())
        corner = np.array([float(left), float(top)]) - _MARGIN
        yield (
            index,
            [
                (command, np.array(numbers.replace(",", " ").split(), float).reshape(-1, 2) + corner)
                for command, numbers in _COMMAND.findall(path)
            ],
        )


def _merge(shapes: Iterable[tuple[int, _Outline]]) -> list[tuple[int, list[_Outline]]]:
    """Merge shapes of one colour into one path each, from back to front.

    A shape joins an earlier path if no shape of another colour between the two lies below it.
    """
    paths: list[tuple[int, list[_Outline]]] = []
    boxes: list[list[np.ndarray]] = []
    for index, outline in shapes:
        points = np.concatenate([points for _, points in outline])
        box = np.concatenate([points.min(0), points.max(0)])
        place = _find_path(index, box, paths, boxes)
        if place is None:
            place = len(paths)
            paths.append((index, []))
            boxes.append([])
        paths[place][1].append(outline)
        boxes[place].append(box)
    return paths


def _find_path(
    index: int, box: np.ndarray, paths: Sequence[tuple[int, list[_Outline]]], boxes: Sequence[list[np.ndarray]]
) -> int | None:
    """Return the place of the path that a shape of this colour, in this box, can join, or None."""
    for place in reversed(range(len(paths))):
        if paths[place][0] == index:
            return place
        if any(_overlap(box, other) for other in boxes[place]):
            return None
    return None


def _overlap(box: np.ndarray, other: np.ndarray) -> bool:
    """Return True if two boxes (left, top, right, bottom) have common points."""
    return bool((box[:2] <= other[2:]).all() and (other[:2] <= box[2:]).all())


def _write_path(outlines: Iterable[_Outline]) -> str:
    """Return the path data of outlines, with relative coordinates in tenths of a pixel, which take fewer characters."""
    words: list[str] = []
    pen = np.zeros(2, int)
    for outline in outlines:
        start = pen
        for command, points in outline:
            tenths = np.rint(10 * points).astype(int)
            if command == "M":
                words.append("m" + _write_numbers(tenths[0] - pen))
                start = pen = tenths[0]
            elif command == "L":
                for point in tenths:
                    words.append("l" + _write_numbers(point - pen))
                    pen = point
            elif command == "C":
                for curve in tenths.reshape(-1, 3, 2):
                    words.append("c" + _write_numbers((curve - pen).ravel()))
                    pen = curve[-1]
            else:
                words.append("z")
                pen = start
    return "".join(words)


def _write_numbers(tenths: np.ndarray) -> str:
    """Return numbers, given in tenths, in as few characters as SVG allows: a sign separates numbers too."""
    text = ""
    for number in tenths.tolist():
        word = f"{number / 10:g}".replace("0.", ".", 1) if abs(number) < 10 and number else f"{number / 10:g}"
        text += word if not text or word.startswith("-") else f" {word}"
    return text


def _hex(colour: Sequence[int] | np.ndarray) -> str:
    return "#" + bytes(int(level) for level in colour).hex()
