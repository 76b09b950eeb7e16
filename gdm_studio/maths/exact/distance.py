"""Distances between samples and their expected distribution."""

from __future__ import annotations

import statistics

import numpy as np

from gdm_studio.maths.exact.mixture import Mixture
from gdm_studio.maths.noise_path import CLEAN, NoiseLevel

# Number of points at which the distribution function of a mixture is tabulated.
FINE = 20001


def w1(samples: np.ndarray, other: np.ndarray) -> float:
    """Return the 1-Wasserstein distance between two sets of numbers of equal size: the mean distance of their sorted
    values.
    """
    return float(np.abs(np.sort(samples) - np.sort(other)).mean())


def sliced_w1(samples: np.ndarray, other: np.ndarray, *, directions: int = 32) -> float:
    """Return the sliced 1-Wasserstein distance between two sets of points (n, d) of equal size.

    This is the mean W1 distance of projections on several directions, evenly spaced for d = 2 and random otherwise.
    """
    d = samples.shape[1]
    if d == 2:
        turns = np.pi * np.arange(directions) / directions
        lines = np.stack([np.cos(turns), np.sin(turns)])
    else:
        lines = np.random.default_rng(0).normal(size=(d, directions))
        lines /= np.linalg.norm(lines, axis=0)
    return float(np.mean([w1(samples @ line, other @ line) for line in lines.T]))


def total_variation(shares: np.ndarray, weights: np.ndarray) -> float:
    """Return the total variation distance between two discrete distributions: half the sum of their absolute
    differences.
    """
    return float(np.abs(shares - weights).sum() / 2)


def neighbour_auc(samples: np.ndarray, other: np.ndarray, *, neighbours: int = 32, cells: int = 64) -> float:
    """Measure how well a nearest-neighbour classifier separates two sets of points (n, 2) of equal size, as the area
    under its ROC curve (AUC).

    A point's score is the fraction of its nearest neighbours that belong to its own set. The AUC is 0.5 for identical
    distributions, and 1 for sets that do not overlap. `cells` limits the memory: distances are computed for n / `cells`
    points at a time.
    """
    points = np.concatenate([samples, other])
    is_sample = np.arange(len(points)) < len(samples)
    shares = np.empty(len(points))
    squares = (points**2).sum(axis=1)
    for rows in np.array_split(np.arange(len(points)), cells):
        distances = squares - 2 * points[rows] @ points.T
        distances[np.arange(len(rows)), rows] = np.inf
        nearest = np.argpartition(distances, neighbours, axis=1)[:, :neighbours]
        shares[rows] = is_sample[nearest].mean(axis=1)
    positive, negative = np.sort(shares[is_sample]), np.sort(shares[~is_sample])
    below = np.searchsorted(negative, positive, side="left")
    up_to = np.searchsorted(negative, positive, side="right")
    return float((below + up_to).mean() / 2 / len(negative))


def quantiles(mixture: Mixture, count: int, *, at: NoiseLevel = CLEAN) -> np.ndarray:
    """Return `count` evenly spread quantiles, at (i + ½)/count, of a one-dimensional mixture at a noise level. The
    shape is (count, 1).
    """
    deviation = np.sqrt(at.alpha**2 * mixture.variances + at.sigma**2)
    means = at.alpha * mixture.means[:, 0]
    reach = 8 * deviation
    places = np.linspace((means - reach).min(), (means + reach).max(), FINE)
    # Narrow modes get additional points.
    for mean, near in zip(means, reach, strict=True):
        places = np.union1d(places, np.linspace(mean - near, mean + near, FINE))
    density = np.exp(mixture.log_density(places[:, None], at))
    below = np.concatenate([[0.0], np.cumsum(np.diff(places) * (density[1:] + density[:-1]) / 2)])
    return np.interp((np.arange(count) + 0.5) / count, below / below[-1], places)[:, None]


def normal_quantiles(count: int) -> np.ndarray:
    """Return `count` evenly spread quantiles, at (i + ½)/count, of the standard normal distribution. The shape is
    (count, 1).
    """
    normal = statistics.NormalDist()
    return np.array([[normal.inv_cdf((i + 0.5) / count)] for i in range(count)])


def mean_posterior_variance(mixture: Mixture, at: NoiseLevel, *, count: int = 401) -> float:
    """Return the expected posterior variance E Var(x0 | x) of a one-dimensional mixture at a noise level. No denoiser
    has a smaller squared error.

    It uses the trapezoidal rule for each mode, which is exact up to rounding for a bell curve.
    """
    deviation = np.sqrt(at.alpha**2 * mixture.variances + at.sigma**2)
    places = np.linspace(-9, 9, count)
    shares = np.exp(-(places**2) / 2)
    x = at.alpha * mixture.means + deviation[:, None] * places  # (k, count)
    variance = mixture.posterior_variance(x.reshape(-1, 1), at).reshape(x.shape)
    return float(mixture.weights @ (variance @ (shares / shares.sum())))
