"""The looks of a step: the predicted picture, the noisy one, what the step changed, and the noise found in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gdm_studio.errors import BadRequest
from gdm_studio.run import View

if TYPE_CHECKING:
    import numpy as np

PREDICTED, NOISY, DIFFERENCE, NOISE = LOOKS = ("predicted", "noisy", "difference", "noise")
GREY = 128
GAIN = 2  # how much stronger a change is shown than it is: the late steps change little

Sources = tuple["np.ndarray", ...]


def looking(views: Sequence[View], look: str) -> np.ndarray:
    """RGBA uint8 (height, width, 4) of the last of these views; a difference is to the one before, if there is one.

    Raises BadRequest for a look that is none of LOOKS.
    """
    return picture(sources(views, look))


def sources(views: Sequence[View], look: str) -> Sources:
    """What the last of these views looks like is made of: the same arrays for as long as it looks the same."""
    view = views[-1]
    if look == DIFFERENCE:
        return view.predicted, (views[-2] if len(views) > 1 else view).predicted
    if look not in LOOKS:
        raise BadRequest(f"There is no look called {look!r}; choose one of {', '.join(LOOKS)}.")
    return ({PREDICTED: view.predicted, NOISY: view.noisy, NOISE: view.noise}[look],)


def picture(found: Sources) -> np.ndarray:
    """Of what `sources` gave: one as it is, two as their difference."""
    return found[0] if len(found) == 1 else difference(*found)


def difference(now: np.ndarray, before: np.ndarray) -> np.ndarray:
    """How RGBA `now` differs from `before`, opaque, about a middle grey; of another size, `before` is fitted."""
    import numpy as np  # not before it is needed: the window and the command line know the looks without
    from PIL import Image

    if before.shape != now.shape:
        size = (now.shape[1], now.shape[0])
        before = np.asarray(Image.fromarray(before).resize(size, Image.Resampling.BILINEAR))
    change = GREY + GAIN * (_over_grey(now) - _over_grey(before))
    opaque = np.full_like(now, 255)
    opaque[..., :3] = change.clip(0, 255)
    return opaque


def _over_grey(rgba: np.ndarray) -> np.ndarray:
    colours, alpha = rgba[..., :3].astype("int32"), rgba[..., 3:].astype("int32")
    return (colours * alpha + GREY * (255 - alpha)) // 255
