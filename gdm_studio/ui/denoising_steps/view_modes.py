"""View modes of a step: noisy beside predicted image, predicted image, noisy image, difference and noise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gdm_studio.request import view_modes
from gdm_studio.request.view_modes import DIFFERENCE, NOISE, NOISY, PREDICTED, Sources
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets.combo import Choice

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.request.generation_events import View

# View mode of the canvas and the filmstrip, which show the noisy image and the predicted image together.
BOTH = "both"


def rows(mode: str) -> tuple[str, ...]:
    """Return the single-image view modes that make up a view mode: noisy and predicted for BOTH, and otherwise the mode
    itself.
    """
    return (NOISY, PREDICTED) if mode == BOTH else (mode,)


def canvas_mode_choices() -> list[Choice]:
    """Return the view modes that the user can choose for the canvas, with their titles and descriptions."""
    both = Choice(
        BOTH,
        translate("ViewModes", "Both"),
        translate("ViewModes", "The noisy picture beside the predicted one"),
    )
    return [both, *view_mode_choices()]


def view_mode_choices() -> list[Choice]:
    """Return the view modes in which a single image of a denoising step can be shown, with titles and descriptions."""
    return [
        Choice(
            PREDICTED,
            translate("ViewModes", "Predicted"),
            translate("ViewModes", "The clean picture that the model predicts so far"),
        ),
        Choice(NOISY, translate("ViewModes", "Noisy"), translate("ViewModes", "The noisy picture at this step")),
        Choice(
            DIFFERENCE,
            translate("ViewModes", "Difference"),
            translate("ViewModes", "The change of the predicted picture in this step; grey where it is unchanged"),
        ),
        Choice(
            NOISE,
            translate("ViewModes", "Noise"),
            translate("ViewModes", "The predicted noise: the noisy picture without the predicted one"),
        ),
    ]


def sources(views: Sequence[View], index: int, view_mode: str) -> Sources:
    """Return the arrays from which a view mode draws denoising step `index` (counted from 1).

    Equal results are the same objects, so that callers can use them as cache keys. Where only one image can be shown,
    BOTH means the predicted image.
    """
    return view_modes.view_sources(views[max(index - 2, 0) : index], rows(view_mode)[-1])


def noisy_image(view: View) -> np.ndarray:
    """Return the noisy image of a denoising step, as it is shown beside the predicted image.

    At noise level 0 both are the same image, of which the noisy one would only be a rough preview.
    """
    return view.noisy if view.at.sigma else view.predicted


def side_by_side(pictures: Sequence[np.ndarray]) -> np.ndarray:
    """Join RGBA images of equal height into one image, from left to right."""
    import numpy as np

    return np.concatenate(pictures, axis=1)


def is_difference(arrays: Sources) -> bool:
    """Return True if the result of `sources` consists of two arrays, whose difference the view mode shows."""
    return len(arrays) == 2


def is_same(found: Sequence[object], other: Sequence[object]) -> bool:
    """Return True if two sequences contain the same objects, such as the same arrays of images."""
    return len(found) == len(other) and all(one is two for one, two in zip(found, other, strict=True))


def is_unchanged(arrays: Sources) -> bool:
    """Return True if the two predicted images in the result of `sources` differ by at most 1 of 255, which would be
    invisible as a difference image.
    """
    import numpy as np

    now, before = arrays
    if now is before or now.shape != before.shape:
        return now is before
    return bool(np.abs(now.astype(np.int16) - before).max() <= 1)


def picture(arrays: Sources, side: int = 0) -> np.ndarray:
    """Draw the arrays that `sources` returned as an RGBA image (height, width, 4).

    With `side`, a difference is computed only from the pixels needed for an image of `side` pixels.
    """
    if side and len(arrays) > 1:
        every = max(1, min(arrays[0].shape[:2]) // (2 * side))
        arrays = tuple(each[::every, ::every] for each in arrays)
    return view_modes.view_image(arrays)
