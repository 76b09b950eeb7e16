"""Points of a noise path, and the types every sampler is written in."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

Array = Any  # a torch tensor, a numpy array, a float: anything with + - * /


class Point(NamedTuple):
    """A place on the noise path: x = alpha·x0 + sigma·eps, eps ~ N(0, I)."""

    alpha: float
    sigma: float

    @property
    def ratio(self) -> float:
        """sigma / alpha, the noise level of x / alpha (k-diffusion's `sigma`); infinite at alpha = 0."""
        return self.sigma / self.alpha if self.alpha else math.inf

    @property
    def log_snr(self) -> float:
        """lambda = log(alpha / sigma); +inf at sigma = 0, -inf at alpha = 0."""
        return math.inf if self.sigma == 0 else -math.log(self.ratio)


Path = tuple[Point, ...]  # n steps have n + 1 points; the last has sigma 0

CLEAN = Point(1.0, 0.0)

Denoise = Callable[[Array, Point], Array]  # (x, at) -> x0, the expected clean picture
Carry = tuple[Array, ...]  # the history that a multistep sampler needs to go on from a step


class Noise(Protocol):
    """Standard normal draws keyed by step (and by `draw` where a step needs several), shaped `like` x."""

    def __call__(self, step: int, like: Array, draw: int = 0) -> Array: ...


@dataclass(frozen=True)
class Step:
    """What one denoising step leaves: enough to continue, keep or branch.

    After step `index` (1 … of), `x` stands at `at` = path[index]; `denoised` is the x0 predicted on the way
    there; `carry` is the history a multistep sampler needs to go on from here, `memory` what a denoiser that
    remembers has of the steps so far, a row a picture.
    """

    index: int
    of: int
    at: Point
    x: Array
    denoised: Array
    carry: Carry = ()
    memory: tuple[Array, ...] = ()

    @property
    def arrays(self) -> tuple[Array, ...]:
        """All that it holds, in one order; some may be the same."""
        return (self.x, self.denoised, *self.carry, *self.memory)

    def each(self, change: Callable[[Array], Array]) -> Step:
        """The step with `change` of all that it holds."""
        x, denoised, *rest = map(change, self.arrays)
        carry, memory = rest[: len(self.carry)], rest[len(self.carry) :]
        return replace(self, x=x, denoised=denoised, carry=tuple(carry), memory=tuple(memory))


def eps_of(x: Array, x0: Array, at: Point) -> Array:
    """The noise that x holds if x0 is its clean picture: (x − alpha·x0) / sigma; needs sigma > 0."""
    return (x - at.alpha * x0) / at.sigma
