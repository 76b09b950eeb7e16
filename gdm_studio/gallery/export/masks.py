"""Operations on masks of an image, and removal of dust from its transparency."""

from __future__ import annotations

import numpy as np

# Pixels with less alpha than FAINT are dust, unless they are at the edge of a shape, which has at least OPAQUE alpha.
# A shape with SOLID alpha is meant to be opaque.
FAINT = 25
OPAQUE = 128
SOLID = 230
# Lengths are given for an image of this many pixels on the longer side.
REFERENCE_SIDE = 256
# Width of a soft edge, distance from a shape beyond which pixels are no longer its edge, and area of the largest island
# that is dust.
_EDGE = 0.25
_HAZE = 3.0
_LARGEST_DUST = 12
# Share of the shapes' area that may be translucent, such as a shadow, in an image without intended transparency.
_TRANSLUCENT_SHARE = 0.02
# Largest image that is searched for dust. The masks of a larger one would take as much memory as the image.
_MOST_PIXELS = 2**24


def remove_islands(mask: np.ndarray, smallest: int, *, keep_largest: bool = True) -> np.ndarray:
    """Return a mask (height, width) without its connected areas of fewer than `smallest` pixels.

    With `keep_largest`, the largest area is kept in any case. Pixels are connected along edges, not corners. The time
    is linear in the number of runs of equal pixels.
    """
    runs, parents = _connect_runs(mask)
    if not len(runs):
        return mask.copy()
    roots = np.array([find_root(parents, index) for index in range(len(parents))])
    sizes = np.bincount(roots, runs[:, 2] - runs[:, 1])
    is_small = sizes < smallest
    if keep_largest:
        is_small &= sizes < sizes.max()
    kept = mask.copy()
    for row, start, end in runs[is_small[roots]]:
        kept[row, start:end] = False
    return kept


def label_areas(areas: np.ndarray) -> np.ndarray:
    """Return the number (height, width) of the connected area of equal values that each pixel of an image is in, from 0
    in the order of the values. Pixels are connected along edges, not corners.
    """
    numbers = np.empty(areas.shape, np.int32)
    count = 0
    for value in np.unique(areas):
        runs, parents = _connect_runs(areas == value)
        roots, indices = np.unique([find_root(parents, index) for index in range(len(parents))], return_inverse=True)
        for (row, start, end), index in zip(runs.tolist(), indices.tolist(), strict=True):
            numbers[row, start:end] = count + index
        count += len(roots)
    return numbers


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
    edge = max(1, round(_EDGE * scale))
    is_shape = alpha >= OPAQUE
    is_haze = (alpha >= FAINT) & ~grow(is_shape, max(1, round(_HAZE * scale)))
    if is_haze.sum() > _TRANSLUCENT_SHARE * is_shape.sum():
        return rgba
    is_kept = remove_islands((alpha >= FAINT) | (grow(is_shape, edge) & (alpha > 0)), round(_LARGEST_DUST * scale**2))
    is_inside = (alpha >= SOLID) & ~grow(~is_shape, edge)
    cleaned = rgba.copy()
    cleaned[..., 3] = np.where(is_inside, 255, np.where(is_kept, alpha, 0))
    return cleaned


def largest(values: np.ndarray, radius: int) -> np.ndarray:
    """Return the largest value within `radius` rows and columns of each pixel, for an array of bytes (height, width).

    The time grows with the logarithm of the radius.
    """
    result = np.pad(values.astype(np.uint8), radius)
    for axis in (0, 1):
        covered = 1
        while covered < 2 * radius + 1:
            shift = min(covered, 2 * radius + 1 - covered)
            length = result.shape[axis] - shift
            result = np.maximum(result.take(range(length), axis), result.take(range(shift, shift + length), axis))
            covered += shift
    return result


def grow(mask: np.ndarray, radius: int) -> np.ndarray:
    """Return a mask (height, width) that also has all pixels within `radius` pixels of the given mask."""
    return largest(mask, radius) > 0


def shrink(mask: np.ndarray, radius: int) -> np.ndarray:
    """Return a mask (height, width) without the pixels within `radius` pixels of its complement."""
    return largest(~mask, radius) == 0


def _connect_runs(mask: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """Return the runs (row, start, end) of a mask in reading order, and the parent of each in the forest of connected
    runs.
    """
    padded = np.pad(mask.astype(np.int8), ((0, 0), (1, 1)))
    change = np.diff(padded, axis=1)
    rows, starts = np.nonzero(change == 1)
    _, ends = np.nonzero(change == -1)
    parents = list(range(len(rows)))
    above, current = 0, 0
    firsts = np.searchsorted(rows, np.arange(mask.shape[0] + 1)).tolist()
    start_list, end_list = starts.tolist(), ends.tolist()
    for row in range(1, mask.shape[0]):
        above, current, last = firsts[row - 1], firsts[row], firsts[row + 1]
        while above < firsts[row] and current < last:
            if start_list[above] < end_list[current] and start_list[current] < end_list[above]:
                parents[find_root(parents, current)] = find_root(parents, above)
            if end_list[above] < end_list[current]:
                above += 1
            else:
                current += 1
    return np.stack([rows, starts, ends], axis=1), parents


def find_root(parents: list[int], index: int) -> int:
    """Return the root of the tree that an index is in. Later searches along the same path are shorter."""
    while parents[index] != index:
        parents[index] = parents[parents[index]]
        index = parents[index]
    return index
