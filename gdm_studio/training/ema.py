"""Exponential moving average of weights, by samples seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

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

    def load(self, averages: Sequence[Tensor]) -> None:
        """Take over averages that were kept; raises ValueError or RuntimeError where they are of other parameters."""
        for average, kept in zip(self.averages, averages, strict=True):
            average.copy_(kept)

    @contextmanager
    def swapped(self) -> Iterator[None]:
        """Within, weights and averages have changed places."""
        self._swap()
        try:
            yield
        finally:
            self._swap()

    @torch.no_grad()
    def _swap(self) -> None:
        for parameter, average in zip(self.parameters, self.averages, strict=True):
            weights = parameter.detach().clone()
            parameter.copy_(average)
            average.copy_(weights)
