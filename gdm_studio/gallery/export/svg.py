"""SVG export: the outlines of an image's flat areas, written as few, short paths."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

import numpy as np
from PIL import Image

from gdm_studio.gallery.export.export_source import Colour
from gdm_studio.gallery.export.flat_colours import FlatImage, FlatStyle, flatten
from gdm_studio.gallery.export.outlines import Curve, Shape, trace_shapes

# Longer side of the traced image in pixels. A larger image gives smoother edges and larger files.
TRACED_SIDE = 768


def trace(
    picture: Image.Image,
    *,
    size: int,
    style: FlatStyle | None = None,
    background: Colour | None = None,
    title: str = "",
) -> bytes:
    """Return an SVG document traced from an RGBA image. It is displayed with `size` pixels on the longer side.

    The image is first reduced to flat colours in the given `style`. Raises StudioError if it has no opaque pixels.
    """
    flat = flatten(picture, style or FlatStyle())
    height, width = flat.areas.shape
    return document(shapes(flat), width=width, height=height, size=size, background=background, title=title)


def shapes(flat: FlatImage) -> str:
    """Return the SVG path elements of an image in flat colours. The coordinates are pixels of that image."""
    paths = _merge_shapes(trace_shapes(flat.areas, len(flat.palette)))
    return "\n".join(
        f'<path fill="{_format_hex(flat.palette[index])}" d="{_write_path(each)}"/>' for index, each in paths
    )


def document(
    paths: str, *, width: int, height: int, size: int, background: Colour | None = None, title: str = ""
) -> bytes:
    """Return an SVG document with the elements `paths`. Its coordinates span `width` × `height`, and it is displayed
    with `size` pixels on the longer side.
    """
    scale = size / max(width, height)
    ground = ""
    if background is not None:
        ground = f'<path fill="{_format_hex(background)}" d="M0 0h{width}v{height}H0z"/>\n'
    named = f"<title>{escape(title)}</title>\n" if title else ""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" '
        f'width="{width * scale:g}" height="{height * scale:g}" viewBox="0 0 {width} {height}">\n'
        f"{named}{ground}{paths}\n</svg>\n"
    ).encode()


def _merge_shapes(shapes: Iterable[Shape]) -> list[tuple[int, list[Curve]]]:
    """Merge shapes of one colour into one path each, from back to front.

    A shape joins an earlier path if no shape of another colour between the two lies below it.
    """
    paths: list[tuple[int, list[Curve]]] = []
    boxes: list[list[np.ndarray]] = []
    for shape in shapes:
        points = np.concatenate(shape.outlines)
        box = np.concatenate([points.min(0), points.max(0)])
        place = _find_path(shape.colour, box, [colour for colour, _ in paths], boxes)
        if place is None:
            place = len(paths)
            paths.append((shape.colour, []))
            boxes.append([])
        paths[place][1].extend(shape.outlines)
        boxes[place].append(box)
    return paths


def _find_path(colour: int, box: np.ndarray, colours: Sequence[int], boxes: Sequence[list[np.ndarray]]) -> int | None:
    """Return the index of the path that a shape with this colour and bounding box can join, or None."""
    for place in reversed(range(len(colours))):
        if colours[place] == colour:
            return place
        if any(_are_overlapping(box, other) for other in boxes[place]):
            return None
    return None


def _are_overlapping(box: np.ndarray, other: np.ndarray) -> bool:
    """Return True if two boxes (left, top, right, bottom) have common points."""
    return bool((box[:2] <= other[2:]).all() and (other[:2] <= box[2:]).all())


def _write_path(outlines: Iterable[Curve]) -> str:
    """Return the path data of outlines, with relative coordinates in tenths of a pixel, which take fewer characters."""
    words: list[str] = []
    pen = np.zeros(2, int)
    for outline in outlines:
        tenths = np.rint(10 * outline).astype(int)
        words.append("m" + _write_numbers(tenths[0] - pen))
        pen = tenths[0]
        for segment in tenths[1:].reshape(-1, 3, 2):
            is_straight = (segment[0] == pen).all() and (segment[1] == segment[2]).all()
            numbers = segment[2] - pen if is_straight else (segment - pen).ravel()
            words.append(("l" if is_straight else "c") + _write_numbers(numbers))
            pen = segment[2]
        words.append("z")
        pen = tenths[0]
    return "".join(words)


def _write_numbers(tenths: np.ndarray) -> str:
    """Return numbers, given in tenths, in as few characters as SVG allows: a sign separates numbers too."""
    text = ""
    for number in tenths.tolist():
        word = f"{number / 10:g}".replace("0.", ".", 1) if abs(number) < 10 and number else f"{number / 10:g}"
        text += word if not text or word.startswith("-") else f" {word}"
    return text


def _format_hex(colour: Sequence[int] | np.ndarray) -> str:
    return "#" + bytes(int(level) for level in colour).hex()
