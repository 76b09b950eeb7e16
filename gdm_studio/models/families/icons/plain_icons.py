"""Drawings for the icons of a set: without a tile behind the subject, and in the tone of the set's style."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from gdm_studio.common.connected_areas import label_areas
from gdm_studio.models.families.icons.recolor import COLOURS, Pixels, commonest_hue, hue_chroma_value, recolor

# Drawing that exists in every style with tiles and shows the style's tile.
TILE = "input latin letters"
# Styles that draw with lines.
LINE_STYLES = ("icon-park", "streamline-color")
# The colours of lines and of areas in the styles whose drawings have two colours, but not all of them the same ones.
TWO_TONES = {"streamline-color": ((33, 96, 212), (217, 230, 252))}
# Colour of a silhouette in these styles: its body becomes an area, and its outline a line.
AREA = "white"
# Tone of a black line drawing in a style of coloured areas, if nothing suggests another.
NEUTRAL = "grey"
# Smallest overlap (intersection over union) of two shapes that are the same tile.
_SAME_TILE = 0.9945
# Largest distance in RGB between the pixels of a ground, and of mixed pixels at most _SOFT pixels beside it.
_SAME_GROUND, _MIXED, _SOFT = 36.0, 64.0, 4
# Limits of the share of a tile that its subject fills, and smallest mean distance of its colours from white in RGB.
_SUBJECT_SHARES = 0.25, 0.85
_VISIBLE = 100.0
# Distances of the smallest channel from white, 0 to 1, up to which a pixel is an area and from which it is a line.
_TONE_LIMITS = 0.22, 0.36
# Smallest chroma and share of the area at which a drawing has a hue.
_CHROMA, _COLOURED = 0.15, 0.2


def is_tile(pixels: Pixels, tile: Pixels | None) -> bool:
    """Return True if a drawing, straight RGBA (H, W, 4), has the shape of the style's tile."""
    if tile is None:
        return False
    own, other = pixels[..., 3] > 127, tile[..., 3] > 127
    return bool(own.any() and (own & other).sum() >= _SAME_TILE * (own | other).sum())


def find_ground(pixels: Pixels) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.float64]]:
    """Return masks (H, W) of the ground that begins at the upper edge of a drawing, such as the sky, and of the rest of
    the drawing, and the colour of the ground (3,).
    """
    is_opaque = pixels[..., 3] > 127
    rgb = pixels[..., :3].astype(np.float64)
    top = int(np.flatnonzero(is_opaque.any(1))[0]) + 3
    colour = np.median(rgb[top : top + 4][is_opaque[top : top + 4]], axis=0)
    distances = np.sqrt(((rgb - colour) ** 2).sum(-1))
    start = np.zeros_like(is_opaque)
    start[: top + 4] = is_opaque[: top + 4]
    ground = _connect(start, is_opaque & (distances < _SAME_GROUND))
    ground = _grow_connected(ground, is_opaque & (distances < _MIXED), _SOFT)
    return ground, is_opaque & ~ground, colour


def without_ground(pixels: Pixels) -> Pixels | None:
    """Return a drawing on a tile without the ground that begins at its upper edge, such as the sky, or None if little
    would be left, or nothing that is seen on white.
    """
    _, subject, _ = find_ground(pixels)
    return cut_out(pixels, subject)


def cut_out(pixels: Pixels, subject: NDArray[np.bool_]) -> Pixels | None:
    """Return the part of a drawing in the mask `subject` (H, W), or None if it is little, nearly all of the drawing, or
    not seen on white.
    """
    is_opaque = pixels[..., 3] > 127
    rgb = pixels[..., :3].astype(np.float64)
    low, high = _SUBJECT_SHARES
    if not low <= subject.sum() / is_opaque.sum() <= high:
        return None
    if np.sqrt(((rgb[subject] - 255) ** 2).sum(-1)).mean() < _VISIBLE:
        return None
    cut = pixels.copy()
    padded = np.pad(subject, 1).astype(np.uint16)
    height, width = subject.shape
    around = sum(padded[row : row + height, column : column + width] for row in range(3) for column in range(3))
    cut[..., 3] = np.minimum(pixels[..., 3], np.where(subject, around * 255 // 9, 0))
    return cut


def in_tone(pixels: Pixels, style: str, source: str, like: Pixels | None) -> Pixels:
    """Return a drawing of the style `source` in the tone of an icon of `style`.

    A black line drawing among areas becomes grey, or gets the commonest hue of the drawing `like` that it replaces.
    """
    if style in TWO_TONES:
        return _in_two_tones(pixels, *TWO_TONES[style])
    if source in LINE_STYLES and style not in LINE_STYLES:
        if like is not None:
            return recolor(pixels, _name_hue(like))
        return recolor(pixels, NEUTRAL) if _name_hue(pixels) == NEUTRAL else pixels
    return pixels


def _in_two_tones(pixels: Pixels, line: tuple[int, int, int], area: tuple[int, int, int]) -> Pixels:
    """Return a drawing whose pale parts have the colour `area`, and the others the colour `line`."""
    low, high = _TONE_LIMITS
    depth = 1 - pixels[..., :3].min(-1, keepdims=True) / 255.0
    share = np.clip((depth - low) / (high - low), 0, 1)
    toned = pixels.copy()
    toned[..., :3] = np.rint(share * np.array(line) + (1 - share) * np.array(area))
    return toned


def line_sources(drawn: Iterable[str]) -> list[str]:
    """Return those of the styles in which an object is drawn whose drawings have no tiles, the plainest first."""
    return [style for style in LINE_STYLES if style in set(drawn)]


def _name_hue(pixels: Pixels) -> str:
    """Return the colour of `recolor` that is nearest to the commonest hue of a drawing, or NEUTRAL if it has none."""
    hue, chroma, _ = hue_chroma_value(pixels)
    is_opaque = pixels[..., 3] > 127
    is_coloured = (chroma > _CHROMA) & is_opaque
    if is_coloured.sum() <= _COLOURED * is_opaque.sum():
        return NEUTRAL
    commonest = commonest_hue(hue[is_coloured], chroma[is_coloured])
    named = ("red", "orange", "yellow", "green", "blue", "purple", "pink")
    return min(named, key=lambda name: abs((COLOURS[name].hue - commonest + 180) % 360 - 180))


def _connect(start: NDArray[np.bool_], allowed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the allowed pixels that are connected with those of `start`."""
    areas = label_areas(allowed)
    connected: NDArray[np.bool_] = np.isin(areas, areas[start & allowed])
    return connected


def _grow_connected(start: NDArray[np.bool_], allowed: NDArray[np.bool_], steps: int) -> NDArray[np.bool_]:
    """Return the pixels of `start`, and the allowed pixels that are connected with them in at most `steps` steps."""
    found = start
    for _ in range(steps):
        wider = found.copy()
        wider[1:] |= found[:-1]
        wider[:-1] |= found[1:]
        wider[:, 1:] |= found[:, :-1]
        wider[:, :-1] |= found[:, 1:]
        found = wider & (allowed | found)
    return found
