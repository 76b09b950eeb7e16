"""The four looks of a step: the predicted picture, the noisy one, what the step changed, and the noise found in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gdm_studio.run import View
from gdm_studio.ui.widgets.combo import Choice

if TYPE_CHECKING:
    import numpy as np

PREDICTED, NOISY, DIFFERENCE, NOISE = "predicted", "noisy", "difference", "noise"
LOOKS = [
    Choice(PREDICTED, "Predicted", "The clean picture the model sees in the noise so far (V for the next look)"),
    Choice(NOISY, "Noisy", "The noisy picture as it stands (V)"),
    Choice(DIFFERENCE, "Difference", "What this step changed in the predicted picture; grey where nothing (V)"),
    Choice(NOISE, "Noise", "What the model takes for noise: the noisy picture without the predicted one (V)"),
]

Sources = tuple["np.ndarray", ...]


def sources(views: Sequence[View], index: int, look: str) -> Sources:
    """The pictures that step `index` (1 …) is shown by: the same arrays for as long as it looks the same."""
    view = views[index - 1]
    if look == DIFFERENCE:
        return (view.predicted, views[index - 2].predicted) if index > 1 else (view.predicted,) * 2
    return ({NOISY: view.noisy, NOISE: view.noise}.get(look, view.predicted),)


def picture(found: Sources, side: int = 0) -> np.ndarray:
    """RGBA (height, width, 4) of what `sources` gave; two are shown as their difference.

    With `side`, a difference is worked out on no more pixels than a picture of so many a side needs.
    """
    if len(found) == 1:
        return found[0]
    from gdm_studio.engine.looks import difference

    now, before = found
    every = max(1, min(now.shape[:2]) // (2 * side)) if side else 1
    return difference(now[::every, ::every], before[::every, ::every])
