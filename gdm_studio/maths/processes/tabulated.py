"""A forward process: a rising table of noise ratios and the coordinates x is written in."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass

from gdm_studio.maths.path import CLEAN, Array, Noise, Path, Point
from gdm_studio.maths.schedules import SCHEDULES, ratios
from gdm_studio.maths.spacings import SPACINGS


def variance_preserving(ratio: float) -> Point:
    """alpha² + sigma² = 1."""
    alpha = 1 / math.sqrt(1 + ratio * ratio)
    return Point(alpha, ratio * alpha)


def variance_exploding(ratio: float) -> Point:
    """alpha = 1."""
    return Point(1.0, ratio)


@dataclass(frozen=True)
class Process:
    """x = alpha·x0 + sigma·eps; `ratios[t]` = sigma/alpha at timestep t = 0 … T−1, strictly rising."""

    name: str
    ratios: tuple[float, ...]
    coordinates: Callable[[float], Point]

    def path(self, spacing: str, steps: int) -> Path:
        """`steps` + 1 points from most noise to none, at the places the spacing of that name chooses."""
        return (*(self.coordinates(ratio) for ratio in SPACINGS[spacing].fn(self.ratios, steps)), CLEAN)

    def timestep(self, at: Point) -> float:
        """The (fractional) timestep whose ratio is that of `at`, interpolated in log-ratio, clamped to the table."""
        table, ratio = self.ratios, at.ratio
        if ratio <= table[0]:
            return 0.0
        if ratio >= table[-1]:
            return float(len(table) - 1)
        right = bisect_left(table, ratio)
        low, high = math.log(table[right - 1]), math.log(table[right])
        return right - 1 + (math.log(ratio) - low) / (high - low)

    def prior(self, noise: Noise, like: Array, first: Point) -> Array:
        """The start of a path at `first`: pure noise, at the size a standardised picture would have there."""
        return math.hypot(first.alpha, first.sigma) * noise(0, like)

    def degrade(self, x0: Array, at: Point, eps: Array) -> Array:
        """q(x | x0): alpha·x0 + sigma·eps."""
        return at.alpha * x0 + at.sigma * eps


def vp(schedule: str = "linear", timesteps: int = 1000) -> Process:
    """The variance-preserving process of DDPM on a named schedule."""
    return Process(f"vp-{schedule}", ratios(SCHEDULES[schedule](timesteps)), variance_preserving)


def edm(sigma_min: float = 0.002, sigma_max: float = 80.0, timesteps: int = 1000) -> Process:
    """The process of EDM (Karras et al. 2022): alpha = 1, the table even in log sigma (time is only a label)."""
    first, last = math.log(sigma_min), math.log(sigma_max)
    table = tuple(math.exp(first + (last - first) * t / (timesteps - 1)) for t in range(timesteps))
    return Process("edm", table, variance_exploding)
