"""Conversion between images with straight and with premultiplied alpha."""

from __future__ import annotations

import torch
from torch import Tensor

from gdm_studio.models.memory.parallel_rows import one_thread

# Maximum distance from fully transparent or opaque at which alpha of a decoded image is rounded to it.
ALPHA_MARGIN = 4 / 255


def to_straight_alpha(pictures: Tensor, *, haze: float = 0.0) -> Tensor:
    """Convert premultiplied RGBA tensors (N, 4, H, W) with values −1 … 1 to uint8 images (N, H, W, 4) with straight
    alpha on the CPU.

    Alpha within `haze` (0 … ½) of 0 or 1 is rounded to 0 or 1, and the range in between is stretched.
    """
    with one_thread():
        # Every operation except the first works in place, because images are large.
        levels = (pictures.float() + 1).div_(2).clamp_(0, 1)
        rgb = levels[:, :3]
        alpha = levels[:, 3:]
        # Below half a level of alpha, there is no colour to recover. The mask is 0 or 1 in floats, because multiplying
        # by floats is several times as fast as by bools.
        mask = torch.gt(alpha, max(haze, 1 / 510), out=torch.empty_like(alpha))
        rgb.div_(alpha.clamp(min=1 / 510)).clamp_(max=1)
        alpha.sub_(haze).div_(1 - 2 * haze).clamp_(0, 1)
        rgb.mul_(mask)
        return levels.mul_(255).round_().to(torch.uint8).permute(0, 2, 3, 1).contiguous().cpu()


def to_premultiplied(rgba: Tensor) -> Tensor:
    """Convert uint8 RGBA images (N, H, W, 4) with straight alpha to premultiplied tensors (N, 4, H, W) with values −1 …
    1.

    This is the inverse of `to_straight_alpha`.
    """
    levels = rgba.permute(0, 3, 1, 2).float() / 255
    return 2 * torch.cat([levels[:, :3] * levels[:, 3:], levels[:, 3:]], dim=1) - 1
