"""Conversion of drawings between the styles of icons: lines and areas are found in a drawing of one style, and drawn
again as those of another one.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gdm_studio.common.connected_areas import label_areas, remove_islands
from gdm_studio.models.families.icons.plain_icons import cut_out, find_ground
from gdm_studio.models.families.icons.recolor import Pixels
from gdm_studio.models.prompts.word_classes import COLOUR_WORDS

Mask = NDArray[np.bool_]
Share = NDArray[np.float64]
Colour = tuple[int, int, int]


class Look(Enum):
    """Way in which the drawings of a style are made."""

    # Coloured areas without lines.
    AREAS = auto()
    # Coloured areas with dark lines.
    OUTLINED = auto()
    # Lines alone, of one colour and width.
    LINES = auto()
    # Lines and filled shapes of one colour.
    GLYPH = auto()
    # Lines of one colour, and areas in a pale tone of it.
    TWO_TONES = auto()


LOOKS = {
    "noto": Look.AREAS,
    "fluent-emoji-flat": Look.AREAS,
    "twemoji": Look.AREAS,
    "emojione": Look.AREAS,
    "streamline-emojis": Look.OUTLINED,
    "streamline-ultimate-color": Look.OUTLINED,
    "icon-park": Look.LINES,
    "streamline-color": Look.TWO_TONES,
    "fluent-emoji-high-contrast": Look.GLYPH,
}
_AREA_STYLES = ("twemoji", "fluent-emoji-flat", "noto", "emojione")
_OUTLINED_STYLES = ("streamline-ultimate-color", "streamline-emojis")
# The styles whose drawings serve for a missing one, the most suitable first, by the look of the missing one.
_SOURCES = {
    Look.AREAS: (*_AREA_STYLES, *_OUTLINED_STYLES, "streamline-color", "icon-park", "fluent-emoji-high-contrast"),
    Look.OUTLINED: (*_OUTLINED_STYLES, *_AREA_STYLES, "streamline-color", "icon-park", "fluent-emoji-high-contrast"),
    Look.LINES: ("icon-park", "streamline-color", "fluent-emoji-high-contrast", *_OUTLINED_STYLES, *_AREA_STYLES),
    Look.GLYPH: ("fluent-emoji-high-contrast", "icon-park", "streamline-color", *_OUTLINED_STYLES, *_AREA_STYLES),
    Look.TWO_TONES: ("streamline-color", "icon-park", "fluent-emoji-high-contrast", *_OUTLINED_STYLES, *_AREA_STYLES),
}
# Weights with which a style is chosen if none is requested: flat styles first, line drawings and glyphs last.
STYLE_WEIGHTS = {
    "twemoji": 1.0,
    "fluent-emoji-flat": 0.6,
    "noto": 0.4,
    "emojione": 0.3,
    "streamline-emojis": 0.15,
    "streamline-ultimate-color": 0.1,
    "icon-park": 0.05,
    "streamline-color": 0.05,
    "fluent-emoji-high-contrast": 0.03,
}
# The styles whose drawings replace a missing one, the most similar first, before the other styles in the order of
# STYLE_WEIGHTS. A blend of drawings in other styles, transferred to the style, is often no recognisable object.
SIMILAR_STYLES = {
    "streamline-emojis": ("streamline-ultimate-color",),
    "streamline-ultimate-color": ("streamline-emojis",),
    "icon-park": ("fluent-emoji-high-contrast", "streamline-ultimate-color", "streamline-emojis"),
    "streamline-color": ("icon-park", "streamline-ultimate-color", "streamline-emojis"),
    "fluent-emoji-high-contrast": ("icon-park", "streamline-emojis"),
}
# Drawings without the characteristic part of their subject, by style: these astronauts hold their helmets at the lower
# edge. Seeds choose other styles for them, and images in this style start from the drawings of STYLE_INSTEAD.
AVOIDED_DRAWINGS = {"twemoji": frozenset(("astronaut", "man astronaut", "woman astronaut"))}
STYLE_INSTEAD = "noto"
# The colours of lines and of pale areas, by the look.
_LINE = {Look.OUTLINED: (38, 38, 42), Look.LINES: (16, 16, 20), Look.GLYPH: (16, 16, 20), Look.TWO_TONES: (33, 96, 212)}
_AREA = (217, 230, 252)
# The colours of lines and of enclosed areas that stand for a drawing of one colour among coloured areas.
_ACCENT, _ACCENT_AREA = (74, 104, 150), (206, 220, 242)
# Widths of lines as shares of the side.
_WIDTHS = {Look.OUTLINED: 0.024, Look.LINES: 0.075, Look.GLYPH: 0.06, Look.TWO_TONES: 0.065}
# Limits of the brightness of a dark line and an area beside it, 0 to 255.
_DARK = 60.0, 120.0
# Limits of the distance of the smallest channel from white at which a pixel is an area and a line of the same hue.
_DEPTHS = 0.22, 0.36
# Half the width of a thin line, as a share of the side.
_THIN = 0.02
# Value of a line compared with the area beside it, among coloured areas.
_SHADE, _LIGHT = 0.52, 1.8
# Brightness below which the lines of an area are lighter than it.
_DARK_AREA = 100.0
# Colour of an area of which nothing is seen, and the distances in pixels up to which the colour of an area continues,
# with the share of the pixels from which it is taken.
_NO_AREA = 235.0
_REACHES, _ENOUGH = (3, 8, 20, 60), 0.02
# Share of white in an area whose line had its colour, by the look in which the area is coloured.
_TINTS = {Look.AREAS: 0.22, Look.OUTLINED: 0.5}
# Share of lines in a drawing from which it has no areas.
_LINES_ALONE = 0.93
# Smallest part of the regions between lines that remain when lines become wider.
_REMAINING = 0.6
# Smallest distance of a tile's ground from white, width of a tile's edge as a share of the side, and smallest share of
# the image that a symbol covers.
_WHITE, _MARGIN, _SMALLEST_SYMBOL = 60.0, 0.05, 0.015
# Smallest overlap (intersection over union) of two shapes of one thing.
_SAME_SHAPE = 0.8
# Smallest share of enclosed areas in the box of a drawing of lines that are filled.
_ENCLOSED = 0.2
# Smallest region and smallest part of a line, as shares of the square of the side.
_REGION, _DUST = 0.0006, 0.0008


@dataclass(frozen=True)
class Parts:
    """Lines and areas of a drawing (H, W): its opacity and the share of its lines in each pixel, 0 to 1, the colours of
    its areas (H, W, 3), which continue below the lines, and the mean colour of its lines (3,).
    """

    opacity: Share
    lines: Share
    colours: NDArray[np.float64]
    ink: NDArray[np.float64]


def sources_of(style: str) -> list[str]:
    """Return the styles whose drawings can stand for one in a style, the most suitable first, which is the style."""
    return [*dict.fromkeys((style, *_SOURCES[look_of(style)]))]


def sources_of_icon(drawing: str, style: str, names: Container[str]) -> list[str]:
    """Return the styles whose drawing called `drawing` can stand for that of an icon in a style, as `sources_of` does.

    They are no glyphs if the name has a colour and `names` has the thing in others ("red heart"), since glyphs show
    such a colour by hatching.
    """
    words = drawing.split()
    own = COLOUR_WORDS.intersection(words)
    others = COLOUR_WORDS - own if own else ()
    has_colours = any(" ".join(other if word in own else word for word in words) in names for other in others)
    return [each for each in sources_of(style) if not has_colours or look_of(each) is not Look.GLYPH]


def similar_styles(style: str) -> list[str]:
    """Return the styles whose drawings single pictures in a style start from as they are, in the order of preference,
    which begins with the style.
    """
    return [*dict.fromkeys((style, *SIMILAR_STYLES.get(style, ()), *STYLE_WEIGHTS))]


def style_instead(drawing: str, style: str) -> str:
    """Return the style whose drawing called `drawing` an image in a style starts from: another one if the style's own
    lacks the characteristic part of its subject.
    """
    return STYLE_INSTEAD if drawing in AVOIDED_DRAWINGS.get(style, ()) else style


def has_one_colour(style: str) -> bool:
    """Return True if each drawing of a style has only one colour."""
    return look_of(style) in (Look.LINES, Look.GLYPH)


def fill(pixels: Pixels) -> Pixels:
    """Return a drawing, RGBA (H, W, 4), whose holes are opaque."""
    filled = pixels.copy()
    filled[~_find_outside(pixels[..., 3] < 128), 3] = 255
    return filled


def cut_tile(pixels: Pixels) -> Pixels | None:
    """Return a drawing on a tile, RGBA (H, W, 4), without the ground that begins at the tile's upper edge, or None if
    little would be left, or if the ground is white, as that of paper or a ball.
    """
    _, subject, colour = find_ground(pixels)
    return cut_out(pixels, subject) if 255 - colour.min() > _WHITE else None


def extract_symbol(pixels: Pixels, look: Look) -> Pixels:
    """Return the symbol of a button, RGBA (H, W, 4): a pale one on a tile gets the colour of the tile, and a frame
    around it is removed. A drawing of another kind is returned as it is.
    """
    if look in (Look.GLYPH, Look.LINES):
        return _without_frame(pixels)
    if look is not Look.AREAS:
        return pixels
    _, subject, colour = find_ground(pixels)
    rgb = pixels[..., :3].astype(np.float64)
    to_white = 255 - colour
    if to_white.max() < _WHITE:
        return pixels
    # The share of white in each pixel: 0 on the ground, 1 in the symbol.
    share = np.clip((((rgb - colour) @ to_white) / (to_white @ to_white) - 0.25) / 0.5, 0, 1)
    side = len(pixels)
    inside = ~_grow(_find_outside(pixels[..., 3] < 128), _MARGIN * side)
    is_symbol = remove_islands((share > 0.5) & inside, round(_DUST * 4 * side**2), keep_largest=False)
    if is_symbol.sum() < _SMALLEST_SYMBOL * subject.size:
        return pixels
    opacity = 255 * share * _grow(is_symbol, 2)
    return np.concatenate([np.zeros_like(rgb) + colour, opacity[..., None]], -1).round().astype(np.uint8)


def _without_frame(pixels: Pixels) -> Pixels:
    """Return a drawing of lines, RGBA (H, W, 4), without a line around all of the others."""
    is_line = pixels[..., 3] > 127
    numbers = label_areas(is_line)
    for number in np.unique(numbers[is_line]).tolist():
        frame = numbers == number
        inside = ~_find_outside(~frame) & ~frame & is_line
        if (inside | frame)[is_line].mean() > 0.99 and inside.sum() > _SMALLEST_SYMBOL * frame.size:
            bare = pixels.copy()
            bare[..., 3] = np.where(_grow(inside, 2), pixels[..., 3], 0)
            return bare
    return pixels


def is_same_shape(one: Pixels, other: Pixels) -> bool:
    """Return True if two drawings, RGBA (H, W, 4), fill nearly the same area when they have the same size."""
    first, second = (_fill_box(each) for each in (one, other))
    return bool((first & second).sum() >= _SAME_SHAPE * (first | second).sum())


def _fill_box(pixels: Pixels) -> Mask:
    """Return the shape of a drawing without its holes, scaled to a small square."""
    filled = ~_find_outside(pixels[..., 3] < 128)
    box = Image.fromarray(filled).getbbox()
    if box is None:
        return np.zeros((48, 48), bool)
    scaled = Image.fromarray(filled.astype(np.uint8) * 255).resize((48, 48), Image.Resampling.BOX, box=box)
    shape: Mask = np.asarray(scaled) > 127
    return shape


def look_of(style: str) -> Look:
    """Return how the drawings of a style are made. Styles of other models are taken for coloured areas."""
    return LOOKS.get(style, Look.AREAS)


def convert(pixels: Pixels, look: Look, wanted: Look, *, hollows_glyphs: bool = True) -> Pixels:
    """Return a drawing of the look `look`, straight RGBA (H, W, 4), as one of another look.

    Without `hollows_glyphs`, as for earlier requests, glyphs stay filled among lines.
    """
    if look is wanted and wanted in (Look.AREAS, Look.OUTLINED, Look.LINES):
        return pixels
    parts = find_parts(pixels, look)
    if hollows_glyphs and look is Look.GLYPH and wanted is Look.LINES:
        parts = _hollow(parts, _WIDTHS[wanted])
    return draw(parts, look, wanted)


def color_silhouette(pixels: Pixels, colour: Colour, wanted: Look) -> Pixels:
    """Return a silhouette that was drawn in white with dark lines, RGBA (H, W, 4), in a colour and with the lines of
    another look.
    """
    parts = find_parts(pixels, Look.OUTLINED)
    colours = np.zeros_like(parts.colours) + np.array(colour)
    return draw(replace(parts, colours=colours), Look.OUTLINED, wanted)


def find_parts(pixels: Pixels, look: Look) -> Parts:
    """Return the lines and areas of a drawing, straight RGBA (H, W, 4)."""
    rgb = pixels[..., :3].astype(np.float64)
    opacity = pixels[..., 3] / 255.0
    if look is Look.AREAS:
        lines = np.zeros_like(opacity)
    elif look is Look.OUTLINED:
        lines = _find_dark_lines(rgb, opacity)
    elif look is Look.TWO_TONES:
        low, high = _DEPTHS
        lines = np.clip((1 - rgb.min(-1) / 255 - low) / (high - low), 0, 1)
    elif look is Look.GLYPH:
        lines = np.clip((235 - rgb.min(-1)) / 100, 0, 1)
    else:
        lines = np.ones_like(opacity)
    is_line = (lines > 0.9) & (opacity > 0.9)
    ink = np.median(rgb[is_line], axis=0) if is_line.any() else np.zeros(3)
    return Parts(opacity, lines * (opacity > 0), _continue(rgb, (_max_filter(lines, 2) < 0.2) & (opacity > 0.9)), ink)


def _find_dark_lines(rgb: NDArray[np.float64], opacity: Share) -> Share:
    """Return the share of dark lines in each pixel. They are dark, or darker than both sides of a thin line."""
    low, high = _DARK
    value = np.where(opacity > 0.5, rgb.max(-1), 255.0)
    radius = round(_THIN * len(value))
    closed = 255 - _max_filter(255 - _max_filter(value, radius), radius)
    return np.maximum(np.clip((high - value) / (high - low), 0, 1), np.clip((closed - value - 30) / 40, 0, 1))


def _max_filter(values: Share, radius: int) -> Share:
    """Return the largest value around each pixel, in a square of 2 · radius + 1 pixels."""
    for axis in (0, 1):
        found = values
        for step in range(-radius, radius + 1):
            found = np.maximum(found, np.roll(values, step, axis))
        values = found
    return values


def draw(parts: Parts, look: Look, wanted: Look) -> Pixels:
    """Return the parts of a drawing that has the look `look` as a drawing of another look, RGBA (H, W, 4)."""
    is_of_one_colour = look in (Look.LINES, Look.GLYPH)
    if wanted is Look.AREAS:
        if is_of_one_colour:
            return _paint(_with_holes(parts), _ACCENT, np.array(_ACCENT_AREA))
        shown = parts.lines[parts.opacity > 0.5]
        if look is Look.TWO_TONES and shown.sum() > _LINES_ALONE * shown.size:
            return _paint(parts, _ACCENT, np.array(_ACCENT_AREA))
        if look is Look.TWO_TONES:
            parts = replace(parts, colours=_with_white(parts, _TINTS[wanted]))
        return _paint(parts, _shade(parts.colours), parts.colours)
    if wanted is Look.OUTLINED:
        if look is Look.AREAS:
            return _paint(_with_edge(parts, _WIDTHS[wanted]), _LINE[wanted], parts.colours)
        if is_of_one_colour:
            return _paint(_with_holes(parts), _LINE[wanted], np.array(_ACCENT_AREA))
        if look is Look.TWO_TONES:
            parts = replace(parts, colours=_with_white(parts, _TINTS[wanted]))
        return _paint(parts, _LINE[wanted], parts.colours)
    if look is Look.AREAS:
        parts = _with_edges(parts, _WIDTHS[wanted])
    elif look in (Look.OUTLINED, Look.TWO_TONES) and look is not wanted:
        parts = _widen(parts, _WIDTHS[wanted])
    if wanted is Look.TWO_TONES:
        return _paint(_with_holes(parts) if is_of_one_colour else parts, _LINE[wanted], np.array(_AREA))
    ink = parts.opacity * parts.lines
    return _paint(replace(parts, opacity=ink, lines=np.ones_like(ink)), _LINE[wanted], np.zeros(3))


def _paint(parts: Parts, line: Sequence[int] | NDArray[np.float64], area: NDArray[np.float64]) -> Pixels:
    share = parts.lines[..., None]
    rgb = share * np.asarray(line, np.float64) + (1 - share) * area
    return np.concatenate([rgb, 255 * parts.opacity[..., None]], -1).round().clip(0, 255).astype(np.uint8)


def _with_white(parts: Parts, share: float) -> NDArray[np.float64]:
    """Return the colour of a drawing's lines, mixed with white, for all of its areas (H, W, 3)."""
    return np.zeros_like(parts.colours) + (1 - share) * parts.ink + share * 255


