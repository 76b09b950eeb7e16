"""What a step of training depends on besides its weights: the learning rate, and randomness keyed by its number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Schedule:
    """Learning-rate factor over samples seen: linear warm-up, constant, linear cool-down to zero at the end."""

    samples: int
    warmup: int
    cooldown: int

    def __call__(self, seen: int) -> float:
        up = (seen + 1) / self.warmup if seen < self.warmup else 1.0
        left = self.samples - seen
        return min(up, left / self.cooldown) if left < self.cooldown else up


def step_rng(seed: int, step: int) -> np.random.Generator:
    """The randomness of one step, keyed by its number, so that a resumed run repeats what an unbroken one does."""
    return np.random.default_rng([seed, step])


def normal(rng: np.random.Generator, *shape: int) -> torch.Tensor:
    """Standard normal float32 numbers on the CPU."""
    import torch

    return torch.from_numpy(rng.standard_normal(shape, dtype=np.float32))
