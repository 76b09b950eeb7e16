"""Gaussian data: the exact denoiser, and a sampler's exact output variance without a single random number."""

from __future__ import annotations

import math

import numpy as np

from gdm_studio.maths.controls import tempered
from gdm_studio.maths.path import Array, Denoise, Path, Point
from gdm_studio.maths.samplers.spec import SamplerSpec


def gaussian_denoiser(variance: float, mean: float = 0.0) -> Denoise:
    """E[x0 | x] for x0 ~ N(mean, variance): mean + alpha·v / (alpha²·v + sigma²) · (x − alpha·mean)."""

    def denoise(x: Array, at: Point) -> Array:
        gain = at.alpha * variance / (at.alpha**2 * variance + at.sigma**2)
        return mean + gain * (x - at.alpha * mean)

    return denoise


class BasisNoise:
    """Noise whose every draw is a fresh unit vector: run on it, x holds its own coefficients on all draws."""

    def __init__(self, draws: int) -> None:
        self._units = iter(np.eye(draws))

    def __call__(self, step: int, like: Array, draw: int = 0) -> Array:
        return next(self._units)


def propagated_variance(
    spec: SamplerSpec,
    path: Path,
    *,
    data_variance: float,
    temperature: float = 1.0,
    prior_sigma: float | None = None,  # standard deviation of the start; by default that of the path's first point
) -> float:
    """The exact variance of a sampler's output on centred Gaussian data: every update is affine, so the final x,
    written in the basis of all the draws made, has its squared length as variance."""
    noise = BasisNoise(2 * len(path) + 2)
    sigma = math.hypot(path[0].alpha, path[0].sigma) if prior_sigma is None else prior_sigma
    denoise = tempered(gaussian_denoiser(data_variance), temperature, math.sqrt(data_variance))
    x = sigma * noise(0, 0.0)
    for step in spec.fn(denoise, x, path, noise):
        x = step.x
    return float(x @ x)
