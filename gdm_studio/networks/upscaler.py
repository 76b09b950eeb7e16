"""The network that doubles a picture's size: a small residual stack over bicubic interpolation, colour and alpha."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.layers import zeroed


@dataclass(frozen=True)
class UpscalerConfig:
    """Sizes of an `Upscaler`; saved with its weights."""

    channels: int = 4
    width: int = 32
    blocks: int = 4  # each two 3x3 convolutions: with the outer two, a pixel sees 21 around it


class Upscaler(nn.Module):
    """Premultiplied pictures (N, C, H, W) in 0..1 to (N, C, 2H, 2W), about 0..1.

    Everything is computed at the smaller size and laid out by pixel-shuffle (Shi et al. 2016); blocks without
    normalisation, as in EDSR (Lim et al. 2017). The correction starts at zero, so training starts from bicubic.
    """

    def __init__(self, config: UpscalerConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.head = nn.Conv2d(config.channels, width, 3, padding=1)
        self.blocks = nn.ModuleList(_Block(width) for _ in range(config.blocks))
        self.tail = zeroed(nn.Conv2d(width, 4 * config.channels, 3, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        smooth = F.interpolate(x, scale_factor=2, mode="bicubic")               # (N, C, 2H, 2W)
        first = h = self.head(x - 0.5)                                          # (N, width, H, W)
        for block in self.blocks:
            h = block(h)
        return smooth + F.pixel_shuffle(self.tail(h + first), 2)


class _Block(nn.Module):
    """Two convolutions around a skip; starts as the identity."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.conv2 = zeroed(nn.Conv2d(width, width, 3, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv2(torch.relu(self.conv1(x)))
