"""Operations on the square neighbourhoods of pixels."""

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
