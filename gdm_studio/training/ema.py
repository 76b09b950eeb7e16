"""Exponential moving average of weights, by samples seen."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

RAMP = 0.05  # early on the half-life is this share of the samples seen, so that the start is forgotten


class Ema:
    """Averages `parameters` with a half-life in samples; `averages` are in the same order (Karras et al. 2022)."""

    def __init__(self, parameters: Sequence[Tensor], halflife: float) -> None:
        self.parameters = list(parameters)
        self.halflife = halflife
        self.averages = [parameter.detach().clone() for parameter in self.parameters]

    @torch.no_grad()
    def update(self, batch: int, seen: int) -> None:
        """Count `batch` more samples, `seen` in all."""
        halflife = min(self.halflife, RAMP * seen)
        keep = 0.5 ** (batch / halflife)
        torch._foreach_lerp_(self.averages, [p.detach() for p in self.parameters], 1 - keep)

    @torch.no_grad()
    def swap(self) -> None:
        """Exchange weights and averages in place; a second call undoes it."""
        for parameter, average in zip(self.parameters, self.averages, strict=True):
            weights = parameter.detach().clone()
            parameter.copy_(average)
            average.copy_(weights)
