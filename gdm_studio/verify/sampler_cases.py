"""Test cases for all registered samplers on data with a known distribution. New samplers are included automatically."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from gdm_studio.maths.exact import Gaussian
from gdm_studio.maths.noise_path import Array, NoiseLevel, NoisePath, Step
from gdm_studio.maths.optimal_variance import ScoreNorms, analytic_variance
from gdm_studio.maths.processes import Process, edm
from gdm_studio.maths.samplers import SAMPLERS, SamplerSpec
from gdm_studio.maths.samplers.registry import SamplerFn

EDM = edm()


@dataclass(frozen=True)
class SamplerCase:
    """Test case for a sampler: the sampler, and the forward process used in its check."""

    spec: SamplerSpec
    process: Process

    @property
    def name(self) -> str:
        """Name of the sampler under test."""
        return self.spec.name

    def path(self, steps: int, *, spacing: str = "karras", clean: bool = True) -> NoisePath:
        """Return the noise levels of a run of `steps` steps. The last one is 0 (a clean image) or, if `clean` is False,
        the lowest noise level of the process.
        """
        return self.process.path(spacing, steps) if clean else self.process.path(spacing, steps + 1)[:-1]

    def with_requirements(self, variance: Callable[[NoiseLevel], float]) -> SamplerFn:
        """Return the sampler's function with all additional inputs that it requires already bound. `variance` computes
        the posterior variance Var(x0 | x) per number at a noise level.
        """
        return partial(self.spec.fn, **_collect_requirements(self.spec.needs, self.process, variance))


def deterministic(process: Process = EDM) -> Iterator[SamplerCase]:
    """Yield a test case for each sampler that follows the probability-flow ODE without adding noise."""
    return (rig for rig in data_samplers(process) if not rig.spec.stochastic)


def stochastic(process: Process = EDM) -> Iterator[SamplerCase]:
    """Yield a test case for each sampler that adds noise and whose output approaches the data's distribution."""
    return (rig for rig in data_samplers(process) if rig.spec.stochastic)


def data_samplers(process: Process = EDM) -> Iterator[SamplerCase]:
    """Yield a test case for each sampler whose output approaches the data's distribution as the number of steps
    grows.
    """
    return (SamplerCase(spec, process) for spec in SAMPLERS.values() if not spec.own_law)


def last_x(steps: Iterable[Step]) -> Array:
    """Return the final state x of a sampler's run, without keeping earlier steps in memory."""
    return deque(steps, maxlen=1).pop().x


def no_noise(step: int, like: Array, draw: int = 0) -> Array:
    """Raise AssertionError if called. Deterministic samplers get this function as their noise source, which they must
    never use.
    """
    raise AssertionError("a deterministic sampler drew noise")


def posterior_variance(data: Gaussian) -> Callable[[NoiseLevel], float]:
    """Return a function that maps a noise level to the posterior variance Var(x0 | x) of Gaussian data, averaged over
    its principal axes.
    """
    variances, _ = data.axes

    def variance(at: NoiseLevel) -> float:
        return float(np.mean(variances * at.sigma**2 / (at.alpha**2 * variances + at.sigma**2)))

    return variance


def _collect_requirements(needs: str, process: Process, variance: Callable[[NoiseLevel], float]) -> dict[str, Any]:
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
