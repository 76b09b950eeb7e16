"""Variational bound of points under a sampler's own steps.

A step of a DDPM-like sampler is Gaussian. Its mean is the result of the step without noise, and its deviation is the
change by a noise of one. Both are taken from the sampler itself, at the noise levels that it visits, so that the bound
measures what is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gdm_studio.maths.noise_path import CLEAN, NoiseLevel, NoisePath, Step
from gdm_studio.maths.posterior import posterior_mean, posterior_variance
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.variational_bound import last_term, prior_term, step_term
from gdm_studio.papers.claims.toy_point_measurements import Plane, points_of

# The number of points on which a term of a bound is estimated.
BOUND_COUNT = 20_000


@dataclass(frozen=True)
class Side:
    """One side of a comparison of bounds: a sampler, with arguments that replace those of the model."""

    sampler: str
    params: Mapping[str, Any] = field(default_factory=dict)


def chain_bounds(
    plane: Plane, path: NoisePath, *sides: Side, seed: int = 0, count: int = 0, with_ends: bool = True
) -> list[float]:
    """Estimate the variational bounds on −log p of held-out points, in nats per point, for samplers that take the steps
    of `path`. The default `count` of points is BOUND_COUNT.

    The last step of samplers has no noise. Its distribution has the variance of x_0 given x that was measured on
    training points. `with_ends` False leaves out this term and that of the initial noise.
    """
    true = plane.draw_held_out(count or BOUND_COUNT, seed)
    noise = torch.from_numpy(np.random.default_rng(5 + seed).normal(size=true.shape)).float()
    first = prior_term(path[0], second_moment=float(true.square().mean())) if with_ends else 0.0
    totals = [first] * len(sides)
    for at, to in pairwise(path):
        if to.sigma == 0 and not with_ends:
            continue
        x = at.alpha * true + at.sigma * noise
        denoise = plane.denoiser((at, to), seed)
        with torch.no_grad():
            found = denoise(x, at)
        for index, side in enumerate(sides):
            settings = plane.needs(side.sampler, denoise) | dict(side.params)
            step = partial(SAMPLERS[side.sampler].fn, lambda *_, found=found: found, x, (at, to), **settings)
            totals[index] += _compute_term(plane, step, true, x, at, to)
    return [2 * total for total in totals]


def _compute_term(
    plane: Plane, step: Callable[..., Iterator[Step]], true: Tensor, x: Tensor, at: NoiseLevel, to: NoiseLevel
) -> float:
    """Return the term of a sampler's step in the bound, in nats per number.

    `step(noise)` takes the step from x at the noise level `at` to the level `to`.
    """

    def constant(value: float) -> Tensor:
        moved: Tensor = next(iter(step(lambda step, like, draw=0: torch.full_like(like, value)))).x
        return moved

    mean = constant(0.0)
    if to.sigma == 0:
        return float(last_term((mean - true).square(), math.log(plane.norms.covariance(at))).double().mean())
    first, second = posterior_mean(at, to)
    apart = (mean - first * true - second * x).square().double()
    log_variance = 2 * (constant(1.0) - mean).double().log()
    return float(step_term(posterior_variance(at, to), apart, log_variance).mean())


def entropy(plane: Plane, seed: int = 0, *, count: int = 0) -> float:
    """Return −log p of held-out points under the true distribution, in nats per point: the lowest possible bound."""
    points = points_of(plane.draw_held_out(count or BOUND_COUNT, seed))
    return -float(plane.mixture.log_density(points, CLEAN).mean())
