"""Learning-rate schedule, and random number generators that are determined by the training step."""

from __future__ import annotations

import time
from collections.abc import Callable
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


class Deadline:
    """Time limit of a training run in seconds from now. With 0 seconds, there is none."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self.clock = clock
        self.began = clock()

    def share_left(self) -> float:
        """Return the fraction of the time that is left, from 1 down to 0. It is always 1 if there is no limit."""
        if not self.seconds:
            return 1.0
        return max(0.0, 1 - (self.clock() - self.began) / self.seconds)


@dataclass(frozen=True)
class TimedSchedule:
    """Learning-rate schedule that also falls to zero over the last part of a time limit.

    `cooldown` is this part, as a fraction of the time.
    """

    schedule: Schedule
    deadline: Deadline
    cooldown: float

    def __call__(self, seen: int) -> float:
        return min(self.schedule(seen), 1.0, self.deadline.share_left() / self.cooldown)


def step_rng(seed: int, step: int) -> np.random.Generator:
    """Return the random generator of a training step. It depends only on the seed and the step, which makes interrupted
    training reproducible.
    """
    return np.random.default_rng([seed, step])


def normal(rng: np.random.Generator, *shape: int) -> torch.Tensor:
    """Draw standard normal random numbers as a float32 tensor on the CPU."""
    import torch

    return torch.from_numpy(rng.standard_normal(shape, dtype=np.float32))
