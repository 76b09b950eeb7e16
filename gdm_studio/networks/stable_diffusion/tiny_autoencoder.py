"""Decoders of TAESD and similar tiny autoencoders, which give previews of other autoencoders' latents at 0.1 % of the
cost.

By Ollin Boer Bohan, since 2023: TAESD and TAESDXL for Stable Diffusion, and TAESD3, TAEF1 and TAEF2 for Stable
Diffusion 3, FLUX.1 and FLUX.2. Their files number the layers in two plain sequences.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

WIDTH = 64
# Channels of FLUX.2's latents, for which the first blocks are normalised.
NORMALIZED = 32


class TinyDecoder(nn.Sequential):
    """Small decoder (TAESD) for previews. It maps latents (N, latent, h, w), scaled as for the denoiser, to images (N,
    3, 8·h, 8·w) with values of about 0 … 1.
    """

    def __init__(self, latent: int = 4) -> None:
        layers: list[nn.Module] = [Clamp(), _create_convolution(latent, WIDTH), nn.ReLU()]
        for stage in range(3):
            blocks = (Block(normalized=latent == NORMALIZED and stage == 0) for _ in range(3))
            layers += [*blocks, nn.Upsample(scale_factor=2), _create_convolution(WIDTH, WIDTH, bias=False)]
        super().__init__(*layers, Block(), _create_convolution(WIDTH, 3))


class Block(nn.Module):
    """Residual block of three convolutions in a tiny decoder. If `normalized` is True, a branch with a normalisation is
    added to the input of the convolutions.
    """

    def __init__(self, *, normalized: bool = False) -> None:
        super().__init__()
        self.conv = nn.Sequential(
            _create_convolution(WIDTH, WIDTH),
            nn.ReLU(),
            _create_convolution(WIDTH, WIDTH),
            nn.ReLU(),
            _create_convolution(WIDTH, WIDTH),
        )

        wide = 4 * WIDTH
        layers = (nn.Conv2d(WIDTH, wide, 1, bias=False), nn.GroupNorm(4, wide), nn.ReLU())
        self.pool = nn.Sequential(*layers, nn.Conv2d(wide, WIDTH, 1, bias=False)) if normalized else None

    def forward(self, x: Tensor) -> Tensor:
        if self.pool is not None:
            x = x + self.pool(x)
        return torch.relu(self.conv(x) + x)


class Clamp(nn.Module):
    """Layer that limits latents softly to −3 … 3 before they are decoded."""

    def forward(self, x: Tensor) -> Tensor:
        return 3 * torch.tanh(x / 3)


def _create_convolution(channels_in: int, channels_out: int, *, bias: bool = True) -> nn.Conv2d:
    return nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=bias)
