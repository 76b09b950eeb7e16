"""Collages, which combine several separately generated objects in one image."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from gdm_studio.common.pixel_masks import find_limits
from gdm_studio.models.families.icons.pose import VISIBLE
from gdm_studio.models.families.icons.recolor import Pixels
from gdm_studio.request.regions import WHOLE, Box

# Side of a tile, and left and top of each tile, as fractions of the image's side. Tiles overlap in their corners,
# which are transparent in nearly all drawings.
PLACES = {
    2: (0.62, ((0.0, 0.0), (0.38, 0.38))),
    3: (0.54, ((0.23, 0.0), (0.0, 0.46), (0.46, 0.46))),
    4: (0.5, ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5))),
}
# Largest change of the proportions of a drawing that is fitted into a box.
MAX_STRETCH = 1.15
# Ratio of the sides of a box from which several objects fill it in a row.
LONG = 1.5


def place_drawings(pictures: Sequence[Pixels], boxes: Sequence[Box]) -> Pixels:
    """Place square images (side, side, 4) in the boxes of a scene of the same size, with the last image in front.

    All images are straight RGBA. Each keeps its proportions and is centred in its box, which is given as fractions of
    the scene.
    """
    side = len(pictures[0])
    whole = Image.new("RGBA", (side, side))
    for pixels, (left, top, right, bottom) in zip(pictures, boxes, strict=True):
        small = max(1, round(min(right - left, bottom - top) * side))
        corner = (round((left + right) / 2 * side - small / 2), round((top + bottom) / 2 * side - small / 2))
        drawing = Image.fromarray(pixels)
        if small != side:
            drawing = drawing.resize((small, small), Image.Resampling.LANCZOS)
        place = min(max(corner[0], 0), side - small), min(max(corner[1], 0), side - small)
        whole.alpha_composite(drawing, place)
    return np.array(whole)


def fit_into_box(pictures: Sequence[Pixels], box: Box, shape: float = 1.0) -> list[Pixels]:
    """Move and resize images (side, side) or (side, side, 4) together, so that the visible part of the first one, which
    is straight RGBA, fills a box, given as fractions of the side.

    The proportions change by at most `MAX_STRETCH`, and the visible part is centred in the box. The results are
    squeezed versions of an image that is `shape` times as wide as high. Images without a visible part are returned
    unchanged.
    """
    side = len(pictures[0])
    alpha = pictures[0][..., 3] >= VISIBLE
    if not alpha.any():
        return list(pictures)
    left, top, right, bottom = find_limits(alpha)
    across = shape * (box[2] - box[0]) * side / (right - left)
    down = (box[3] - box[1]) * side / (bottom - top)
    width = (right - left) * min(across, MAX_STRETCH * down) / shape
    height = (bottom - top) * min(down, MAX_STRETCH * across)
    return [_move(pixels[top:bottom, left:right], side, (width, height), box) for pixels in pictures]


def fit_into_row(pictures: Sequence[Pixels], box: Box, shape: float = 1.0) -> list[Pixels]:
    """Move and resize images (side, side, 4), straight RGBA, so that each fills an equal part of a box as in
    `fit_into_box`. The parts are side by side in a wide box, and above one another in a high one.
    """
    left, top, right, bottom = box
    count = len(pictures)
    across, down = (right - left) / count, (bottom - top) / count
    if shape * across > down:
        parts = [(left + place * across, top, left + (place + 1) * across, bottom) for place in range(count)]
    else:
        parts = [(left, top + place * down, right, top + (place + 1) * down) for place in range(count)]
    return [fit_into_box([pixels], part, shape)[0] for pixels, part in zip(pictures, parts, strict=True)]


def fit_into_middle(pictures: Sequence[Pixels], shape: float) -> list[Pixels]:
    """Resize whole images (side, side) or (side, side, 4) to the middle of an image as in `fit_into_box`."""
    side = len(pictures[0])
    size = side / max(shape, 1), side * min(shape, 1)
    return [_move(pixels, side, size, WHOLE) for pixels in pictures]


def is_long(box: Box, shape: float = 1.0) -> bool:
    """Return True if objects in a row fill a box better than a collage."""
    sides = shape * (box[2] - box[0]), box[3] - box[1]
    return max(sides) > LONG * min(sides)


def _move(part: Pixels, side: int, size: tuple[float, float], box: Box) -> Pixels:
    """Return an image of a `side` that has a part, resized to a size (width, height), in the middle of a box."""
    width, height = (max(1, round(length)) for length in size)
    x = min(max(round((box[0] + box[2]) / 2 * side - width / 2), 0), side - width)
    y = min(max(round((box[1] + box[3]) / 2 * side - height / 2), 0), side - height)
    whole = np.zeros((side, side, *part.shape[2:]), np.uint8)
    resized = Image.fromarray(part).resize((width, height), Image.Resampling.LANCZOS)
    whole[y : y + height, x : x + width] = np.asarray(resized)
    return whole


def add_ground(picture: Pixels, colour: tuple[int, int, int], box: Box) -> Pixels:
    """Return an image (side, side, 4), straight RGBA, in front of an opaque ground in a box, given as fractions of the
    side.
    """
    whole = np.zeros_like(picture)
    left, top, right, bottom = (round(at * len(picture)) for at in box)
    whole[top:bottom, left:right] = (*colour, 255)
    return np.array(Image.alpha_composite(Image.fromarray(whole), Image.fromarray(picture)))


def make_collage(pictures: Sequence[Pixels]) -> Pixels:
    """Arrange two to four images (side, side, 4) in a collage of the same size.

    All images are straight RGBA. They are reduced and overlap slightly, with the last image in front.
    """
    side = len(pictures[0])
    part, corners = PLACES[len(pictures)]
    small = round(part * side)
    whole = Image.new("RGBA", (side, side))
    for pixels, corner in zip(pictures, corners, strict=True):
        left, above = (round(at * side) for at in corner)
        whole.alpha_composite(Image.fromarray(pixels).resize((small, small), Image.Resampling.LANCZOS), (left, above))
    return np.array(whole)


def collage_areas(pictures: Sequence[Pixels]) -> list[Pixels]:
    """Return the visible part of each image in the collage of `make_collage`, uint8 (side, side). Images in front cover
    those behind them.
    """
    clear = np.zeros_like(pictures[0])
    alone = [
        make_collage([image if place == number else clear for place, image in enumerate(pictures)])[..., 3]
        for number in range(len(pictures))
    ]
    areas = []
    for number, opacity in enumerate(alone):
        visible = opacity.astype(np.float32)
        for above in alone[number + 1 :]:
            visible *= 1 - above.astype(np.float32) / 255
        areas.append(visible.round().astype(np.uint8))
    return areas
