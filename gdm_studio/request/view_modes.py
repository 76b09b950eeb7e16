"""View modes of a step: the predicted image, the noisy image, the change in this step, and the predicted noise."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from gdm_studio.common.errors import BadRequest

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.request.generation_events import View

PREDICTED, NOISY, DIFFERENCE, NOISE = VIEW_MODES = ("predicted", "noisy", "difference", "noise")
GREY = 128
# The factor by which differences are amplified, since late steps change little.
GAIN = 2

Sources = tuple["np.ndarray", ...]


def view_of(views: Sequence[View], mode: str) -> np.ndarray:
    """Return the preview of the last step in `views` in a view mode, such as "predicted" or "noisy", as RGBA uint8
    (height, width, 4). The mode "difference" shows the change since the previous step. Raises BadRequest for an unknown
    mode.
    """
    return view_image(view_sources(views, mode))


def view_sources(views: Sequence[View], mode: str) -> Sources:
    """Return the arrays to display for the last step in a view mode: one image, or two whose difference is shown. An
    unchanged array is the same object as before, which allows its use in a cache key. Noise that was not drawn is
    uniformly grey. Raises BadRequest.
    """
    view = views[-1]
    if mode == DIFFERENCE:
        return view.predicted, (views[-2] if len(views) > 1 else view).predicted
    if mode not in VIEW_MODES:
        raise BadRequest(f"There is no view called {mode!r}; choose one of {', '.join(VIEW_MODES)}.")
    if mode == NOISE:
        return (view.noise if view.has_noise else _grey_image(view.noisy.shape),)
    return (view.predicted if mode == PREDICTED else view.noisy,)


@lru_cache(2)
def _grey_image(shape: tuple[int, int, int]) -> np.ndarray:
    """Return a uniformly grey, opaque RGBA image, the same object for each call with this shape."""
    import numpy as np

    grey = np.full(shape, GREY, np.uint8)
    grey[..., 3] = 255
    grey.flags.writeable = False
    return grey


def view_image(found: Sources) -> np.ndarray:
    """Return the image to display for the arrays of `view_sources`: a single array unchanged, or the amplified
    difference of two.
    """
    return found[0] if len(found) == 1 else difference_image(*found)


def difference_image(now: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Return the amplified difference of two images around middle grey, as opaque RGBA.

    `before` is resized to the size of `now`.
    """
    # This import is late, since the window and the command line use the names of this module without needing numpy.
    import numpy as np
    from PIL import Image

    if before.shape != now.shape:
        size = (now.shape[1], now.shape[0])
        before = np.asarray(Image.fromarray(before).resize(size, Image.Resampling.BILINEAR))
    change = GREY + GAIN * (_composite_on_grey(now) - _composite_on_grey(before))
    opaque = np.full_like(now, 255)
    opaque[..., :3] = change.clip(0, 255)
    return opaque


def _composite_on_grey(rgba: np.ndarray) -> np.ndarray:
    if rgba[..., 3].min() == 255:
        opaque: np.ndarray = rgba[..., :3].astype("int16")
        return opaque
    colours = rgba[..., :3].astype("int32")
    alpha = rgba[..., 3:].astype("int32")
    return (colours * alpha + GREY * (255 - alpha)) // 255
