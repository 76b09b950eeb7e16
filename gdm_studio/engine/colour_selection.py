"""Selection of parts of a picture by a click: a connected area of similar colour, or all pixels of that colour."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from gdm_studio.common.pixel_masks import largest

# Greatest difference of a selected pixel from the colour at the click, in levels of a channel.
TOLERANCE = 32
# Radius in pixels of the square whose mean is the colour at the click.
_SAMPLE_RADIUS = 1


def select_colour(
    rgba: np.ndarray, place: tuple[float, float], *, tolerance: float = TOLERANCE, is_coherent: bool = True
) -> np.ndarray:
    """Return a mask, uint8 (H, W) of 0 and 255, that selects the pixels with the colour of the pixel at `place` (x, y).

    `rgba` is uint8 (H, W, 4) with straight alpha. With `is_coherent`, only the pixels are selected that are connected
    to `place` through pixels of this colour that share an edge. A place outside the picture selects nothing.
    """
    height, width = rgba.shape[:2]
    column, row = int(np.floor(place[0])), int(np.floor(place[1]))
    if not (0 <= column < width and 0 <= row < height):
        return np.zeros((height, width), np.uint8)
    levels = rgba.astype(np.int32)
    levels[..., :3] = levels[..., :3] * levels[..., 3:] // 255
    rows = slice(max(row - _SAMPLE_RADIUS, 0), row + _SAMPLE_RADIUS + 1)
    columns = slice(max(column - _SAMPLE_RADIUS, 0), column + _SAMPLE_RADIUS + 1)
    colour = levels[row, column]
    # A click on an edge means the colour of the pixel, and one in an area with noise the mean of its neighbours.
    around = levels[rows, columns].reshape(-1, 4)
    like = around[np.abs(around - colour).max(axis=-1) <= tolerance]
    is_similar = np.abs(levels - like.mean(axis=0)).max(axis=-1) <= tolerance
    is_similar[row, column] = True
    if is_coherent:
        is_similar = connected(is_similar, (column, row))
    return np.where(is_similar, np.uint8(255), np.uint8(0))


def connected(area: np.ndarray, place: tuple[int, int]) -> np.ndarray:
    """Return the part of an area, bool (H, W), that is connected to the pixel (x, y) through pixels that share an
    edge.
    """
    seeds = np.zeros_like(area)
    seeds[place[1], place[0]] = True
    return connected_to(area, seeds)


def connected_to(area: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """Return the part of an area, bool (H, W), that is connected to one of its pixels in `seeds`, bool (H, W).

    Whole runs of rows and of columns are added in turn, so that few passes suffice.
    """
    reached = area & seeds
    runs = [_number_runs(area), _number_runs(area.T)]
    before = -1
    while (count := int(reached.sum())) != before:
        before = count
        reached = _fill_runs(reached, area, runs[0])
        reached = _fill_runs(reached.T, area.T, runs[1]).T
    return reached


def grow(mask: np.ndarray, pixels: int) -> np.ndarray:
    """Return a mask, uint8 (H, W), whose marked area is grown by `pixels` on all sides."""
    return largest(mask, pixels)


def fill_holes(mask: np.ndarray) -> np.ndarray:
    """Return a mask, uint8 (H, W), in which areas that it surrounds are marked, too."""
    is_free = mask == 0
    border = np.ones_like(is_free)
    border[1:-1, 1:-1] = False
    return np.where(is_free & ~connected_to(is_free, border), np.uint8(255), mask)


def feather(mask: np.ndarray, pixels: int) -> np.ndarray:
    """Return a mask, uint8 (H, W), whose edges are blurred over `pixels`."""
    return np.asarray(Image.fromarray(mask).filter(ImageFilter.GaussianBlur(pixels)))


def _number_runs(area: np.ndarray) -> np.ndarray:
    """Return the number of each pixel's run, a row's longest sequence of equal pixels, int (H, W)."""
    starts = np.ones(area.shape, bool)
    starts[:, 1:] = area[:, 1:] != area[:, :-1]
    return starts.cumsum().reshape(area.shape) - 1


def _fill_runs(reached: np.ndarray, area: np.ndarray, runs: np.ndarray) -> np.ndarray:
    """Return the pixels of an area whose run contains a reached pixel."""
    is_hit = np.zeros(int(runs[-1, -1]) + 1, bool)
    is_hit[runs[reached]] = True
    return area & is_hit[runs]
