"""Several things in one picture, each in a place of its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from gdm_studio.models.recolouring import Pixels

# Height and width of a place, and where it begins from the left and from above, in parts of the picture; the corners
# in which places overlap are clear in nearly all drawings.
PLACES = {
    2: (0.62, ((0.0, 0.0), (0.38, 0.38))),
    3: (0.54, ((0.23, 0.0), (0.0, 0.46), (0.46, 0.46))),
    4: (0.5, ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5))),
}


def placed(pictures: Sequence[Pixels]) -> Pixels:
    """Straight RGBA (side, side, 4) with two to four pictures of that size made smaller, the last one in front."""
    side = len(pictures[0])
    part, corners = PLACES[len(pictures)]
    small, whole = round(part * side), Image.new("RGBA", (side, side))
    for pixels, corner in zip(pictures, corners, strict=True):
        left, above = (round(at * side) for at in corner)
        whole.alpha_composite(Image.fromarray(pixels).resize((small, small), Image.Resampling.LANCZOS), (left, above))
    return np.array(whole)
