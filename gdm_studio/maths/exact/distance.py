"""Distances between a set of samples and the law they should follow."""

from __future__ import annotations

import statistics

import numpy as np

from gdm_studio.maths.exact.mixture import Mixture
from gdm_studio.maths.path import CLEAN, Point

FINE = 20001  # points the distribution function of a mixture is tabulated on


def w1(samples: np.ndarray, other: np.ndarray) -> float:
    """The 1-Wasserstein distance of two equally large sets of numbers: the mean distance of their order statistics."""
    return float(np.abs(np.sort(samples) - np.sort(other)).mean())


def sliced_w1(samples: np.ndarray, other: np.ndarray, *, directions: int = 32) -> float:
    """W1 of two equally large sets of rows (n, d), averaged over directions spread evenly (d = 2) or at random."""
    d = samples.shape[1]
    if d == 2:
        turns = np.pi * np.arange(directions) / directions
        lines = np.stack([np.cos(turns), np.sin(turns)])
    else:
        lines = np.random.default_rng(0).normal(size=(d, directions))
        lines /= np.linalg.norm(lines, axis=0)
    return float(np.mean([w1(samples @ line, other @ line) for line in lines.T]))


def total_variation(shares: np.ndarray, weights: np.ndarray) -> float:
    """Half the sum of the absolute differences of two sets of shares."""
    return float(np.abs(shares - weights).sum() / 2)


def quantiles(mixture: Mixture, count: int, *, at: Point = CLEAN) -> np.ndarray:
    """The (i + ½)/count quantiles of a one-dimensional mixture at a point of a path, of shape (count, 1)."""
    deviation = np.sqrt(at.alpha**2 * mixture.variances + at.sigma**2)
    means = at.alpha * mixture.means[:, 0]
    reach = 8 * deviation
    places = np.linspace((means - reach).min(), (means + reach).max(), FINE)
    for mean, near in zip(means, reach, strict=True):  # narrow modes get points of their own
        places = np.union1d(places, np.linspace(mean - near, mean + near, FINE))
    density = np.exp(mixture.log_density(places[:, None], at))
    below = np.concatenate([[0.0], np.cumsum(np.diff(places) * (density[1:] + density[:-1]) / 2)])
    return np.interp((np.arange(count) + 0.5) / count, below / below[-1], places)[:, None]


def normal_quantiles(count: int) -> np.ndarray:
    """The (i + ½)/count quantiles of N(0, 1), of shape (count, 1)."""
    normal = statistics.NormalDist()
    return np.array([[normal.inv_cdf((i + 0.5) / count)] for i in range(count)])


def mean_posterior_variance(mixture: Mixture, at: Point, *, count: int = 401) -> float:
    """E Var(x0 | x) of a one-dimensional mixture: the least squared error of any denoiser.

    The trapezium rule mode by mode, which on a bell curve is exact to rounding.
    """
    deviation = np.sqrt(at.alpha**2 * mixture.variances + at.sigma**2)
    places = np.linspace(-9, 9, count)
    shares = np.exp(-(places**2) / 2)
    x = at.alpha * mixture.means + deviation[:, None] * places  # (k, count)
    variance = mixture.posterior_variance(x.reshape(-1, 1), at).reshape(x.shape)
    return float(mixture.weights @ (variance @ (shares / shares.sum())))
