"""Gaussian data, with the exact denoiser and the exact distribution of a sampler's output."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gdm_studio.maths.guidance import tempered
from gdm_studio.maths.noise_path import Array, Denoise, NoiseLevel, NoisePath
from gdm_studio.maths.samplers.registry import SamplerFn, SamplerSpec


def gaussian_denoiser(variance: float, mean: float = 0.0) -> Denoise:
    """Return the exact denoiser E[x0 | x] for one-dimensional data x0 ~ N(mean, variance).

    It is mean + alpha·v / (alpha²·v + sigma²) · (x − alpha·mean).
    """

    def denoise(x: Array, at: NoiseLevel) -> Array:
        gain = at.alpha * variance / (at.alpha**2 * variance + at.sigma**2)
        return mean + gain * (x - at.alpha * mean)

    return denoise


@dataclass(frozen=True)
class Gaussian:
    """Gaussian data distribution in d dimensions, x0 ~ N(mean, covariance), for which the exact denoiser is known.
    Points x have the shape (rows, d).
    """

    mean: np.ndarray  # (d,)
    covariance: np.ndarray  # (d, d)

    @cached_property
    def axes(self) -> tuple[np.ndarray, np.ndarray]:
        """Principal axes of the distribution: their variances (d,), and the axes as columns of a matrix (d, d)."""
        variances, axes = np.linalg.eigh(self.covariance)
        return variances, axes

    def denoise(self, x: np.ndarray, at: NoiseLevel) -> np.ndarray:
        """Return the exact denoiser's result, the expected clean data E[x0 | x] = m + alpha·C·(alpha²·C + sigma²)⁻¹·(x
        − alpha·m).
        """
        variances, axes = self.axes
        gains = at.alpha * variances / (at.alpha**2 * variances + at.sigma**2)
        return self.mean + (x - at.alpha * self.mean) @ ((axes * gains) @ axes.T)

    def at(self, point: NoiseLevel) -> Gaussian:
        """Return the distribution of the noisy data x = alpha·x0 + sigma·eps at a noise level."""
        return Gaussian(
            point.alpha * self.mean, point.alpha**2 * self.covariance + point.sigma**2 * np.eye(self.mean.size)
        )

    def flow(self, x: np.ndarray, at: NoiseLevel, to: NoiseLevel) -> np.ndarray:
        """Solve the probability-flow ODE for x exactly, from the noise level `at` to `to`.

        The solution scales each principal axis by the ratio of its standard deviations.
        """
        variances, axes = self.axes
        before = at.alpha**2 * variances + at.sigma**2
        after = to.alpha**2 * variances + to.sigma**2
        return to.alpha * self.mean + (x - at.alpha * self.mean) @ ((axes * np.sqrt(after / before)) @ axes.T)

    def tempered(self, temperature: float) -> Gaussian:
        """Return the data distribution at a temperature, which multiplies the covariance: N(mean,
        temperature·covariance).
        """
        return Gaussian(self.mean, temperature * self.covariance)


def gaussian(variances: tuple[float, ...], mean: float = 0.0, *, seed: int = 0) -> Gaussian:
    """Create a Gaussian data distribution with the given variances along randomly rotated axes, and `mean` in every
    dimension.
    """
    d = len(variances)
    axes, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(d, d)))
    return Gaussian(np.full(d, mean), (axes * np.array(variances)) @ axes.T)


def propagated(sampler: SamplerFn, denoise: Denoise, path: NoisePath, *, start: Gaussian) -> Gaussian:
    """Return the exact distribution of a sampler's output, without random numbers, for an affine `denoise` and initial
    points drawn from `start`.

    Every update is then affine in the start and in all random draws, so one run on a batch suffices. The first row has
    no noise and gives the mean. In each other row, a single random number is one and all others are zero. The outer
    products of their differences from the first row sum to the covariance.
    """
    d = start.mean.size
    draws = _index_draws(sampler, denoise, path, start)
    variances, axes = start.axes
    rows = 1 + d * (1 + len(draws))
    x = np.tile(start.mean, (rows, 1))
    x[1 : 1 + d] += (axes * np.sqrt(variances)).T

    def unit(step: int, like: np.ndarray, draw: int = 0) -> np.ndarray:
        noise = np.zeros((rows, d))
        first = 1 + d * (1 + draws[step, draw])
        noise[first : first + d] = np.eye(d)
        return noise

    for step in sampler(denoise, x, path, unit):
        x = step.x
    parts = x[1:] - x[0]
    return Gaussian(x[0], parts.T @ parts)


def propagated_variance(
    spec: SamplerSpec,
    path: NoisePath,
    *,
    data_variance: float,
    temperature: float = 1.0,
    # Standard deviation of the start. The default is that of the first noise level of the path.
    prior_sigma: float | None = None,
) -> float:
    """Return the exact variance of a sampler's output for one-dimensional Gaussian data with mean 0 and variance
    `data_variance`.
    """
    sigma = math.hypot(path[0].alpha, path[0].sigma) if prior_sigma is None else prior_sigma
    denoise = tempered(gaussian_denoiser(data_variance), temperature, math.sqrt(data_variance))
    start = Gaussian(np.zeros(1), np.full((1, 1), sigma**2))
    return float(propagated(spec.fn, denoise, path, start=start).covariance[0, 0])


def _index_draws(sampler: SamplerFn, denoise: Denoise, path: NoisePath, start: Gaussian) -> dict[tuple[int, int], int]:
    """Return an index for each random draw that a sampler requests, as a mapping from (step, draw) to 0, 1, 2, …. The
    draws are found by running the sampler with zeros in place of noise.
    """
    asked: dict[tuple[int, int], int] = {}

    def listen(step: int, like: np.ndarray, draw: int = 0) -> np.ndarray:
        asked.setdefault((step, draw), len(asked))
        return np.zeros_like(like)

    for _ in sampler(denoise, start.mean[None], path, listen):
        pass
    return asked
