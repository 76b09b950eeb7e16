"""Noise levels, the path of noise levels that a sampler visits, and the types that samplers use."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

# A torch tensor, a numpy array or a float: anything with + - * /.
Array = Any


class NoiseLevel(NamedTuple):
    """Amounts of signal and noise in a noisy image: x = alpha·x0 + sigma·eps with eps ~ N(0, I)."""

    alpha: float
    sigma: float

    @property
    def ratio(self) -> float:
        """Noise-to-signal ratio sigma / alpha of this noise level, called `sigma` in k-diffusion. It is infinite at
        alpha = 0.
        """
        return self.sigma / self.alpha if self.alpha else math.inf

    @property
    def log_snr(self) -> float:
        """Half of the log signal-to-noise ratio of this noise level, lambda = log(alpha / sigma): +inf at sigma = 0,
        −inf at alpha = 0.
        """
        return math.inf if self.sigma == 0 else -math.log(self.ratio)


# The noise levels of a run. n steps have n + 1 levels, and the last has sigma 0.
NoisePath = tuple[NoiseLevel, ...]

CLEAN = NoiseLevel(1.0, 0.0)


class NoiseLevelInStep(NoiseLevel):
    """Noise level at which a sampler evaluates a denoiser, with the number of the sampler's step, counted from 1."""

    step: int

    @classmethod
    def of(cls, at: NoiseLevel, step: int) -> NoiseLevelInStep:
        """Return the noise level `at` with the number of a step."""
        level = cls(*at)
        level.step = step
        return level


def step_from(path: NoisePath, at: NoiseLevel) -> int:
    """Return the number (counted from 1) of the step in which a denoiser is evaluated at the noise level `at`.

    If the level does not contain it, it is the step that starts at this level in the noise path.
    """
    if isinstance(at, NoiseLevelInStep):
        return at.step
    return sum(point.ratio >= at.ratio for point in path[:-1])


# (x, at) -> x0, the expected clean image
Denoise = Callable[[Array, NoiseLevel], Array]
# The history that a multistep sampler needs in order to continue from a step.
History = tuple[Array, ...]


class Noise(Protocol):
    """Callable that provides a sampler with standard normal noise for a given step, in the shape of `like`.

    `draw` distinguishes several draws in the same step.
    """

    def __call__(self, step: int, like: Array, draw: int = 0) -> Array: ...


@dataclass(frozen=True)
class Step:
    """State of a run after one sampling step, with all data that are needed to resume, save or branch the run at this
    step.

    After step `index` (1 … of), `x` is at the noise level `at` = path[index], and `denoised` is the x0 predicted in
    this step. `history` is what a multistep sampler needs to continue. `memory` is the state of a stateful denoiser,
    one row per image.
    """

    index: int
    of: int
    at: NoiseLevel
    x: Array
    denoised: Array
    history: History = ()
    memory: tuple[Array, ...] = ()

    @property
    def arrays(self) -> tuple[Array, ...]:
        """Tuple of all arrays in the step, in a fixed order. The same array may occur more than once."""
        return (self.x, self.denoised, *self.history, *self.memory)

    def each(self, change: Callable[[Array], Array]) -> Step:
        """Return a copy of the step with the function `change` applied to each array, for example to move it to another
        device.
        """
        x, denoised, *rest = map(change, self.arrays)
        history = tuple(rest[: len(self.history)])
        memory = tuple(rest[len(self.history) :])
        return replace(self, x=x, denoised=denoised, history=history, memory=memory)


def eps_of(x: Array, x0: Array, at: NoiseLevel) -> Array:
    """Return the noise eps = (x − alpha·x0) / sigma that a noisy image x contains, given its clean image x0. Requires
    sigma > 0.
    """
    return (x - at.alpha * x0) / at.sigma
