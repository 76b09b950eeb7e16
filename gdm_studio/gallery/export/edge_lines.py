"""Lines along the edge of a flat image: broken ones are joined, and pale parts get one.

A flat image is an array of indices in a palette; the index len(palette) is transparent. Distances between colours are
those of Oklab. The contrast is that of the Web Content Accessibility Guidelines 2.1, whose least value for graphics is
3 (success criterion 1.4.11).
"""

from __future__ import annotations

import numpy as np

from gdm_studio.common.connected_areas import find_largest_areas, label_areas, remove_islands
from gdm_studio.gallery.export.export_source import Colour
from gdm_studio.gallery.export.masks import grow, grow_round
from gdm_studio.gallery.export.oklab import to_linear, to_oklab

# Largest width of a line, and the width of a new one, in pixels at the reference side.
_MAX_LINE_WIDTH = 13.0
_NEW_WIDTH = 5.0
# Smallest share of a shape's edge that the pieces of a broken line cover, and largest share of one piece in them.
_MIN_BROKEN_SHARE = 0.4
_MAX_PIECE_SHARE = 0.85
# Smallest share of a shape's area inside its line. A shape of strokes alone has no line.
_MIN_INSIDE_SHARE = 0.4
# Largest distance between the colours of the pieces of one line.
_MAX_PIECE_DISTANCE = 0.2
# Smallest distance of a line's colour from that of the largest area inside.
_MIN_LINE_DIFFERENCE = 0.06
# Smallest area of a part that is no fragment of the line, in squares of the line's width.
_SMALLEST_PART = 6
# Largest distance from the background at which a colour is pale: a light grey, but not a light yellow.
_MAX_PALE_DISTANCE = 0.115
# Length in pixels at the reference side below which a pale part gets no line.
_MIN_PALE_LENGTH = 24.0
# Share of a picture's edge that is pale from which an outline is needed.
_MIN_PALE_SHARE = 0.1
# Width of a line outside the shapes, and its lightness compared with the darkest colour of the image.
_OUTSIDE_WIDTH = 4.0
_OUTSIDE_LIGHTNESS = 0.45
# Contrast of an outline with the background.
_OUTLINE_CONTRAST = 3.0
# Luminance from which a background is light: black and white have the same contrast with it.
_LIGHT_LUMINANCE = 0.18
# Smallest share of a shape's edge that is pale at which the pale parts get a line.
_MIN_PALE_SHARE_OF_SHAPE = 0.35
# Smallest share of a shape's edge in one colour that is its line.
_MIN_LINE_COLOUR_SHARE = 0.4


def join_edge_lines(areas: np.ndarray, palette: np.ndarray, scale: float) -> np.ndarray:
    """Return areas (height, width) in which the pieces of a broken line along the edge of a shape are one line of even
    width, in the colour of most pieces. `scale` is that of the image compared with the reference side.
    """
    count = len(palette)
    is_opaque = areas < count
    is_thin = is_opaque & ~_find_wide_parts(areas, count, scale)
    is_edge = _find_edge_pixels(is_opaque, 1)
    lab = to_oklab(palette)
    joined = areas.copy()
    shapes = label_areas(is_opaque.astype(np.uint8))
    # The margin of one pixel distinguishes the edge of a box from that of the image.
    for shape, place in find_largest_areas(shapes, 1, among=np.unique(shapes[is_edge])):
        _join_edge_line(joined[place], shapes[place] == shape, is_thin[place], is_edge[place], lab)
    return joined


def _join_edge_line(
    areas: np.ndarray, is_shape: np.ndarray, is_thin: np.ndarray, is_edge: np.ndarray, lab: np.ndarray
) -> None:
    """Join the line along the edge of a shape if it is broken. `areas` (height, width) is changed in place."""
    line = _find_line(areas, is_shape, is_thin, is_edge, lab)
    if line is None:
        return
    colour, pieces, width = line
    is_part = _find_parts(np.where(pieces, len(lab), areas), is_shape, is_edge & pieces, is_edge, width)
    band = _find_edge_pixels(is_shape, width) & ~is_part
    areas[...] = _fill_removed(areas, is_shape & pieces & ~band, is_shape & ~pieces & ~band)
    areas[band] = colour


def needs_outline(areas: np.ndarray, palette: np.ndarray, ground: Colour) -> bool:
    """Return True if a considerable part of an image's edge hardly differs from the background colour."""
    is_edge = _find_edge_pixels(areas < len(palette), 1)
    return (
        bool(_find_pale_pixels(areas, palette, ground)[is_edge].mean() >= _MIN_PALE_SHARE) if is_edge.any() else False
    )