def _shade(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the colours of lines on areas of the given colours: darker, or lighter on dark areas."""
    is_dark = colours.max(-1, keepdims=True) < _DARK_AREA
    return np.clip(colours * np.where(is_dark, _LIGHT, _SHADE), 0, 255)


def _continue(rgb: NDArray[np.float64], known: Mask) -> NDArray[np.float64]:
    """Return colours (H, W, 3) in which unknown pixels have the mean of the known ones around them, as near as there
    are enough.
    """
    if not known.any():
        return np.full_like(rgb, _NO_AREA)
    colours = np.where(known[..., None], rgb, rgb[known].mean(0))
    missing = ~known
    for radius in _REACHES:
        weights = _mean_filter(known.astype(np.float64), radius)
        is_near = missing & (weights > _ENOUGH)
        if is_near.any():
            sums = np.stack([_mean_filter(rgb[..., channel] * known, radius) for channel in range(3)], -1)
            colours[is_near] = sums[is_near] / weights[is_near, None]
            missing &= ~is_near
    return colours


def _mean_filter(values: Share, radius: int) -> Share:
    """Return the means of an array (H, W) in squares of 2 · radius + 1 pixels, with zeros outside it."""
    side = 2 * radius + 1
    total = np.pad(values, ((radius + 1, radius), (radius + 1, radius))).cumsum(0).cumsum(1)
    found: Share = (total[side:, side:] - total[:-side, side:] - total[side:, :-side] + total[:-side, :-side]) / side**2
    return found


def _with_holes(parts: Parts) -> Parts:
    """Return the parts of a drawing with areas where its lines enclose nothing."""
    is_outside = _find_outside(parts.opacity < 0.5)
    box = Image.fromarray(~is_outside).getbbox()
    if box is None or (~is_outside & (parts.opacity < 0.5)).sum() < _ENCLOSED * (box[2] - box[0]) * (box[3] - box[1]):
        return parts
    opacity = np.where(is_outside, parts.opacity, 1.0)
    lines = np.where(is_outside, 1.0, parts.opacity * parts.lines)
    return replace(parts, opacity=opacity, lines=lines)


def _hollow(parts: Parts, width: float) -> Parts:
    """Return the parts of a glyph whose filled shapes are replaced by lines along their edges."""
    side = len(parts.opacity)
    ink = parts.opacity * parts.lines
    is_near = _near_edge(replace(parts, opacity=ink), width * side)
    is_inside = remove_islands((ink > 0.5) & ~is_near, round(_DUST * side**2), keep_largest=False)
    return replace(parts, opacity=parts.opacity * (1 - _soften(is_inside)))


def _find_outside(is_empty: Mask) -> Mask:
    """Return the empty pixels that are connected with the border of the image."""
    numbers = label_areas(np.pad(is_empty, 1, constant_values=True))
    outside: Mask = numbers[1:-1, 1:-1] == numbers[0, 0]
    return outside


def _with_edge(parts: Parts, width: float) -> Parts:
    """Return the parts of a drawing with a line inside its edge."""
    side = len(parts.opacity)
    inside = _soften(_near_edge(parts, width * side))
    return replace(parts, lines=np.maximum(parts.lines, inside))


def _with_edges(parts: Parts, width: float) -> Parts:
    """Return the parts of a drawing with lines where its colours change, and inside its edge."""
    side = len(parts.opacity)
    smooth = parts.colours
    for _ in range(2):
        smooth = _median(smooth)
    is_edge = np.zeros(parts.opacity.shape, bool)
    for axis in (0, 1):
        change = np.abs(np.roll(smooth, 2, axis) - np.roll(smooth, -2, axis)).max(-1)
        is_edge |= change > 70
    is_edge = remove_islands(is_edge & (parts.opacity > 0.5), round(4 * _DUST * side**2), keep_largest=False)
    inside = _grow(is_edge, width * side / 4) | _near_edge(parts, width * side)
    return replace(parts, lines=_soften(inside))


def _near_edge(parts: Parts, width: float) -> Mask:
    """Return the pixels within `width` pixels of the edge of a drawing, to which the border of the image belongs."""
    margin = int(width) + 1
    outside = np.pad(parts.opacity < 0.5, margin, constant_values=True)
    near: Mask = _grow(outside, width)[margin:-margin, margin:-margin]
    return near


def _median(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    moved = [np.roll(colours, (row, column), (0, 1)) for row in (-2, 0, 2) for column in (-2, 0, 2)]
    found: NDArray[np.float64] = np.median(np.stack(moved), axis=0)
    return found


def _widen(parts: Parts, width: float) -> Parts:
    """Return the parts of a drawing with lines as wide as `width`, a share of the side, as far as the regions between
    them remain.
    """
    side = len(parts.opacity)
    lines = remove_islands(parts.lines * parts.opacity > 0.5, round(_DUST * side**2), keep_largest=False)
    is_open = ~lines & (parts.opacity > 0.5)
    edges = lines & _grow(~lines, 1)
    if not edges.any():
        return parts
    own = 2 * lines.sum() / edges.sum()
    before = _count_regions(is_open, side)
    found = lines
    for more in range(1, round((width * side - own) / 2) + 1):
        wider = _grow(lines, more)
        if _count_regions(is_open & ~wider, side) < before or (is_open & ~wider).sum() < _REMAINING * is_open.sum():
            break
        found = wider
    share = _soften(found)
    opacity = np.maximum(parts.opacity, share)
    return replace(parts, opacity=opacity, lines=share)


def _count_regions(mask: Mask, side: int) -> int:
    numbers = label_areas(mask)
    sizes = np.bincount(numbers[mask]) if mask.any() else np.zeros(1, int)
    return int((sizes >= _REGION * side**2).sum())


def _grow(mask: Mask, radius: float) -> Mask:
    """Return a mask with all pixels within `radius` of its own."""
    grown = mask.copy()
    reach = int(radius)
    for row in range(-reach, reach + 1):
        width = int(np.sqrt(max(radius**2 - row**2, 0)))
        moved = np.zeros_like(mask)
        if row >= 0:
            moved[row:] = mask[: len(mask) - row]
        else:
            moved[:row] = mask[-row:]
        # A window of 2 · width + 1 pixels, by sums.
        total = np.cumsum(np.pad(moved, ((0, 0), (width + 1, width))), axis=1, dtype=np.int32)
        grown |= (total[:, 2 * width + 1 :] - total[:, : -2 * width - 1]) > 0
    return grown


def _soften(mask: Mask) -> Share:
    """Return a mask with smooth edges, as shares from 0 to 1."""
    padded = np.pad(mask, 1, mode="edge").astype(np.float64)
    height, width = mask.shape
    around = sum(padded[row : row + height, column : column + width] for row in range(3) for column in range(3))
    share: Share = np.asarray(around) / 9
    return share
