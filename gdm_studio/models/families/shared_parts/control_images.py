"""Pixels of control images, as control models take them."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor
from torch.nn import functional as F


def composite_on_black(rgba: Tensor, size: Sequence[int]) -> Tensor:
    """Convert uint8 RGBA images (1, H, W, 4) to RGB (1, 3, h, w) with values 0 … 1 on a black background, resized to
    `size` (height, width) if necessary.
    """
    levels = rgba.permute(0, 3, 1, 2).float() / 255
    levels = levels[:, :3] * levels[:, 3:]
    if list(levels.shape[-2:]) == list(size):
        return levels
    return F.interpolate(levels, list(size), mode="bilinear", antialias=True)
