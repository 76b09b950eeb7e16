"""Network that doubles the size of an RGBA image: a small residual stack added to bicubic interpolation."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.layers import zero_init


@dataclass(frozen=True)
class UpscalerConfig:
    """Hyperparameters of the built-in upscaling network `Upscaler`, such as its layer widths. They are saved with its
    weights.
    """

    channels: int = 4
    width: int = 32
    # Number of residual blocks, with two 3x3 convolutions each. With four blocks and the two outer convolutions, a
    # pixel depends on the 21 × 21 pixels around it.
    blocks: int = 4


class Upscaler(nn.Module):
    """Network that doubles the size of premultiplied images (N, C, H, W) with values 0 … 1, to (N, C, 2H, 2W) with
    values of about 0 … 1.

    All layers run at the smaller size, followed by a pixel-shuffle (Shi et al. 2016). As in EDSR (Lim et al. 2017),
    blocks have no normalisation. The correction is zero at initialisation, so training starts from bicubic
    interpolation.
    """

    def __init__(self, config: UpscalerConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.head = nn.Conv2d(config.channels, width, 3, padding=1)
        self.blocks = nn.ModuleList(_Block(width) for _ in range(config.blocks))
        self.tail = zero_init(nn.Conv2d(width, 4 * config.channels, 3, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        smooth = F.interpolate(x, scale_factor=2, mode="bicubic")  # (N, C, 2H, 2W)
        first = h = self.head(x - 0.5)  # (N, width, H, W)
        for block in self.blocks:
            h = block(h)
        return smooth + F.pixel_shuffle(self.tail(h + first), 2)


class _Block(nn.Module):
    """Residual block of two convolutions in the upscaler. Before training it returns its input."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.conv2 = zero_init(nn.Conv2d(width, width, 3, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv2(torch.relu(self.conv1(x)))
