"""Operations on masks of an image, and removal of dust from its transparency."""

from __future__ import annotations

import numpy as np

from gdm_studio.common.connected_areas import remove_islands
from gdm_studio.common.pixel_masks import largest

# Pixels with less alpha than FAINT are dust, unless they are at the edge of a shape, which has at least OPAQUE alpha.
# A shape with SOLID alpha is meant to be opaque.
FAINT = 25
OPAQUE = 128
SOLID = 230
# Lengths are given for an image of this many pixels on the longer side.
REFERENCE_SIDE = 256
# Width of a soft edge, distance from a shape beyond which pixels are no longer its edge, and area of the largest island
# that is dust.
_EDGE_WIDTH = 0.25
_MAX_EDGE_DISTANCE = 3.0
_LARGEST_DUST = 12
# Share of the shapes' area that may be translucent, such as a shadow, in an image without intended transparency.
_TRANSLUCENT_SHARE = 0.02
# Largest image that is searched for dust. The masks of a larger one would take as much memory as the image.
_MOST_PIXELS = 2**24


def clean_alpha(rgba: np.ndarray) -> np.ndarray:
    """Return an RGBA image (height, width, 4) without dust, which networks leave around a shape and inside it.

    Faint pixels away from a shape and small islands become transparent, and solid pixels inside a shape become opaque.
    Edges stay as they are. An image with a shadow, a glow or other translucent areas, or of more pixels than models
    generate, is returned as it is.
    """
    alpha = rgba[..., 3]
    if alpha.size > _MOST_PIXELS or alpha.min() == 255:
        return rgba
    scale = max(rgba.shape[:2]) / REFERENCE_SIDE
    edge = max(1, round(_EDGE_WIDTH * scale))
    is_shape = alpha >= OPAQUE
    is_haze = (alpha >= FAINT) & ~grow(is_shape, max(1, round(_MAX_EDGE_DISTANCE * scale)))
    if is_haze.sum() > _TRANSLUCENT_SHARE * is_shape.sum():
        return rgba
    is_kept = remove_islands((alpha >= FAINT) | (grow(is_shape, edge) & (alpha > 0)), round(_LARGEST_DUST * scale**2))
    is_inside = (alpha >= SOLID) & ~grow(~is_shape, edge)
    cleaned = rgba.copy()
    cleaned[..., 3] = np.where(is_inside, 255, np.where(is_kept, alpha, 0))
    return cleaned


def grow(mask: np.ndarray, radius: int) -> np.ndarray:
    """Return a mask (height, width) that also has all pixels within `radius` rows and columns of the given mask.

    The corners of what it adds are square; those of `grow_round` are round.
    """
    return largest(mask, radius) > 0


def grow_round(mask: np.ndarray, radius: int) -> np.ndarray:
    """Return a mask (height, width) that also has all pixels within `radius` pixels of the given mask, in any
    direction.
    """
    height, width = mask.shape
    grown = np.zeros((height, width), bool)
    sums = np.cumsum(np.pad(mask, ((0, 0), (1, 0))), axis=1, dtype=np.int32)
    columns = np.arange(width)
    for row in range(min(radius, height - 1) + 1):
        reach = int((radius**2 - row**2) ** 0.5)
        ends = np.minimum(columns + reach + 1, width)
        wide = sums[:, ends] > sums[:, np.maximum(columns - reach, 0)]
        grown[row:] |= wide[: height - row]
        grown[: height - row] |= wide[row:]
    return grown


def shrink(mask: np.ndarray, radius: int) -> np.ndarray:
    """Return a mask (height, width) without the pixels within `radius` pixels of its complement."""
    return largest(~mask, radius) == 0
