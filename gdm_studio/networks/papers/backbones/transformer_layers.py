"""Building blocks of transformers over images: patches, positions, attention and feed-forward networks."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.layers import FourierEmbedding, attend


@dataclass(frozen=True)
class SquareConfig:
    """Base configuration of all networks for square images: image size, channels and width of the conditioning."""

    # Side of the images in pixels.
    size: int
    channels: int = 4
    # Number of output images per input image.
    answers: int = 1
    # Width of the conditioning vector.
    told: int = 0


class Attention(nn.Module):
    """Multi-head self-attention layer for tokens (N, T, D).

    If `source` > 0, they attend to other tokens of that width instead.
    """

    def __init__(self, width: int, heads: int, *, source: int = 0, bias: bool = True) -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"a width of {width} does not divide into {heads} heads")
        self.heads = heads
        self.query = nn.Linear(width, width, bias=bias) if source else None
        self.given = nn.Linear(source or width, (2 if source else 3) * width, bias=bias)
        self.out = nn.Linear(width, width)

    def forward(self, tokens: Tensor, source: Tensor | None = None) -> Tensor:
        given = self.given(tokens if source is None else source)  # (N, S, 2D or 3D)
        parts = given.chunk(3, dim=-1) if self.query is None else (self.query(tokens), *given.chunk(2, dim=-1))
        query, key, value = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in parts)
        return self.out(attend(query, key, value).transpose(1, 2).flatten(2))  # (N, T, D)


class FeedForward(nn.Sequential):
    """Feed-forward network of a transformer: two linear layers with GELU between them. The hidden layer is four times
    as wide as a token.
    """

    def __init__(self, width: int, *, dropout: float = 0.0, approximate: str = "none") -> None:
        super().__init__(
            nn.Linear(width, 4 * width), nn.GELU(approximate), nn.Dropout(dropout), nn.Linear(4 * width, width)
        )


class TimeEmbedding(nn.Sequential):
    """Network that embeds a time (N,), scaled to the order of one, as vectors (N, width). It consists of Fourier
    features and a perceptron.
    """

    def __init__(self, width: int, *, features: int = 256) -> None:
        super().__init__(FourierEmbedding(features), nn.Linear(features, width), nn.SiLU(), nn.Linear(width, width))


class Patches(nn.Module):
    """Linear projection of square image patches to tokens, from (N, C, H, W) to (N, H/p · W/p, width)."""

    def __init__(self, channels: int, patch: int, width: int) -> None:
        super().__init__()
        self.patch = patch
        self.conv = nn.Conv2d(channels, width, patch, stride=patch)

    def forward(self, x: Tensor) -> Tensor:
        if any(side % self.patch for side in x.shape[-2:]):
            raise ValueError(f"pictures of {tuple(x.shape[-2:])} pixels have no whole patches of {self.patch}")
        return self.conv(x).flatten(2).transpose(1, 2)


def assemble_images(tokens: Tensor, side: int, patch: int) -> Tensor:
    """Assemble images (N, C, side · p, side · p) from patch tokens (N, side², C · p²)."""
    return F.pixel_shuffle(tokens.transpose(1, 2).unflatten(2, (side, side)), patch)


def patches_per_side(size: int, patch: int) -> int:
    """Return the number of patches along one side of a square image of `size` pixels.

    Raises ValueError if `size` is not a multiple of `patch`.
    """
    if size < patch or size % patch:
        raise ValueError(f"pictures of {size} pixels have no whole patches of {patch}")
    return size // patch


def position_encoding(side: int, width: int) -> Tensor:
    """Return fixed sinusoidal encodings of the positions in a square grid of patches (side², width), as in Vaswani et
    al. 2017, section 3.5.

    They consist of sines and cosines of the column and of the row, with wavelengths from 2π to 20,000π. Each axis takes
    half of the width. `width` must be a multiple of four.
    """
    rates = torch.exp(-math.log(10_000) * torch.arange(width // 4, dtype=torch.float64) / (width // 4))
    angles = torch.arange(side, dtype=torch.float64)[:, None] * rates  # (side, width / 4)
    one = torch.cat([angles.sin(), angles.cos()], dim=1)  # (side, width / 2)
    columns = one.repeat(side, 1)
    rows = one.repeat_interleave(side, dim=0)
    return torch.cat([columns, rows], dim=1).float()


def head_count(width: int) -> int:
    """Choose the number of attention heads for a transformer of a given width. A head has 64 dimensions, or fewer if 64
    does not divide the width.
    """
    return next(width // each for each in (64, 40, 32, 16, 8, 4) if width % each == 0)
