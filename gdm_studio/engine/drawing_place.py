"""Places of the drawing of a prompt in a start image: where the image's content or the inpainting mask is."""

from __future__ import annotations

import numpy as np

from gdm_studio.models.loaded_model import DrawingPlace
from gdm_studio.request.regions import WHOLE, Box

# Alpha, of 255, from which a pixel is visible, and from which it is opaque.
_MIN_VISIBLE = 32
_MIN_OPAQUE = 250
# Largest difference of a channel at which a pixel has the colour of the ground.
_MAX_GROUND_DIFFERENCE = 24
# Least share of the frame of an image without alpha that has the colour of its ground.
_MIN_GROUND_SHARE = 0.8
# Boxes with a larger share of both sides limit nothing.
_MAX_SHARE = 0.97


def place_in_mask(mask: np.ndarray) -> DrawingPlace | None:
    """Return the place of a drawing in the area that an inpainting mask (H, W) in 0 … 1 marks by at least ½, or else as
    brightly as possible.

    Returns None if the area is nearly the whole image.
    """
    box = _box_of(mask >= min(0.5, mask.max()))
    return None if box is None else DrawingPlace(box, is_masked=True)


def place_in_image(rgba: np.ndarray) -> DrawingPlace | None:
    """Return the place of a drawing in a start image, uint8 (H, W, 4): its visible content.

    The content is what is not transparent. In an image without alpha, which may have transparent borders on two sides,
    it is what differs from a ground of one colour. Returns None for images without such a ground, such as photographs.
    """
    visible = rgba[..., 3] >= _MIN_VISIBLE
    if not visible.any():
        return None
    height, width = visible.shape
    left, top, right, bottom = _limits(visible)
    part = rgba[top:bottom, left:right]
    frame = np.concatenate([part[0], part[-1], part[:, 0], part[:, -1]]).astype(np.int16)
    is_fitted = bottom - top == height or right - left == width
    if not is_fitted or (frame[:, 3] >= _MIN_OPAQUE).mean() < _MIN_GROUND_SHARE:
        box = _box_of(visible)
        return None if box is None else DrawingPlace(box)
    colour = np.sort(frame[:, :3], axis=0)[len(frame) // 2]
    if (abs(frame[:, :3] - colour).max(axis=1) <= _MAX_GROUND_DIFFERENCE).mean() < _MIN_GROUND_SHARE:
        return None
    visible &= abs(rgba[..., :3].astype(np.int16) - colour).max(axis=2) > _MAX_GROUND_DIFFERENCE
    red, green, blue = colour.tolist()
    ground_box = left / width, top / height, right / width, bottom / height
    return DrawingPlace(_box_of(visible) or WHOLE, (red, green, blue), ground_box)


def _box_of(marked: np.ndarray) -> Box | None:
    """Return the box of the marked pixels (H, W), in fractions of the image, or None if there are none or they extend
    over nearly the whole image.
    """
    if not marked.any():
        return None
    height, width = marked.shape
    left, top, right, bottom = _limits(marked)
    if right - left > _MAX_SHARE * width and bottom - top > _MAX_SHARE * height:
        return None
    return left / width, top / height, right / width, bottom / height


def _limits(marked: np.ndarray) -> tuple[int, int, int, int]:
    """Return the left, top, right and bottom limits of the marked pixels (H, W), of which there is at least one."""
    columns, rows = np.flatnonzero(marked.any(axis=0)), np.flatnonzero(marked.any(axis=1))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
