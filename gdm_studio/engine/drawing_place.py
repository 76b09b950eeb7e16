"""Places of the drawing of a prompt in a start image: where the image's content or the inpainting mask is."""

from __future__ import annotations

import numpy as np

from gdm_studio.common.pixel_masks import find_limits
from gdm_studio.models.loaded_model import DrawingPlace
from gdm_studio.request.regions import WHOLE, Box

# Alpha, of 255, from which a pixel is visible, and from which it is opaque.
_MIN_VISIBLE = 32
_MIN_OPAQUE = 250
# Largest difference of a channel at which a pixel has the colour of the ground.
_MAX_GROUND_DIFFERENCE = 24
# Least share of the pixels around the content or the mask that has the colour of the ground.
_MIN_GROUND_SHARE = 0.8
# Boxes with a larger share of both sides limit nothing.
_MAX_SHARE = 0.97
# The ground of a mask is looked for within 1/_MARGIN of the longer side of the image around it.
_MARGIN = 16
# Larger images are read in every n-th row and column, to about this many pixels a side.
_SIDE = 512


def place_in_mask(rgba: np.ndarray, mask: np.ndarray) -> DrawingPlace | None:
    """Return the place of a drawing in the area of a start image, uint8 (H, W, 4), that a mask (H, W) in 0 … 1 marks by
    at least half of its maximum. It has a ground if the pixels around the mask have one colour.

    Returns None if the area is nearly the whole image, or all but a rectangle of it, as in outpainting, in which the
    prompt describes the whole.
    """
    shape = rgba.shape[1] / rgba.shape[0]
    rgba, mask = _thin_out(rgba), _thin_out(mask)
    marked = mask >= max(0.5 * mask.max(), 1e-3)
    box = _box_of(marked)
    if box is None or _is_rectangle(~marked):
        return None
    height, width = marked.shape
    left, top, right, bottom = find_limits(marked)
    margin = max(1, max(height, width) // _MARGIN)
    around = slice(max(top - margin, 0), bottom + margin), slice(max(left - margin, 0), right + margin)
    ground = _find_ground(rgba[around][mask[around] == 0])
    return DrawingPlace(box, ground, is_masked=True, shape=shape)


def place_in_image(rgba: np.ndarray) -> DrawingPlace | None:
    """Return the place of a drawing in a start image, uint8 (H, W, 4): its visible content.

    The content is what is not transparent. In an image without alpha, which may have transparent borders on two sides,
    it is what differs from a ground of one colour. Returns None for images without such a ground, such as photographs.
    """
    shape = rgba.shape[1] / rgba.shape[0]
    rgba = _thin_out(rgba)
    visible = rgba[..., 3] >= _MIN_VISIBLE
    if not visible.any():
        return None
    height, width = visible.shape
    left, top, right, bottom = find_limits(visible)
    part = rgba[top:bottom, left:right]
    frame = np.concatenate([part[0], part[-1], part[:, 0], part[:, -1]])
    is_fitted = bottom - top == height or right - left == width
    if not is_fitted or (frame[:, 3] >= _MIN_OPAQUE).mean() < _MIN_GROUND_SHARE:
        box = _box_of(visible)
        return None if box is None else DrawingPlace(box, shape=shape)
    ground = _find_ground(frame)
    if ground is None:
        return None
    visible &= ~_has_colour(rgba, ground)
    ground_box = left / width, top / height, right / width, bottom / height
    return DrawingPlace(_box_of(visible) or WHOLE, ground, ground_box, shape=shape)


def _thin_out(pixels: np.ndarray) -> np.ndarray:
    step = max(1, max(pixels.shape[:2]) // _SIDE)
    return pixels[::step, ::step]


def _find_ground(pixels: np.ndarray) -> tuple[int, int, int] | None:
    """Return the colour (red, green, blue), 0 … 255, of most of the given pixels, uint8 (N, 4), if they are opaque."""
    if not len(pixels):
        return None
    red, green, blue = np.sort(pixels[:, :3], axis=0)[len(pixels) // 2].tolist()
    is_ground = _has_colour(pixels, (red, green, blue)) & (pixels[:, 3] >= _MIN_OPAQUE)
    return (red, green, blue) if is_ground.mean() >= _MIN_GROUND_SHARE else None


def _has_colour(rgba: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """Return True for each of the pixels (…, 4) that has nearly this colour."""
    return abs(rgba[..., :3].astype(np.int16) - np.array(colour)).max(axis=-1) <= _MAX_GROUND_DIFFERENCE


def _box_of(marked: np.ndarray) -> Box | None:
    """Return the box of the marked pixels (H, W), in fractions of the image, or None if there are none or they extend
    over nearly the whole image.
    """
    if not marked.any():
        return None
    height, width = marked.shape
    left, top, right, bottom = find_limits(marked)
    if right - left > _MAX_SHARE * width and bottom - top > _MAX_SHARE * height:
        return None
    return left / width, top / height, right / width, bottom / height


def _is_rectangle(marked: np.ndarray) -> bool:
    """Return True if the marked pixels (H, W), of which there is at least one, fill a rectangle."""
    left, top, right, bottom = find_limits(marked)
    return bool(marked[top:bottom, left:right].all())
