"""The looks of a step as people choose among them, and as the window draws them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gdm_studio.engine import looks
from gdm_studio.engine.looks import DIFFERENCE, NOISE, NOISY, PREDICTED, Sources
from gdm_studio.run import View
from gdm_studio.ui.widgets.combo import Choice

if TYPE_CHECKING:
    import numpy as np

LOOKS = [
    Choice(PREDICTED, "Predicted", "The clean picture the model sees in the noise so far"),
    Choice(NOISY, "Noisy", "The noisy picture as it stands"),
    Choice(DIFFERENCE, "Difference", "What this step changed in the predicted picture; grey where nothing"),
    Choice(NOISE, "Noise", "What the model takes for noise: the noisy picture without the predicted one"),
]


def sources(views: Sequence[View], index: int, look: str) -> Sources:
    """What step `index` (1 …) looks like is made of: the same arrays for as long as it looks the same."""
    return looks.sources(views[max(index - 2, 0) : index], look)


def picture(found: Sources, side: int = 0) -> np.ndarray:
    """RGBA (height, width, 4) of what `sources` gave.

    With `side`, a difference is worked out on no more pixels than a picture of so many a side needs.
    """
    if side and len(found) > 1:
        every = max(1, min(found[0].shape[:2]) // (2 * side))
        found = tuple(each[::every, ::every] for each in found)
    return looks.picture(found)
