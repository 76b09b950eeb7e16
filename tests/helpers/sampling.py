"""Samplers with all of their inputs bound, for data with a known solution."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from gdm_studio.maths.noise_path import NoiseLevel, NoisePath
from gdm_studio.maths.optimal_variance import ScoreNorms, analytic_variance
from gdm_studio.maths.samplers.registry import SamplerFn, SamplerSpec


def gaussian_norms(variance: float) -> ScoreNorms:
    """Return the exact score norms of Gaussian data with this variance: G = ratio² / (variance + ratio²)."""
    ratios = (1e-3, 1.0, 1e3)
    return ScoreNorms(tuple((math.log(ratio), ratio**2 / (variance + ratio**2)) for ratio in ratios))


def bind_sampler(spec: SamplerSpec, *, variance: float = 0.25, temperature: float = 1.0, **knobs: float) -> SamplerFn:
    """Return a sampler as a function, with its parameters and further inputs set for Gaussian data of this variance.

    Langevin samplers take 4 steps at each noise level.
    """
    offers: dict[str, Any] = {
        "reverse_variance": analytic_variance(
            gaussian_norms(variance), temperature=temperature, data_scale=math.sqrt(variance)
        ),
        "learned_variance": lambda x, at: 0.5 + 0 * x,
        "degrade": lambda x0, at, eps: at.alpha * x0 + at.sigma * eps,
    }
    needs = {spec.needs: offers[spec.needs]} if spec.needs else {}
    if any(knob.name == "each" for knob in spec.params):
        knobs = {"each": 4.0, **knobs}
    return partial(spec.fn, **needs, **knobs)


def karras_between(first: float, last: float, steps: int) -> NoisePath:
    """Return EDM's noise levels (rho = 7, alpha = 1) from the noise ratio `first` to `last`, which is above 0."""
    high, low = first ** (1 / 7), last ** (1 / 7)
    return tuple(NoiseLevel(1.0, (high + i / steps * (low - high)) ** 7) for i in range(steps + 1))
