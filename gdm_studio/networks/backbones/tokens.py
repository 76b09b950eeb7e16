"""What transformers over pictures share: patches, positions, attention, and the network after it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.layers import FourierEmbedding, attend


@dataclass(frozen=True)
class SquareConfig:
    """What the sizes of a network for square pictures begin with."""

    size: int  # side of the pictures
    channels: int = 4
    answers: int = 1  # pictures that it gives for one
    told: int = 0  # width of what it is told


class Attention(nn.Module):
    """Attention with several heads, of tokens to themselves or, with `source` > 0, to others of that width."""

    def __init__(self, width: int, heads: int, *, source: int = 0, bias: bool = True) -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"a width of {width} does not divide into {heads} heads")
        self.heads = heads
        self.query = nn.Linear(width, width, bias=bias) if source else None
        self.given = nn.Linear(source or width, (2 if source else 3) * width, bias=bias)
        self.out = nn.Linear(width, width)

    def forward(self, tokens: Tensor, source: Tensor | None = None) -> Tensor:
        given = self.given(tokens if source is None else source)                # (N, S, 2D or 3D)
        parts = given.chunk(3, dim=-1) if self.query is None else (self.query(tokens), *given.chunk(2, dim=-1))
        query, key, value = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in parts)
        return self.out(attend(query, key, value).transpose(1, 2).flatten(2))   # (N, T, D)


class FeedForward(nn.Sequential):
    """Two layers, four times as wide between."""

    def __init__(self, width: int, *, dropout: float = 0.0, approximate: str = "none") -> None:
        super().__init__(
            nn.Linear(width, 4 * width), nn.GELU(approximate), nn.Dropout(dropout), nn.Linear(4 * width, width)
        )


class TimeEmbedding(nn.Sequential):
    """(N,) of order one -> (N, width)."""

    def __init__(self, width: int, *, features: int = 256) -> None:
        super().__init__(FourierEmbedding(features), nn.Linear(features, width), nn.SiLU(), nn.Linear(width, width))


class Patches(nn.Module):
    """Pictures (N, C, H, W) to tokens (N, H/p · W/p, width)."""

    def __init__(self, channels: int, patch: int, width: int) -> None:
        super().__init__()
        self.patch = patch
        self.conv = nn.Conv2d(channels, width, patch, stride=patch)

    def forward(self, x: Tensor) -> Tensor:
        if any(side % self.patch for side in x.shape[-2:]):
            raise ValueError(f"pictures of {tuple(x.shape[-2:])} pixels have no whole patches of {self.patch}")
        return self.conv(x).flatten(2).transpose(1, 2)


def pictures_of(tokens: Tensor, side: int, patch: int) -> Tensor:
    """The way back: (N, side², C · p²) to (N, C, side · p, side · p)."""
    return F.pixel_shuffle(tokens.transpose(1, 2).unflatten(2, (side, side)), patch)


def side_of(size: int, patch: int) -> int:
    """Patches in a row of a picture; raises ValueError where there is no whole number of them."""
    if size < patch or size % patch:
        raise ValueError(f"pictures of {size} pixels have no whole patches of {patch}")
    return size // patch


def waves(side: int, width: int) -> Tensor:
    """Fixed positions (side², width): sines and cosines of column and row at wavelengths from 2π to 20,000π
    (Vaswani et al. 2017, section 3.5, for either axis half of the numbers). `width` is a multiple of four."""
    rates = torch.exp(-math.log(10_000) * torch.arange(width // 4, dtype=torch.float64) / (width // 4))
    angles = torch.arange(side, dtype=torch.float64)[:, None] * rates           # (side, width / 4)
    one = torch.cat([angles.sin(), angles.cos()], dim=1)                        # (side, width / 2)
    columns, rows = one.repeat(side, 1), one.repeat_interleave(side, dim=0)
    return torch.cat([columns, rows], dim=1).float()


def heads_of(width: int) -> int:
    """Heads of 64 numbers, or of fewer where the width does not divide."""
    return next(width // each for each in (64, 40, 32, 16, 8, 4) if width % each == 0)
