"""Detection of an image's dominant colour as an English word."""

import colorsys
from functools import cache

import numpy as np
from numpy.typing import NDArray

# The minimum fraction of the visible area that a dominant colour covers.
LEAST_SHARE = 0.6

_NAMES = ("black", "grey", "white", "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown")
# The number of levels per channel in the table of colour names.
_LEVELS = 32


def dominant_colour(pixels: NDArray[np.uint8]) -> str:
    """Return the English name of the colour that dominates an image, or "" if there is none.

    It covers at least LEAST_SHARE of the visible area. `pixels` (h, w, 4) have straight alpha.
    """
    opacity = pixels[..., 3].astype(np.float64) / 255
    levels = pixels[..., :3] // (256 // _LEVELS)
    names = _build_table()[levels[..., 0], levels[..., 1], levels[..., 2]]
    area = np.bincount(names.ravel(), weights=opacity.ravel(), minlength=len(_NAMES))
    if area.sum() == 0 or area.max() < LEAST_SHARE * area.sum():
        return ""
    return _NAMES[int(area.argmax())]


@cache
def _build_table() -> NDArray[np.int64]:
    middle = (np.arange(_LEVELS) + 0.5) / _LEVELS
    names = [_NAMES.index(_name_colour(r, g, b)) for r in middle for g in middle for b in middle]
    return np.array(names).reshape(_LEVELS, _LEVELS, _LEVELS)


def _name_colour(red: float, green: float, blue: float) -> str:
    """Return the common English name of a colour, such as "brown", given red, green and blue in 0 … 1."""
    hue, saturation, value = colorsys.rgb_to_hsv(red, green, blue)
    degrees = hue * 360
    if value < 0.22:
        return "black"
    if saturation < 0.15:
        return "white" if value > 0.85 else "grey"
    if saturation < 0.25 and 180 <= degrees < 260 and value < 0.8:
        # Bluish greys of metal and glass.
        return "grey"
    if 5 <= degrees < 36 and (value < 0.55 or (value < 0.85 and saturation < 0.75)):
        return "brown"
    if degrees < 14 or degrees >= 345:
        return "pink" if saturation < 0.5 and value > 0.8 else "red"
    if degrees < 36:
        return "orange"
    if degrees < 64:
        return "brown" if value < 0.45 and degrees < 50 else "yellow"
    if degrees < 170:
        return "green"
    if degrees < 255:
        return "blue"
    if degrees < 295:
        return "purple"
    return "pink" if value > 0.6 else "purple"
