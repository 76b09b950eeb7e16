"""Upscaling of images to twice their size, with the built-in network."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from gdm_studio.common.errors import DeviceError
from gdm_studio.engine import devices
from gdm_studio.models import upscaler

if TYPE_CHECKING:
    from gdm_studio.networks.upscaler import Upscaler

# Alpha below this value is rounded to 0, and above 1 - CLEAR to 1. The network cannot resolve smaller differences.
ALPHA_THRESHOLD = 1.5 / 255
# The side in pixels of the neighbourhood that decides if a pixel may be on an edge.
NEIGHBOURHOOD = 3


class Upscaler2x:
    """Upscaler that doubles the size of images.

    It loads its network on first use. Raises ModelError and DeviceError.
    """

    def __init__(self, device: str = "auto") -> None:
        self._device = device

    def __call__(self, rgba: np.ndarray) -> np.ndarray:
        """Upscale an image from (H, W, 4) to (2H, 2W, 4), uint8 with straight alpha."""
        try:
            with torch.inference_mode():
                x = premultiply(rgba[None]).to(self._network.head.weight.device)
                return _to_straight_alpha(_settle_alpha(self._network(x).float(), x[:, 3:]))
        except (MemoryError, RuntimeError) as error:
            if not devices.is_out_of_memory(error):
                raise
            side = 2 * max(rgba.shape[:2])
            raise DeviceError(f"There is too little memory for {side} pixels; choose a smaller size.") from error

    @cached_property
    def _network(self) -> Upscaler:
        return upscaler.load(devices.resolve(self._device))


def premultiply(rgba: np.ndarray) -> Tensor:
    """Convert straight-alpha uint8 (N, H, W, 4) to premultiplied 0..1 (N, 4, H, W), channels last in memory."""
    x = torch.from_numpy(np.array(rgba, dtype=np.float32)) / 255
    x[..., :3] *= x[..., 3:]
    return x.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)


def _settle_alpha(doubled: Tensor, alpha: Tensor) -> Tensor:
    """Set alpha to 0 where the whole neighbourhood is transparent, and to 1 where it is opaque."""
    reach = NEIGHBOURHOOD // 2
    most = F.max_pool2d(alpha, NEIGHBOURHOOD, stride=1, padding=reach)  # (1, 1, H, W)
    least = -F.max_pool2d(-alpha, NEIGHBOURHOOD, stride=1, padding=reach)
    clear, solid = (F.interpolate(mask.float(), scale_factor=2) > 0 for mask in (most == 0, least == 1))
    colour = doubled[:, :3]
    grown = doubled[:, 3:]
    return torch.where(clear, 0, torch.cat([colour, torch.where(solid, 1, grown)], dim=1))


def _to_straight_alpha(x: Tensor) -> np.ndarray:
    """Convert premultiplied (1, 4, H, W) to straight uint8 (H, W, 4). Transparent pixels get the colour zero."""
    alpha = x[:, 3:].clamp(0, 1)
    alpha = torch.where(alpha < ALPHA_THRESHOLD, 0, torch.where(alpha > 1 - ALPHA_THRESHOLD, 1, alpha))
    colour = torch.where(alpha > 0, x[:, :3] / alpha.clamp(min=ALPHA_THRESHOLD), 0).clamp(0, 1)
    levels = torch.cat([colour, alpha], dim=1).mul(255).round().to(torch.uint8)
    return levels[0].permute(1, 2, 0).contiguous().cpu().numpy()
