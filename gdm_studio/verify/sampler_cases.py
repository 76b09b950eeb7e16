"""Test rigs for all registered samplers, on data with a known distribution. New samplers are included automatically."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from gdm_studio.maths.exact import Gaussian
from gdm_studio.maths.optimal_variance import ScoreNorms, analytic_variance
from gdm_studio.maths.path import Array, NoiseLevel, NoisePath, Step
from gdm_studio.maths.processes import Process, edm
from gdm_studio.maths.samplers import SAMPLERS, SamplerSpec
from gdm_studio.maths.samplers.spec import SamplerFn

EDM = edm()


@dataclass(frozen=True)
class Rig:
    """A sampler and the process it is checked on."""

    spec: SamplerSpec
    process: Process

    @property
    def name(self) -> str:
        """The sampler's name."""
        return self.spec.name

    def path(self, steps: int, *, spacing: str = "karras", clean: bool = True) -> NoisePath:
        """Return a path of `steps` steps to a clean image, or to the lowest noise of the process."""
        return self.process.path(spacing, steps) if clean else self.process.path(spacing, steps + 1)[:-1]

    def with_requirements(self, variance: Callable[[NoiseLevel], float]) -> SamplerFn:
        """Return the sampler with its requirements other than a denoiser. `variance` is Var(x0 | x), per number."""
        return partial(self.spec.fn, **_requirements(self.spec.needs, self.process, variance))


def deterministic(process: Process = EDM) -> Iterator[Rig]:
    """Yield the samplers that follow the probability-flow ODE."""
    return (rig for rig in data_samplers(process) if not rig.spec.stochastic)


def stochastic(process: Process = EDM) -> Iterator[Rig]:
    """Yield the samplers that add noise and end in the data's distribution."""
    return (rig for rig in data_samplers(process) if rig.spec.stochastic)


def data_samplers(process: Process = EDM) -> Iterator[Rig]:
    """Yield the samplers whose distribution approaches the data's with many steps."""
    return (Rig(spec, process) for spec in SAMPLERS.values() if not spec.own_law)


def last_x(steps: Iterable[Step]) -> Array:
    """Return x after the last step, discarding earlier steps."""
    return deque(steps, maxlen=1).pop().x


def no_noise(step: int, like: Array, draw: int = 0) -> Array:
    """Noise source for deterministic samplers, which raises AssertionError if it is used."""
    raise AssertionError("a deterministic sampler drew noise")


def posterior_variance(data: Gaussian) -> Callable[[NoiseLevel], float]:
    """Return Var(x0 | x) of Gaussian data as a function of the noise level, averaged over its principal axes."""
    variances, _ = data.axes

    def variance(at: NoiseLevel) -> float:
        return float(np.mean(variances * at.sigma**2 / (at.alpha**2 * variances + at.sigma**2)))

    return variance


def _requirements(needs: str, process: Process, variance: Callable[[NoiseLevel], float]) -> dict[str, Any]:
    if needs == "reverse_variance":
        levels = [process.coordinates(ratio) for ratio in process.ratios]
        shares = [variance(at) / at.ratio**2 for at in levels]
        return {
            "reverse_variance": analytic_variance(ScoreNorms.measured(process.ratios, shares, 1)),
            "last_noise": 1.0,
        }
    if needs == "learned_variance":
        # The geometric mean of DDPM's two variances.
        return {"learned_variance": lambda x, at: 0.5 + 0 * x}
    return {}
