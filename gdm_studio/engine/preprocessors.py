"""Preprocessors that convert a photo to a control image: edges, lines, blur, grey and coarse tiles. No torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image, ImageFilter

# Thresholds of the L1 norm of Sobel's gradient: weaker edges are kept only if they continue stronger ones.
CANNY_LOW, CANNY_HIGH = 100, 200
# Radii of Gaussian blurs, in fractions of the longer side: of the background of lines, and of the blurred image.
LINE_RADIUS = 1 / 86
BLUR_RADIUS = 1 / 64
# Lines fainter than this do not count for the contrast, which is at least MIN_CONTRAST of 255.
FAINT, MIN_CONTRAST = 8, 16
# Side, in pixels, of the squares whose mean colour a tile image retains.
TILE = 8
# Tangents of 22.5° and 67.5°, between which a gradient is diagonal.
TAN_22, TAN_67 = 0.41421356, 2.41421356


def preprocess(rgb: np.ndarray, name: str) -> np.ndarray:
    """Convert an RGB photo, uint8 (H, W, 3), to a control image of the same shape with the preprocessor `name`, one of
    `request.conditioning.PREPROCESSORS`.
    """
    found = _PREPROCESSORS[name](rgb)
    return found if found.ndim == 3 else np.repeat(found[..., None], 3, axis=-1)


def _detect_edges(rgb: np.ndarray) -> np.ndarray:
    """Detect edges (Canny 1986) and return them as one-pixel white lines on black.

    Each pixel uses the colour channel with the steepest gradient.
    """
    padded = np.pad(rgb.astype(np.int16), ((1, 1), (1, 1), (0, 0)), mode="edge")
    across = padded[:, 2:] - padded[:, :-2]
    down = padded[2:] - padded[:-2]
    dx = across[:-2] + 2 * across[1:-1] + across[2:]
    dy = down[:, :-2] + 2 * down[:, 1:-1] + down[:, 2:]
    steepest = (np.abs(dx) + np.abs(dy)).argmax(axis=-1)[..., None]
    dx = np.take_along_axis(dx, steepest, axis=-1)[..., 0]
    dy = np.take_along_axis(dy, steepest, axis=-1)[..., 0]
    size = np.abs(dx) + np.abs(dy)
    thin = (size > CANNY_LOW) & _find_ridges(size, dx, dy)
    return np.where(_find_connected(thin, thin & (size > CANNY_HIGH)), np.uint8(255), np.uint8(0))


def _find_ridges(size: np.ndarray, dx: np.ndarray, dy: np.ndarray) -> np.ndarray:
    """Return a mask (H, W) of the pixels whose gradient is a local maximum along its direction (non-maximum
    suppression).
    """
    around = np.pad(size, 1)

    def shifted(down: int, across: int) -> np.ndarray:
        rows, columns = size.shape
        return around[1 + down : 1 + down + rows, 1 + across : 1 + across + columns]

    run, rise = np.abs(dx), np.abs(dy)
    is_flat = rise < TAN_22 * run
    is_steep = rise > TAN_67 * run
    falls = (dx < 0) != (dy < 0)
    diagonal = np.where(
        falls,
        (size > shifted(-1, 1)) & (size > shifted(1, -1)),
        (size > shifted(-1, -1)) & (size > shifted(1, 1)),
    )
    level = (size > shifted(0, -1)) & (size >= shifted(0, 1))
    upright = (size > shifted(-1, 0)) & (size >= shifted(1, 0))
    found: np.ndarray = np.where(is_flat, level, np.where(is_steep, upright, diagonal))
    return found


def _find_connected(there: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """Return the mask of the weak edge pixels `there` (H, W) that are 8-connected to strong edge pixels (`seeds`), for
    Canny's hysteresis thresholding. The time is linear in the number of pixels.
    """
    rows, columns = there.shape
    left = np.pad(there, 1)
    left[1:-1, 1:-1] &= ~seeds
    left = left.ravel()
    wide = columns + 2
    around = np.array([-wide - 1, -wide, -wide + 1, -1, 1, wide - 1, wide, wide + 1])
    found = np.pad(seeds, 1).ravel()
    front = np.flatnonzero(found)
    while front.size:
        near = (front[:, None] + around).ravel()
        front = np.unique(near[left[near]])
        left[front] = False
        found[front] = True
    return found.reshape(rows + 2, wide)[1:-1, 1:-1]


def _extract_lines(rgb: np.ndarray) -> np.ndarray:
    """Return a line image: the dark strokes of a line drawing as white lines on black."""
    grey = Image.fromarray(rgb).convert("L")
    background = grey.filter(ImageFilter.GaussianBlur(_radius_of(grey, LINE_RADIUS)))
    darker = np.asarray(background, np.float32) - np.asarray(grey, np.float32)
    strokes = darker[darker > FAINT]
    contrast = max(float(np.median(strokes)) if strokes.size else 0.0, MIN_CONTRAST)
    return (darker * (127 / contrast)).clip(0, 255).astype(np.uint8)


def _blur(rgb: np.ndarray) -> np.ndarray:
    picture = Image.fromarray(rgb)
    return np.asarray(picture.filter(ImageFilter.GaussianBlur(_radius_of(picture, BLUR_RADIUS))))


def _convert_to_grey(rgb: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(rgb).convert("L"))


def _coarsen(rgb: np.ndarray) -> np.ndarray:
    """Return a coarse version of an image, for which a tile ControlNet can generate new fine details."""
    picture = Image.fromarray(rgb)
    width, height = picture.size
    coarse = picture.resize((max(1, width // TILE), max(1, height // TILE)), Image.Resampling.BOX)
    return np.asarray(coarse.resize(picture.size, Image.Resampling.BICUBIC))


def _radius_of(picture: Image.Image, fraction: float) -> float:
    return fraction * max(picture.size)


_PREPROCESSORS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "canny": _detect_edges,
    "line": _extract_lines,
    "blur": _blur,
    "grey": _convert_to_grey,
    "tile": _coarsen,
}
