"""Collages, which combine several separately generated objects in one image."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from gdm_studio.models.families.icons.pose import VISIBLE
from gdm_studio.models.families.icons.recolor import Pixels
from gdm_studio.request.regions import Box

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


def fit_into_box(pictures: Sequence[Pixels], box: Box) -> list[Pixels]:
    """Move and resize images (side, side) or (side, side, 4) together, so that the visible part of the first one, which
    is straight RGBA, fills a box, given as fractions of the side.

    The proportions change by at most `MAX_STRETCH`, and the visible part is centred in the box. Images without a
    visible part are returned unchanged.
    """
    side = len(pictures[0])
    alpha = pictures[0][..., 3] >= VISIBLE
    if not alpha.any():
        return list(pictures)
    columns, rows = (np.flatnonzero(alpha.any(axis=axis)) for axis in (0, 1))
    left, top, right, bottom = columns[0], rows[0], columns[-1] + 1, rows[-1] + 1
    across = (box[2] - box[0]) * side / (right - left)
    down = (box[3] - box[1]) * side / (bottom - top)
    width = max(1, round((right - left) * min(across, MAX_STRETCH * down)))
    height = max(1, round((bottom - top) * min(down, MAX_STRETCH * across)))
    x = min(max(round((box[0] + box[2]) / 2 * side - width / 2), 0), side - width)
    y = min(max(round((box[1] + box[3]) / 2 * side - height / 2), 0), side - height)
    fitted = []
    for pixels in pictures:
        part = Image.fromarray(pixels[top:bottom, left:right]).resize((width, height), Image.Resampling.LANCZOS)
        whole = np.zeros_like(pixels)
        whole[y : y + height, x : x + width] = np.asarray(part)
        fitted.append(whole)
    return fitted


def fit_into_row(pictures: Sequence[Pixels], box: Box) -> list[Pixels]:
    """Move and resize images (side, side, 4), straight RGBA, so that each fills an equal part of a box, given as
    fractions of the side. The parts are side by side in a wide box, and above one another in a high one.
    """
    ends = np.array([box[:2], box[2:]])
    axis = int(np.argmax(ends[1] - ends[0]))
    lines = np.linspace(*ends[:, axis], len(pictures) + 1)
    fitted = []
    for place, pixels in enumerate(pictures):
        part = ends.copy()
        part[:, axis] = lines[place : place + 2]
        left, top, right, bottom = part.flatten().tolist()
        fitted.append(fit_into_box([pixels], (left, top, right, bottom))[0])
    return fitted


def is_long(box: Box) -> bool:
    """Return True if objects in a row fill a box better than a collage."""
    sides = box[2] - box[0], box[3] - box[1]
    return max(sides) > LONG * min(sides)


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
