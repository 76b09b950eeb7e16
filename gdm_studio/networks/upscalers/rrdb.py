"""RRDB network of ESRGAN and Real-ESRGAN.

Wang et al. 2018, arXiv:1809.00219; Wang et al. 2021, arXiv:2107.10833.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.upscalers.configurations import DENSE_BLOCKS, DENSE_CONVOLUTIONS, RRDBConfig

# Factor of each residual branch.
RESIDUAL = 0.2
SLOPE = 0.2


class RRDB(nn.Module):
    """Upscaling network of ESRGAN: residual-in-residual dense blocks at the input size, followed by nearest-neighbour
    doublings.

    It upscales images (N, C, H, W) in 0..1. For the factors 1 and 2, squares of pixels are first folded into channels,
    after reflection padding to whole squares.
    """

    def __init__(self, config: RRDBConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.head = _create_convolution(config.channels * config.unshuffle**2, width)
        self.blocks = nn.ModuleList(_Block(width, config.growth) for _ in range(config.blocks))
        self.body = _create_convolution(width, width)
        self.doublings = nn.ModuleList(_create_convolution(width, width) for _ in range(config.doublings))
        self.last = _create_convolution(width, width)
        self.tail = _create_convolution(width, config.channels)

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[-2:]
        side = self.config.unshuffle
        missing = -height % side, -width % side
        if any(missing):
            mode = "reflect" if min(height, width) >= side else "replicate"
            x = F.pad(x, (0, missing[1], 0, missing[0]), mode=mode)
        first = h = self.head(F.pixel_unshuffle(x, side))
        for block in self.blocks:
            h = block(h)
        h = first + self.body(h)
        for convolution in self.doublings:
            h = F.leaky_relu(convolution(F.interpolate(h, scale_factor=2.0)), SLOPE, inplace=True)
        found: Tensor = self.tail(F.leaky_relu(self.last(h), SLOPE, inplace=True))
        return found[..., : height * self.config.scale, : width * self.config.scale]


class _Block(nn.ModuleList):
    """Residual block of the upscaling network RRDB, which consists of three dense blocks."""

    def __init__(self, width: int, growth: int) -> None:
        super().__init__(_DenseBlock(width, growth) for _ in range(DENSE_BLOCKS))

    def forward(self, x: Tensor) -> Tensor:
        h = x
        for dense in self:
            h = dense(h)
        return x + RESIDUAL * h


class _DenseBlock(nn.Module):
    """Dense block of an RRDB network: each convolution takes the outputs of all previous ones, and the input is added
    at the end.
    """

    def __init__(self, width: int, growth: int) -> None:
        super().__init__()
        last = DENSE_CONVOLUTIONS - 1
        self.convolutions = nn.ModuleList(
            _create_convolution(width + place * growth, growth if place < last else width)
            for place in range(DENSE_CONVOLUTIONS)
        )

    def forward(self, x: Tensor) -> Tensor:
        *inner, last = self.convolutions
        seen = x
        for convolution in inner:
            seen = torch.cat([seen, F.leaky_relu(convolution(seen), SLOPE, inplace=True)], dim=1)
        return x + RESIDUAL * last(seen)


def _create_convolution(inputs: int, outputs: int) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, padding=1)
