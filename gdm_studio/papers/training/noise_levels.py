"""Random noise levels of training batches: timesteps of a chain, times of an SDE, or log-normal levels."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from gdm_studio.maths.noise_path import CLEAN, NoiseLevel

# The noise level of an image, and the next lower one. In continuous time, which has none, it is the same.
LevelPair = tuple[NoiseLevel, NoiseLevel]


class NoiseLevels(Protocol):
    """Distribution of the noise levels of training images."""

    def draw(self, rng: np.random.Generator, count: int) -> list[LevelPair]:
        """Draw the noise levels of `count` images."""


@dataclass(frozen=True)
class Timesteps:
    """Timesteps of a chain with equal probability, t ~ U{1 … T}, each with that of the preceding timestep."""

    # The levels of the timesteps 1 … T.
    levels: Sequence[NoiseLevel]
    # The index of the first timestep that is drawn.
    first: int = 0

    def draw(self, rng: np.random.Generator, count: int) -> list[LevelPair]:
        picked = rng.integers(self.first, len(self.levels), size=count)
        return [(self.levels[t], self.levels[t - 1] if t else CLEAN) for t in picked]


@dataclass(frozen=True)
class UniformTimes:
    """Continuous times with equal density, t ~ U(first, last). `at` is the noise level of a time."""

    at: Callable[[float], NoiseLevel]
    first: float
    last: float

    def draw(self, rng: np.random.Generator, count: int) -> list[LevelPair]:
        levels = map(self.at, map(float, rng.uniform(self.first, self.last, count)))
        return [(at, at) for at in levels]


@dataclass(frozen=True)
class LogNormalSigmas:
    """Log-normal noise levels at α = 1, ln σ ~ N(mean, spread²)."""

    mean: float
    spread: float

    def draw(self, rng: np.random.Generator, count: int) -> list[LevelPair]:
        levels = [NoiseLevel(1.0, math.exp(each)) for each in rng.normal(self.mean, self.spread, count)]
        return [(at, at) for at in levels]


def noise_levels_of(levels: Tensor) -> tuple[NoiseLevel, NoiseLevel]:
    """Split rows (N, 4), each with alpha and sigma of two noise levels, into two `NoiseLevel` objects with arrays of
    shape (N, 1, 1, 1).
    """
    parts: list[Any] = list(levels[:, :, None, None, None].unbind(1))
    return NoiseLevel(*parts[:2]), NoiseLevel(*parts[2:])


def stack_levels(points: Sequence[NoiseLevel]) -> NoiseLevel:
    """Stack the noise levels of N images to one level with arrays of the shape (N, 1, 1, 1)."""
    alphas, sigmas = torch.tensor(points, dtype=torch.float64)[:, :, None, None, None].unbind(1)
    return NoiseLevel(alphas.float(), sigmas.float())  # type: ignore[arg-type]
