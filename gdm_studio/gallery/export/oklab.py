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
# Divisor of differences of hue and chroma between greys, and its increase with the chroma.
_TINT_SCALE = 0.1
_TINT_SLOPE = 4.5
# Viewing flare of sRGB: the light that a screen reflects, as a share of that of white. Without it, blacks that look the
# same are far apart in Oklab.
_FLARE = 0.01


def to_oklab(colours: np.ndarray) -> np.ndarray:
    """Convert sRGB colours (…, 3) from 0 to 255 to Oklab (…, 3), as they are seen on a screen with some flare."""
    seen = (to_linear(colours) + _FLARE) / (1 + _FLARE)
    return np.cbrt(seen @ _TO_LMS.T) @ _TO_OKLAB.T


def squared_distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the squared distances (m, n) of Oklab colours (m, 3) and (n, 3)."""
    squares: np.ndarray = ((first[:, None] - second) ** 2).sum(-1)
    return squares


def squared_tint_distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the squared distances (m, n) of Oklab colours (m, 3) and (n, 3), in which a tint of grey counts more.

    The eye sees a tint on grey more easily than the same change of a vivid colour. Differences of hue and chroma are
    divided by a linear function of the geometric mean of the chromas, as in CIE94 (McDonald, Smith 1995). A grey is
    0.1 from the same grey with a chroma of 0.01, half of what is just visible.
    """
    chroma = [np.hypot(lab[:, 1], lab[:, 2]) for lab in (first, second)]
    scale = np.minimum(_TINT_SCALE + _TINT_SLOPE * np.sqrt(chroma[0][:, None] * chroma[1]), 1)
    differences = first[:, None] - second
    differences[..., 1:] /= scale[..., None]
    squares: np.ndarray = (differences**2).sum(-1)
    return squares


def to_linear(colours: np.ndarray) -> np.ndarray:
    """Return the linear values, 0 to 1, of sRGB values from 0 to 255 (IEC 61966-2-1)."""
    share = np.asarray(colours, np.float64) / 255
    linear: np.ndarray = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear
