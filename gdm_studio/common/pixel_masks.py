"""Operations on masks and other arrays with a value for each pixel of an image."""

from __future__ import annotations

import numpy as np


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


def find_limits(marked: np.ndarray) -> tuple[int, int, int, int]:
    """Return the left, top, right and bottom limits of the marked pixels (height, width), of which there is at least
    one.
    """
    columns, rows = np.flatnonzero(marked.any(axis=0)), np.flatnonzero(marked.any(axis=1))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
