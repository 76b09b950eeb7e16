"""Encoded prompts of the regions of an image, to which all positions attend in one evaluation of a network.

Position p of the image has the share m_r(p) of region r, and its shares add up to 1. Two kinds of attention use them.

The cross-attention of U-Nets mixes the results for the prompts,

    out(p) = Σ_r m_r(p) · softmax(q_p K_rᵀ / √d) V_r,

so that the shares do not depend on the lengths of the prompts. Regional Prompter and Attention Couple for Stable
Diffusion do the same.

Transformers, in which image and text attend to each other in one softmax, add log m_r(p) to the products of an image
token p and a text token of region r, in both directions. A text token of share m then counts as m tokens: with
equal prompts in all regions, the sum Σ_r m_r exp(q·k) has one factor exp(q·k), as with a single prompt. Text tokens of
different regions do not see each other. (Chen et al. 2024, arXiv:2411.02395, and InvokeAI use such masks for FLUX.1.)

In both, a share of 0 removes a prompt exactly, and a share of 1 leaves the attention to a single prompt. In
ERNIE-Image, and in Z-Image with padded image tokens, the length of the longest prompt still moves the positions of the
others.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class RegionText:
    """Text tokens of several regions, one prompt after the other, with the share of each region at each position."""

    # (N, L, C)
    tokens: Tensor
    # Tokens of each region, which add up to L.
    lengths: tuple[int, ...]
    # Shares of the regions, (N, R, h, w), at the positions of the latents.
    shares: Tensor

    def cross_attention(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """Return the attention of image queries (N, heads, T, D) to keys and values (N, heads, L, D) of the tokens."""
        parts = zip(key.split(self.lengths, dim=2), value.split(self.lengths, dim=2), strict=True)
        shares = self.shares_at(query.shape[2])[:, :, None, :, None]  # (N, R, 1, T, 1)
        found: Tensor | None = None
        for number, (keys, values) in enumerate(parts):
            attended = F.scaled_dot_product_attention(query, keys, values) * shares[:, number]
            found = attended if found is None else found + attended
        assert found is not None
        return found.to(query.dtype)

    def shares_at(self, positions: int) -> Tensor:
        """Return the shares (N, R, T) at the positions of a feature map, averaged over the latents of each."""
        size = feature_size(positions, self.shares.shape[-2], self.shares.shape[-1])
        return resize_shares(self.shares, size).flatten(2)


@dataclass(frozen=True)
class RegionLayout:
    """Layout of the text tokens of several regions in a transformer, with the shares of the regions (N, R, h, w) at the
    positions of the latents.
    """

    lengths: tuple[int, ...]
    shares: Tensor

    def with_multiple(self, multiple: int) -> RegionLayout:
        """Return the layout after each prompt has been padded to a multiple of a number of tokens."""
        return replace(self, lengths=tuple(length + -length % multiple for length in self.lengths))

    def text_positions(self, *, aligns_ends: bool = False) -> Tensor:
        """Return the position of each text token in its own prompt, (L,). The prompts all begin at position 0 or, with
        `aligns_ends`, end at the same position as the longest one.
        """
        longest = max(self.lengths)
        firsts = [longest - length if aligns_ends else 0 for length in self.lengths]
        return torch.cat([torch.arange(start, start + n) for start, n in zip(firsts, self.lengths, strict=True)])

    def text_bias(self, dtype: torch.dtype) -> Tensor:
        """Return the bias (1, 1, L, L) of the attention of text tokens, which see those of their own region only."""
        words = sum(self.lengths)
        bias = torch.full((words, words), -math.inf, dtype=dtype, device=self.shares.device)
        first = 0
        for length in self.lengths:
            bias[first : first + length, first : first + length] = 0
            first += length
        return bias[None, None]

    def cross_bias(self, size: tuple[int, int], dtype: torch.dtype, *, other_count: int = 0) -> Tensor:
        """Return the bias (N, 1, places + other_count, L) of the attention of image tokens, of which there is a grid of
        `size` (rows, columns), to the text. For `other_count`, such as those of reference images, the mean shares
        count.
        """
        shares = resize_shares(self.shares, size).flatten(2)  # (N, R, places)
        mean = self.shares.mean(dim=(2, 3))[:, :, None].expand(-1, -1, other_count)
        logs = torch.cat([shares, mean], dim=2).log().to(dtype).transpose(1, 2)
        parts = [logs[..., number, None].expand(-1, -1, length) for number, length in enumerate(self.lengths)]
        return torch.cat(parts, dim=2)[:, None]

    def joint_bias(self, size: tuple[int, int], dtype: torch.dtype, *, other_count: int = 0) -> Tensor:
        """Return the bias (N, 1, T, T) of joint attention over the tokens of the text and those of `cross_bias`."""
        across = self.cross_bias(size, dtype, other_count=other_count)
        places, words = across.shape[2:]
        bias = torch.zeros(len(across), 1, words + places, words + places, dtype=dtype, device=across.device)
        bias[..., :words, :words] = self.text_bias(dtype)
        bias[..., :words, words:] = across.transpose(2, 3)
        bias[..., words:, :words] = across
        return bias


def joint_bias(regions: RegionLayout | None, size: tuple[int, int], image: Tensor) -> Tensor | None:
    """Return the bias of joint attention over text and image tokens, of which `image` (N, T, C) are the latter and the
    first a grid of `size` (rows, columns). Returns None without regions.
    """
    if regions is None:
        return None
    return regions.joint_bias(size, image.dtype, other_count=image.shape[1] - size[0] * size[1])


def resize_shares(shares: Tensor, size: tuple[int, int]) -> Tensor:
    """Average shares (N, R, h, w) over the cells of a smaller grid of `size` (rows, columns). They still add up to
    1.
    """
    return shares if shares.shape[-2:] == torch.Size(size) else F.adaptive_avg_pool2d(shares, size)


def mean_by_area(vectors: Sequence[Tensor], shares: Tensor) -> Tensor:
    """Return the mean of vectors (1, V), one for each region, weighted by the means of the shares (1, R, h, w)."""
    areas = shares.mean(dim=(0, 2, 3))
    stacked = torch.cat([*vectors])
    return (stacked * (areas / areas.sum())[:, None]).sum(0, keepdim=True).to(stacked.dtype)


def feature_size(tokens: int, height: int, width: int) -> tuple[int, int]:
    """Return the size (height, width) of the network's feature map that has `tokens` positions.

    The sizes of the feature maps result from repeatedly halving the size of the data, `height` × `width`. Raises
    ValueError if no feature map has this number of positions.
    """
    while height * width > tokens:
        height = math.ceil(height / 2)
        width = math.ceil(width / 2)
    if height * width != tokens:
        raise ValueError(f"{tokens} positions are no image")
    return height, width
