"""Pictures at twice their size by the upscaler that is shipped: edges stay sharp, alpha stays clean."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from gdm_studio.engine import devices
from gdm_studio.errors import DeviceError
from gdm_studio.models import upscaler

if TYPE_CHECKING:
    from gdm_studio.networks.upscaler import Upscaler

CLEAR = 1.5 / 255  # alpha that is taken for none, and as far below 1 for all: less than the network can tell
AROUND = 3  # pixels a side of the neighbourhood that settles whether a pixel can be at an edge


class Doubler:
    """Calls give a picture at twice its size; the network is loaded by the first. Raises ModelError, DeviceError."""

    def __init__(self, device: str = "auto") -> None:
        self._device = device

    def __call__(self, rgba: np.ndarray) -> np.ndarray:
        """Straight-alpha uint8 (H, W, 4) to (2H, 2W, 4)."""
        try:
            with torch.inference_mode():
                x = premultiplied(rgba[None]).to(self._network.head.weight.device)
                return _straight(_settled(self._network(x).float(), x[:, 3:]))
        except (MemoryError, RuntimeError) as error:
            if not devices.is_out_of_memory(error):
                raise
            side = 2 * max(rgba.shape[:2])
            raise DeviceError(f"There is too little memory for {side} pixels; choose a smaller size.") from error

    @cached_property
    def _network(self) -> Upscaler:
        return upscaler.load(devices.resolve(self._device))


def premultiplied(rgba: np.ndarray) -> Tensor:
    """Straight-alpha uint8 (N, H, W, 4) to premultiplied 0..1 (N, 4, H, W), channels last in memory."""
    x = torch.from_numpy(np.array(rgba, dtype=np.float32)) / 255
    x[..., :3] *= x[..., 3:]
    return x.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)


def _settled(doubled: Tensor, alpha: Tensor) -> Tensor:
    """Where all around is clear, or all around is solid, so is the doubled picture: no haze, no pinholes."""
    reach = AROUND // 2
    most = F.max_pool2d(alpha, AROUND, stride=1, padding=reach)                 # (1, 1, H, W)
    least = -F.max_pool2d(-alpha, AROUND, stride=1, padding=reach)
    clear, solid = (F.interpolate(mask.float(), scale_factor=2) > 0 for mask in (most == 0, least == 1))
    colour, grown = doubled[:, :3], doubled[:, 3:]
    return torch.where(clear, 0, torch.cat([colour, torch.where(solid, 1, grown)], dim=1))


def _straight(x: Tensor) -> np.ndarray:
    """Premultiplied (1, 4, H, W) to straight uint8 (H, W, 4); colour where nothing is to be seen is zero."""
    alpha = x[:, 3:].clamp(0, 1)
    alpha = torch.where(alpha < CLEAR, 0, torch.where(alpha > 1 - CLEAR, 1, alpha))
    colour = torch.where(alpha > 0, x[:, :3] / alpha.clamp(min=CLEAR), 0).clamp(0, 1)
    levels = torch.cat([colour, alpha], dim=1).mul(255).round().to(torch.uint8)
    return levels[0].permute(1, 2, 0).contiguous().cpu().numpy()
