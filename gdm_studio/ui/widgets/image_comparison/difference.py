"""Difference of two images, pixel by pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gdm_studio.ui.translation import number_text, translate

if TYPE_CHECKING:
    import numpy as np

MOST_GAIN = 32


@dataclass(frozen=True, eq=False)
class Difference:
    """Pixel-wise difference of two images as an opaque image, black where they are equal.

    `words` describes the difference in numbers, including the factor by which the image was brightened.
    """

    rgba: np.ndarray
    words: str
    # Largest difference of a channel, 0 to 255, averaged over all pixels.
    mean: float
    # Fraction of the pixels that differ.
    share: float


def compute_difference(one: np.ndarray, other: np.ndarray) -> Difference:
    """Compute the pixel-wise difference of two uint8 images of shape (height, width, 3 or 4).

    The image `other` is resized to the size of `one`. Premultiplied colours and alpha are compared.
    """
    import numpy as np

    first = _premultiply(one)
    second = _premultiply(other, like=one)
    apart = np.maximum(first, second) - np.minimum(first, second)
    largest = apart.max(axis=2)
    top = int(largest.max())
    share = float((largest > 0).mean())
    mean = float(largest.mean())
    if not top:
        words = translate("Difference", "the same, pixel for pixel")
        return Difference(_to_opaque(apart[..., :3]), words, 0.0, 0.0)
    gain = 1
    while 2 * gain * top <= 255 and gain < MOST_GAIN:
        gain *= 2
    # Pixels that differ only in opacity become grey.
    coloured = np.maximum(apart[..., :3], apart[..., 3:])
    words = translate("Difference", "{share} % of the pixels, {mean} of 255 on average")
    words = words.format(share=f"{share * 100:.0f}", mean=number_text(mean, 1))
    if gain > 1:
        words = translate("Difference", "{numbers}, shown × {gain}").format(numbers=words, gain=gain)
    return Difference(_to_opaque(coloured * gain), words, mean, share)


def _premultiply(rgba: np.ndarray, like: np.ndarray | None = None) -> np.ndarray:
    """Convert an image to uint8 RGBA (height, width, 4) with premultiplied alpha.

    If `like` is given, the image is resized to its size.
    """
    import numpy as np
    from PIL import Image

    picture = Image.fromarray(rgba).convert("RGBA").convert("RGBa")
    if like is not None and rgba.shape[:2] != like.shape[:2]:
        picture = picture.resize((like.shape[1], like.shape[0]), Image.Resampling.LANCZOS)
    return np.asarray(picture)


def _to_opaque(colours: np.ndarray) -> np.ndarray:
    import numpy as np

    grounded = np.full((*colours.shape[:2], 4), 255, np.uint8)
    grounded[..., :3] = colours
    return grounded
