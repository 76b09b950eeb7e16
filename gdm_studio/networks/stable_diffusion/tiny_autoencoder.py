"""Decoder of TAESD, a tiny autoencoder for Stable Diffusion's latents, for previews in a thousandth of the time.

By Ollin Boer Bohan, 2023. Its files name the layers by their number in two plain sequences.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

WIDTH = 64


class TinyDecoder(nn.Sequential):
    """Decoder of latents (N, latent, h, w), scaled as in the U-Net, to images (N, 3, 8·h, 8·w) in about 0 … 1."""

    def __init__(self, latent: int = 4) -> None:
        layers: list[nn.Module] = [Clamp(), _conv(latent, WIDTH), nn.ReLU()]
        for _ in range(3):
            layers += [Block(), Block(), Block(), nn.Upsample(scale_factor=2), _conv(WIDTH, WIDTH, bias=False)]
        super().__init__(*layers, Block(), _conv(WIDTH, 3))


class Block(nn.Module):
    """Three convolutions around a skip connection."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Sequential(_conv(WIDTH, WIDTH), nn.ReLU(), _conv(WIDTH, WIDTH), nn.ReLU(), _conv(WIDTH, WIDTH))

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.conv(x) + x)


class Clamp(nn.Module):
    """Soft clamp of latents to −3 … 3."""

    def forward(self, x: Tensor) -> Tensor:
        return 3 * torch.tanh(x / 3)


def _conv(channels_in: int, channels_out: int, *, bias: bool = True) -> nn.Conv2d:
    return nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=bias)
