"""Overlapping windows of an image or its latents, and the average of their results."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from gdm_studio.request.regions import Box


@dataclass(frozen=True, order=True)
class Window:
    """Rectangle of positions of an image or its latents. Windows are ordered by row, then by column."""

    top: int
    left: int
    height: int
    width: int

    def crop(self, data: Tensor) -> Tensor:
        """Return the part of data (…, h, w) in this window."""
        return data[..., self.top : self.top + self.height, self.left : self.left + self.width]

    def scaled(self, factor: int) -> Window:
        """Return the same rectangle of data with `factor` times as many positions along each side."""
        return Window(factor * self.top, factor * self.left, factor * self.height, factor * self.width)

    def box(self, height: int, width: int) -> Box:
        """Return the rectangle as fractions (left, top, right, bottom) of data with this height and width."""
        right, bottom = self.left + self.width, self.top + self.height
        return self.left / width, self.top / height, right / width, bottom / height


def windows_of(size: tuple[int, int], window: tuple[int, int], overlap: int) -> tuple[Window, ...]:
    """Return the fewest windows that cover data of `size` (h, w) and overlap by at least `overlap` positions.

    All have the size `window` (h, w), or that of the data along an axis that is shorter. Their distances are equal, up
    to rounding.
    """
    height, width = (min(length, side) for length, side in zip(size, window, strict=True))
    return tuple(
        Window(top, left, height, width)
        for top in _list_offsets(size[0], height, overlap)
        for left in _list_offsets(size[1], width, overlap)
    )


def window_weights(height: int, width: int, overlap: int) -> Tensor:
    """Return the weights (height, width) of a window's positions in the average, greater than 0.

    The weight is w(i)·w(j) for row i and column j, where w(i) = sin²(π/2 · min(1, (i + ½)/o, (n − i − ½)/o)) with
    n positions along the axis and an overlap of o. Where two windows overlap by exactly o, their weights add up to 1.
    """
    down, across = (_compute_blending_profile(length, overlap) for length in (height, width))
    return down[:, None] * across


def average(pieces: Iterable[tuple[Window, Tensor]], size: tuple[int, int], overlap: int) -> Tensor:
    """Return the weighted average (N, C, h, w) of the results (N, C, …) of windows, for data of `size` (h, w).

    It is Σ wₖ·xₖ / Σ wₖ with `window_weights` (MultiDiffusion, Bar-Tal et al. 2023, arXiv:2302.08113, equation 5). The
    sum is computed in fp32 or wider and rounded once. It has a fixed order, so that the result does not depend on the
    order of the pieces.
    """
    ordered = sorted(pieces, key=lambda piece: piece[0])
    like = ordered[0][1]
    wide = torch.promote_types(like.dtype, torch.float32)
    found = like.new_zeros(*like.shape[:2], *size, dtype=wide)
    total = like.new_zeros(size, dtype=wide)
    for window, piece in ordered:
        weights = window_weights(window.height, window.width, overlap).to(found)
        window.crop(found).add_(weights * piece)
        window.crop(total).add_(weights)
    return found.div_(total).to(like.dtype)


def _list_offsets(length: int, side: int, overlap: int) -> list[int]:
    """Return the first positions of windows of `side` positions along an axis."""
    count = 1 + math.ceil((length - side) / max(1, side - overlap))
    return [round(number * (length - side) / max(1, count - 1)) for number in range(count)]


def _compute_blending_profile(length: int, overlap: int) -> Tensor:
    place = torch.arange(length, dtype=torch.float64) + 0.5
    distance = torch.minimum(place, length - place) / max(1, overlap)
    return torch.sin(math.pi / 2 * distance.clamp(max=1)).square().float()
