"""Compact network of Real-ESRGAN, also called SRVGG."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.upscalers.configurations import CompactConfig


class Compact(nn.Module):
    """Compact upscaling network of Real-ESRGAN: convolutions at the input size and a pixel-shuffle, added to a
    nearest-neighbour upscaling.

    It upscales images (N, C, H, W) in 0..1.
    """

    def __init__(self, config: CompactConfig) -> None:
        super().__init__()
        self.config = config
        layers: list[nn.Module] = []
        for place in range(config.depth + 1):
            inputs = config.width if place else config.channels
            layers += [nn.Conv2d(inputs, config.width, 3, padding=1), nn.PReLU(config.width)]
        last = nn.Conv2d(config.width, config.channels * config.scale**2, 3, padding=1)
        self.body = nn.Sequential(*layers, last)

    def forward(self, x: Tensor) -> Tensor:
        scale = self.config.scale
        return F.pixel_shuffle(self.body(x), scale) + F.interpolate(x, scale_factor=float(scale))
