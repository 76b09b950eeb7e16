"""Regions of a picture that inpainting generates separately: the box around a mask, its crop, and blending it back.

This module does not import torch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

from gdm_studio.common.errors import BadRequest
from gdm_studio.engine.inpainting_masks import FAINTEST

# A generated region fades in over 1/SEAM of the longer side of its box, just inside the edge of the mask.
SEAM = 32


@dataclass(frozen=True)
class Region:
    """Box of pixels in a picture. It may extend over the edges of the picture, whose pixels are repeated there."""

    left: int
    top: int
    width: int
    height: int

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height

    @property
    def seam(self) -> int:
        """Number of pixels over which the generated region fades in."""
        return max(1, round(max(self.size) / SEAM))

    def crop(self, pixels: np.ndarray) -> np.ndarray:
        """Return the pixels of a picture (H, W, …) in this region. Beyond the picture, its edge is repeated."""
        rows = np.arange(self.top, self.top + self.height).clip(0, pixels.shape[0] - 1)
        columns = np.arange(self.left, self.left + self.width).clip(0, pixels.shape[1] - 1)
        return pixels[rows[:, None], columns]

    def paste(self, pixels: np.ndarray, crop: np.ndarray) -> np.ndarray:
        """Return a copy of a picture (H, W, …) with this region replaced by `crop`. Parts beyond the edges are left
        out.
        """
        height, width = pixels.shape[:2]
        top, left = max(self.top, 0), max(self.left, 0)
        bottom, right = min(self.top + self.height, height), min(self.left + self.width, width)
        whole = pixels.copy()
        whole[top:bottom, left:right] = crop[top - self.top : bottom - self.top, left - self.left : right - self.left]
        return whole

    def enlarged(self, pixels: int) -> Region:
        """Return this region with a margin on all sides."""
        return Region(self.left - pixels, self.top - pixels, self.width + 2 * pixels, self.height + 2 * pixels)

    def seam_weights(self, mask: np.ndarray) -> np.ndarray:
        """Return the share of the generated pixels in each pixel of this region, float (height, width) in 0 … 1.

        `mask` is the whole mask of the picture, uint8 (H, W). The share is 0 outside the mask. Within `seam` pixels of
        its edge, or up to the middle of a part that is thinner, the share rises to the level of the mask, along a curve
        that is flat at both ends so that no line is visible. The edges of the picture are no edges of the mask.
        """
        seam = self.seam
        levels = self.enlarged(2 * seam).crop(mask)
        is_inside = (levels > 0).astype(np.uint8)
        depth = _sum_erosions(is_inside, seam)
        reached = depth
        for _ in range(seam):
            reached = _spread(reached, np.maximum)
        rise = depth / np.maximum(reached, 1)
        weights = rise**3 * (rise * (6 * rise - 15) + 10)
        if not set(np.unique(levels)) <= {0, 255}:
            weights *= _sum_erosions(levels, seam) / 255 / np.maximum(depth, 1)
        return weights[2 * seam : -2 * seam, 2 * seam : -2 * seam]


def region_around(mask: np.ndarray, padding: int, shape: tuple[int, int] | None = None) -> Region:
    """Return the region of a mask's marked pixels with `padding` pixels around them.

    `mask` is uint8 (H, W). The padding ends at the edges of the picture. With `shape` (width, height), the region is
    widened or heightened to these proportions, inside the picture if it fits. Raises BadRequest if the mask is empty.
    """
    marked = mask > FAINTEST
    rows, columns = np.flatnonzero(marked.any(axis=1)), np.flatnonzero(marked.any(axis=0))
    if not len(rows):
        raise BadRequest("The mask marks nothing to redraw; paint it white where that should be.")
    height, width = mask.shape
    left, right = max(int(columns[0]) - padding, 0), min(int(columns[-1]) + 1 + padding, width)
    top, bottom = max(int(rows[0]) - padding, 0), min(int(rows[-1]) + 1 + padding, height)
    if shape is None:
        return Region(left, top, right - left, bottom - top)
    wide = max(right - left, math.ceil((bottom - top) * shape[0] / shape[1]))
    high = max(bottom - top, math.ceil((right - left) * shape[1] / shape[0]))
    return Region(_fit_interval(left, right, wide, width), _fit_interval(top, bottom, high, height), wide, high)


def resize(pixels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Resize pixels, uint8 (H, W), (H, W, 3) or (H, W, 4), to `size` (width, height). Colours are premultiplied."""
    if (pixels.shape[1], pixels.shape[0]) == size:
        return pixels
    picture = Image.fromarray(pixels)
    if picture.mode == "RGBA":
        return np.asarray(picture.convert("RGBa").resize(size, Image.Resampling.LANCZOS).convert("RGBA"))
    return np.asarray(picture.resize(size, Image.Resampling.LANCZOS))


def blend(made: np.ndarray, original: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Mix two pictures, uint8 (H, W, channels) with straight alpha. `weight` (H, W) is the share of the first picture,
    `made`.

    Where the weight is 0, the result has the exact bytes of the original, and where it is 1, those of `made`.
    """
    share = weight[..., None]
    blended = _unpremultiply(share * _premultiply(made) + (1 - share) * _premultiply(original))
    return np.where(share == 0, original, np.where(share == 1, made, blended))


def _fit_interval(start: int, end: int, length: int, limit: int) -> int:
    """Return the start of an interval of `length` around the interval from `start` to `end`, moved inside 0 … `limit`
    if it fits, and centred otherwise.
    """
    if length > limit:
        return (limit - length) // 2
    return min(max(start - (length - (end - start)) // 2, 0), limit - length)


def _sum_erosions(levels: np.ndarray, limit: int) -> np.ndarray:
    """Return the sum of the levels (H, W) and of their first `limit` - 1 erosions by one pixel, float32.

    For levels of 0 and 1, it is the distance to the outside in pixels, limited to `limit`.
    """
    total = levels.astype(np.float32)
    eroded = levels
    for _ in range(limit - 1):
        eroded = _spread(eroded, np.minimum)
        if not eroded.any():
            break
        total += eroded
    return total


def _spread(levels: np.ndarray, choose: np.ufunc) -> np.ndarray:
    """Return the minimum or maximum over the 3 × 3 pixels around each pixel (H, W)."""
    for axis in (0, 1):
        padded = np.pad(levels, [(1, 1) if each == axis else (0, 0) for each in (0, 1)], mode="edge")
        before, after = (np.take(padded, range(at, at + levels.shape[axis]), axis=axis) for at in (0, 2))
        levels = choose(choose(before, levels), after)
    return levels


def _premultiply(picture: np.ndarray) -> np.ndarray:
    levels = picture.astype(np.float64)
    if levels.shape[-1] == 4:
        levels[..., :3] *= levels[..., 3:] / 255
    return levels


def _unpremultiply(levels: np.ndarray) -> np.ndarray:
    if levels.shape[-1] == 4:
        alpha = levels[..., 3:]
        levels = np.concatenate([255 * levels[..., :3] / np.maximum(alpha, 1e-9), alpha], axis=-1)
    return levels.round().clip(0, 255).astype(np.uint8)
