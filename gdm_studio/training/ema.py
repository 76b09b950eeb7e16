"""Exponential moving average of weights, with a half-life in samples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor

# The half-life is at most this fraction of the samples seen, so that the initial weights are soon forgotten.
RAMP = 0.05


class Ema:
    """Exponential moving average of a network's weights during training (Karras et al. 2022).

    `averages` are in the order of `parameters`.
    """

    def __init__(self, parameters: Sequence[Tensor], halflife: float) -> None:
        self.parameters = list(parameters)
        self.halflife = halflife
        self.averages = [parameter.detach().clone() for parameter in self.parameters]

    @torch.no_grad()
    def update(self, batch: int, seen: int) -> None:
        """Update the averaged weights after a training step with `batch` samples.

        `seen` is the total number of training samples so far. The half-life is shorter at the beginning.
        """
        halflife = min(self.halflife, RAMP * seen)
        keep = 0.5 ** (batch / halflife)
        torch._foreach_lerp_(self.averages, [p.detach() for p in self.parameters], 1 - keep)

    def load(self, averages: Sequence[Tensor]) -> None:
        """Restore the averaged weights of a network from a checkpoint, to resume training.

        Raises ValueError or RuntimeError if they do not match the parameters.
        """
        for average, saved in zip(self.averages, averages, strict=True):
            average.copy_(saved)

    @contextmanager
    def swapped(self) -> Iterator[None]:
        """Use the averaged weights in the network within a `with` block, then restore the current weights."""
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