def outline_pale_parts(
    areas: np.ndarray, palette: np.ndarray, ground: Colour, scale: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return an image's areas and palette with a line where a pale part of a shape meets the background, unless most of
    the shape's edge is strong. The line is inside the shape, whose size stays.

    Its colour has enough contrast with the background: it is that of most of the shape's edge, if it has one, or else a
    tone of the pale part.
    """
    count = len(palette)
    width = max(1, round(_NEW_WIDTH * scale))
    is_opaque = areas < count
    is_pale = _find_pale_pixels(areas, palette, ground)
    # Short pieces, where a pale area hardly touches the edge, would be dust.
    is_line = remove_islands(_find_edge_pixels(is_opaque, width) & is_pale, round(_MIN_PALE_LENGTH * scale) * width)
    is_edge = _find_edge_pixels(is_opaque, 1)
    shapes = label_areas(is_opaque.astype(np.uint8))
    tones = {index: _find_contrasting_tone(palette[index], ground) for index in np.unique(areas[is_line]).tolist()}
    edges = np.bincount(shapes[is_edge], minlength=shapes.max() + 1)
    pale_edges = np.bincount(shapes[is_edge & is_pale], minlength=len(edges))
    # A shape is seen by the rest of its edge, such as the lines around a pale area that is open on one side.
    lined_shapes = np.unique(shapes[is_line])
    lined_shapes = lined_shapes[pale_edges[lined_shapes] / edges[lined_shapes] >= _MIN_PALE_SHARE_OF_SHAPE]
    # The place of each pixel's shape in `lined_shapes`, or -1.
    places = np.full(len(edges), -1)
    places[lined_shapes] = np.arange(len(lined_shapes))
    places = places[shapes]
    # The colour of the line in each shape, by the colour of the pale part.
    colours = np.zeros((len(lined_shapes), count), int)
    colours[:, list(tones)] = np.arange(count, count + len(tones))
    strong = is_edge & ~is_pale & (places >= 0)
    counts = np.bincount(places[strong] * count + areas[strong], minlength=colours.size).reshape(colours.shape)
    commonest = counts.argmax(1)
    has_contrast = np.array([_compute_contrast(colour, ground) >= _OUTLINE_CONTRAST for colour in palette])
    has_line = has_contrast[commonest] & (counts.max(1) >= _MIN_LINE_COLOUR_SHARE * edges[lined_shapes])
    colours[has_line] = commonest[has_line, None]
    lined = np.where(is_opaque, areas, count + len(tones))
    is_line &= places >= 0
    lined[is_line] = colours[places[is_line], areas[is_line]]
    return lined.astype(np.uint8), np.array([*palette, *tones.values()], np.uint8)


def outline_all(
    areas: np.ndarray, palette: np.ndarray, scale: float, colours: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return an image's areas and palette with a line around its shapes, in a dark shade of the darkest of `colours`
    (n, 3). The line is outside the shapes.
    """
    count = len(palette)
    darkest = colours[to_oklab(colours)[:, 0].argmin()]
    is_line = (areas == count) & grow(areas != count, max(1, round(_OUTSIDE_WIDTH * scale)))
    lined = np.where(areas == count, count + 1, areas)
    lined[is_line] = count
    return lined.astype(np.uint8), np.concatenate([palette, (darkest * _OUTSIDE_LIGHTNESS).astype(np.uint8)[None]])


def _find_edge_pixels(is_shape: np.ndarray, radius: int) -> np.ndarray:
    """Return a mask of the pixels of a shape within `radius` pixels of its edge. The border of the image belongs to the
    edge, unless the shape fills the image and has none.
    """
    if is_shape.all():
        return np.zeros_like(is_shape)
    return is_shape & grow_round(~np.pad(is_shape, 1), radius)[1:-1, 1:-1]


def _find_wide_parts(areas: np.ndarray, count: int, scale: float) -> np.ndarray:
    """Return a mask of the pixels in parts of areas that are wider than a line."""
    # At about the reference side, where this takes little time.
    step = max(1, int(scale))
    radius = round(_MAX_LINE_WIDTH / 2 * scale / step)
    height, width = areas.shape
    is_wide = np.zeros(areas.shape, bool)
    for index in np.unique(areas[areas < count]).tolist():
        small = areas[::step, ::step] == index
        opened = grow_round(~grow_round(~np.pad(small, 1), radius), radius + 1)[1:-1, 1:-1]
        is_wide |= opened.repeat(step, 0).repeat(step, 1)[:height, :width] & (areas == index)
    return is_wide


def _find_line(
    areas: np.ndarray, is_shape: np.ndarray, is_thin: np.ndarray, is_edge: np.ndarray, lab: np.ndarray
) -> tuple[int, np.ndarray, int] | None:
    """Return the colour, the pieces (height, width) and the width in pixels of the broken line along the edge of a
    shape, or None if it has no line or a whole one.
    """
    edge, inside = areas[is_edge & is_shape & is_thin], areas[is_shape & ~is_thin]
    if not len(edge) or len(inside) < _MIN_INSIDE_SHARE * is_shape.sum():
        return None
    colour = int(np.bincount(edge).argmax())
    similar = np.flatnonzero(np.sqrt(((lab - lab[colour]) ** 2).sum(-1)) < _MAX_PIECE_DISTANCE)
    if np.hypot.reduce(lab[colour] - lab[np.bincount(inside).argmax()]) < _MIN_LINE_DIFFERENCE:
        return None
    pieces = is_shape & is_thin & np.isin(areas, similar)
    # Lines that leave the edge, such as the veins of a leaf, are no pieces.
    covered = is_edge & pieces
    if covered.sum() < _MIN_BROKEN_SHARE * (is_edge & is_shape).sum():
        return None
    # One long piece is no broken line, but a stripe beside others, as in a rainbow.
    regions = label_areas(np.where(pieces, areas, 255))
    if np.bincount(regions[covered]).max() > _MAX_PIECE_SHARE * covered.sum():
        return None
    # Each piece has an edge on both of its sides. Lines inside the shape are pieces, too.
    width = max(1, round(2 * pieces.sum() / _find_edge_pixels(pieces, 1).sum()))
    near = grow_round(is_edge & is_shape, 2 * width)
    return colour, pieces & near, width


def _find_parts(
    areas: np.ndarray, is_shape: np.ndarray, is_lined: np.ndarray, is_edge: np.ndarray, width: int
) -> np.ndarray:
    """Return a mask of the areas of a shape that stand out from its line, such as drops below a cloud: more of the
    shape's edge is theirs than there are pieces of the line beside them. Fragments of the line are none.
    """
    regions = label_areas(np.where(is_shape, areas, areas.max()))
    is_part = np.zeros(areas.shape, bool)
    among = np.unique(regions[is_shape & is_edge & ~is_lined])
    for region, place in find_largest_areas(regions, width + 2, among=among):
        own = regions[place] == region
        beside = grow_round(own, width + 2) & is_lined[place]
        if own.sum() >= _SMALLEST_PART * width**2 and (own & is_edge[place]).sum() > beside.sum():
            is_part[place] |= own
    return is_part


def _fill_removed(areas: np.ndarray, is_removed: np.ndarray, is_source: np.ndarray) -> np.ndarray:
    """Give removed pixels the colour of the nearest source pixels, ring by ring."""
    filled = areas.copy()
    missing = is_removed.copy()
    known = is_source.copy()
    while missing.any():
        reached = np.zeros(areas.shape, bool)
        for rows, columns in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            beside = np.roll(known, (rows, columns), (0, 1)) & missing & ~reached
            filled[beside] = np.roll(filled, (rows, columns), (0, 1))[beside]
            reached |= beside
        if not reached.any():
            break
        known |= reached
        missing &= ~reached
    return filled


def _find_pale_pixels(areas: np.ndarray, palette: np.ndarray, ground: Colour) -> np.ndarray:
    """Return a mask of the opaque pixels whose colour hardly differs from the background."""
    distances = np.sqrt(((to_oklab(palette) - to_oklab(np.array(ground))) ** 2).sum(-1))
    return np.append(distances < _MAX_PALE_DISTANCE, False)[areas]


def _find_contrasting_tone(colour: np.ndarray, ground: Colour) -> np.ndarray:
    """Return the nearest tone of a colour, towards black or white, that has enough contrast with the background."""
    target = 0 if _compute_luminance(np.array(ground)) > _LIGHT_LUMINANCE else 255
    tones = (colour + share * (target - colour.astype(float)) for share in np.linspace(0, 1, 101))
    tone = next(
        (each for each in tones if _compute_contrast(each.round(), ground) >= _OUTLINE_CONTRAST),
        np.full(3, float(target)),
    )
    return tone.round().astype(np.uint8)


def _compute_contrast(colour: np.ndarray, ground: Colour) -> float:
    """Return the contrast, 1 to 21, of two colours (WCAG 2.1)."""
    dark, light = sorted((_compute_luminance(colour), _compute_luminance(np.array(ground))))
    return (light + 0.05) / (dark + 0.05)


def _compute_luminance(colour: np.ndarray) -> float:
    """Return the relative luminance, 0 to 1, of an sRGB colour from 0 to 255 (WCAG 2.1)."""
    return float(to_linear(colour) @ (0.2126, 0.7152, 0.0722))
