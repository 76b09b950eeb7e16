"""Variational bound of points under a sampler's own steps.

A step of a DDPM-like sampler is Gaussian. Its mean is the result of the step without noise, and its deviation is the
change by a noise of one. Both are taken from the sampler itself, at the noise levels that it visits, so that the bound
measures what is drawn.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gdm_studio.maths.noise_path import CLEAN, NoiseLevel, NoisePath
from gdm_studio.maths.posterior import posterior_mean, posterior_variance
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.variational_bound import last_term, prior_term, step_term
from gdm_studio.papers.claims.toy_point_measurements import Plane, points_of

# The number of points on which a term of a bound is estimated.
BOUND_COUNT = 20_000


def chain_bound(
    plane: Plane,
    sampler: str,
    path: NoisePath,
    seed: int = 0,
    *,
    count: int = 0,
    with_ends: bool = True,
    **params: Any,
) -> float:
    """Estimate the variational bound on −log p of held-out points, in nats per point, for a sampler that takes the
    steps of `path`. The default `count` of points is BOUND_COUNT.

    The last step of samplers has no noise. Its distribution has the variance of x_0 given x that was measured on
    training points. `with_ends` False leaves out this term and that of the initial noise.
    """
    true = plane.held_out(count or BOUND_COUNT, seed)
    noise = torch.from_numpy(np.random.default_rng(5 + seed).normal(size=true.shape)).float()
    total = prior_term(path[0], second_moment=float(true.square().mean())) if with_ends else 0.0
    for at, to in pairwise(path):
        if to.sigma == 0 and not with_ends:
            continue
        x = at.alpha * true + at.sigma * noise
        mean, deviation = step_distribution(plane, sampler, x, at, to, seed, **params)
        if to.sigma == 0:
            total += float(last_term((mean - true).square(), math.log(plane.norms.covariance(at))).double().mean())
            continue
        first, second = posterior_mean(at, to)
        apart = (mean - first * true - second * x).square().double()
        total += float(step_term(posterior_variance(at, to), apart, 2 * deviation.double().log()).mean())
    return 2 * total


def entropy(plane: Plane, seed: int = 0, *, count: int = 0) -> float:
    """Return −log p of held-out points under the true distribution, in nats per point: the lowest possible bound."""
    points = points_of(plane.held_out(count or BOUND_COUNT, seed))
    return -float(plane.mixture.log_density(points, CLEAN).mean())


def step_distribution(
    plane: Plane, sampler: str, x: Tensor, at: NoiseLevel, to: NoiseLevel, seed: int, **params: Any
) -> tuple[Tensor, Tensor]:
    """Return the mean and the standard deviation of a sampler's step from x at one noise level to another."""
    denoise = plane.denoiser((at, to), seed)
    with torch.no_grad():
        found = denoise(x, at)
    settings = plane.needs(sampler, denoise) | params

    def stepped(value: float) -> Tensor:
        noise = lambda step, like, draw=0: torch.full_like(like, value)  # noqa: E731
        step = next(iter(SAMPLERS[sampler].fn(lambda *_: found, x, (at, to), noise, **settings)))
        moved: Tensor = step.x
        return moved

    mean = stepped(0.0)
    return mean, stepped(1.0) - mean
