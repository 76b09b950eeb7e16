"""Learning-rate schedule, and the random number generator of each step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Schedule:
    """Learning-rate schedule over training samples: linear warm-up, constant rate, linear cool-down to zero."""

    samples: int
    warmup: int
    cooldown: int

    def __call__(self, seen: int) -> float:
        up = (seen + 1) / self.warmup if seen < self.warmup else 1.0
        left = self.samples - seen
        return min(up, left / self.cooldown) if left < self.cooldown else up


def step_rng(seed: int, step: int) -> np.random.Generator:
    """Return the random generator of a training step. It depends only on the seed and the step, which makes interrupted
    training reproducible.
    """
    return np.random.default_rng([seed, step])


def normal(rng: np.random.Generator, *shape: int) -> torch.Tensor:
    """Draw standard normal random numbers as a float32 tensor on the CPU."""
    import torch

    return torch.from_numpy(rng.standard_normal(shape, dtype=np.float32))
