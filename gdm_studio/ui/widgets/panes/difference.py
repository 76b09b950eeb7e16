"""How far two pictures differ, pixel by pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

MOST_GAIN = 32


@dataclass(frozen=True, eq=False)
class Difference:
    """`rgba` is opaque, black where both are alike; `words` say how far it was brightened and what it comes to."""

    rgba: np.ndarray
    words: str
    mean: float  # over the largest difference of each pixel's channels, 0 … 255
    share: float  # of the pixels that differ at all


def difference(one: np.ndarray, other: np.ndarray) -> Difference:
    """Of two uint8 pictures (height, width, 3 or 4), seen on one ground; the other is brought to the size of `one`.

    Colours count as far as they are opaque, and so does opacity itself.
    """
    import numpy as np

    first, second = _seen(one), _seen(other, like=one)
    apart = np.maximum(first, second) - np.minimum(first, second)
    largest = apart.max(axis=2)
    top = int(largest.max())
    share, mean = float((largest > 0).mean()), float(largest.mean())
    if not top:
        return Difference(_opaque(apart[..., :3]), "the same, pixel for pixel", 0.0, 0.0)
    gain = 1
    while 2 * gain * top <= 255 and gain < MOST_GAIN:
        gain *= 2
    coloured = np.maximum(apart[..., :3], apart[..., 3:])  # where only opacity differs, grey says so
    brighter = f", shown × {gain}" if gain > 1 else ""
    words = f"{share * 100:.0f} % of the pixels, {mean:.1f} of 255 on average{brighter}"
    return Difference(_opaque(coloured * gain), words, mean, share)


def _seen(rgba: np.ndarray, like: np.ndarray | None = None) -> np.ndarray:
    """uint8 (height, width, 4), colours times opacity."""
    import numpy as np
    from PIL import Image

    picture = Image.fromarray(rgba).convert("RGBA").convert("RGBa")
    if like is not None and rgba.shape[:2] != like.shape[:2]:
        picture = picture.resize((like.shape[1], like.shape[0]), Image.Resampling.LANCZOS)
    return np.asarray(picture)


def _opaque(colours: np.ndarray) -> np.ndarray:
    import numpy as np

    grounded = np.full((*colours.shape[:2], 4), 255, np.uint8)
    grounded[..., :3] = colours
    return grounded
