"""Every registered sampler, ready to run on data whose law is known; a new one is checked without being named here."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from gdm_studio.maths.analytic import ScoreNorms, analytic_variance
from gdm_studio.maths.exact import Gaussian
from gdm_studio.maths.path import Array, Path, Point, Step
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
        """The sampler's own name."""
        return self.spec.name

    def path(self, steps: int, *, spacing: str = "karras", clean: bool = True) -> Path:
        """`steps` steps of the process, to a clean picture or to its least noise."""
        return self.process.path(spacing, steps) if clean else self.process.path(spacing, steps + 1)[:-1]

    def on(self, variance: Callable[[Point], float]) -> SamplerFn:
        """The sampler with what it needs beside a denoiser: `variance` is Var(x0 | x) at a point, per number."""
        return partial(self.spec.fn, **_needed(self.spec.needs, self.process, variance))


def deterministic(process: Process = EDM) -> Iterator[Rig]:
    """The samplers that follow the probability-flow ODE."""
    return (rig for rig in of_the_data(process) if not rig.spec.stochastic)


def stochastic(process: Process = EDM) -> Iterator[Rig]:
    """The samplers that draw noise on the way and end in the law of the data."""
    return (rig for rig in of_the_data(process) if rig.spec.stochastic)


def of_the_data(process: Process = EDM) -> Iterator[Rig]:
    """The samplers whose law, with many steps, is that of the data."""
    return (Rig(spec, process) for spec in SAMPLERS.values() if not spec.own_law)


def end_of(steps: Iterable[Step]) -> Array:
    """x after the last step, those before it forgotten as they come."""
    return deque(steps, maxlen=1).pop().x


def silent(step: int, like: Array, draw: int = 0) -> Array:
    """The noise of samplers that draw none."""
    raise AssertionError("a deterministic sampler drew noise")


def posterior_variance(data: Gaussian) -> Callable[[Point], float]:
    """Var(x0 | x) of Gaussian data, averaged over its principal axes."""
    variances, _ = data.axes

    def variance(at: Point) -> float:
        return float(np.mean(variances * at.sigma**2 / (at.alpha**2 * variances + at.sigma**2)))

    return variance


def _needed(needs: str, process: Process, variance: Callable[[Point], float]) -> dict[str, Any]:
    if needs == "reverse_variance":
        points = [process.coordinates(ratio) for ratio in process.ratios]
        shares = [variance(at) / at.ratio**2 for at in points]
        return {
            "reverse_variance": analytic_variance(ScoreNorms.measured(process.ratios, shares, 1)),
            "last_noise": 1.0,
        }
    if needs == "learned_variance":
        return {"learned_variance": lambda x, at: 0.5 + 0 * x}  # midway between the two of DDPM, in logarithms
    return {}
