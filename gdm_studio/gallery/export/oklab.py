"""The colour space Oklab (Ottosson, 2020), in which equal distances look equally large."""

from __future__ import annotations

import numpy as np

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def to_oklab(colours: np.ndarray) -> np.ndarray:
    """Convert sRGB colours (…, 3) from 0 to 255 to Oklab (…, 3)."""
    return np.cbrt(to_linear(colours) @ _TO_LMS.T) @ _TO_OKLAB.T


def to_linear(colours: np.ndarray) -> np.ndarray:
    """Return the linear values, 0 to 1, of sRGB values from 0 to 255 (IEC 61966-2-1)."""
    share = np.asarray(colours, np.float64) / 255
    linear: np.ndarray = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear
