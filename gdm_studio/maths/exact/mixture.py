"""Mixtures of isotropic Gaussians, with exact denoiser, Jacobian, density and classifier at any noise level."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gdm_studio.maths.noise_path import CLEAN, NoiseLevel


@dataclass(frozen=True)
class Mixture:
    """Gaussian mixture as a data distribution, x0 ~ sum of weights[k]·N(means[k], variances[k]·I), for which the exact
    denoiser is known.

    Points x have the shape (rows, d).
    """

    weights: np.ndarray  # (k,) adding up to 1
    means: np.ndarray  # (k, d)
    variances: np.ndarray  # (k,)

    def denoise(self, x: np.ndarray, at: NoiseLevel) -> np.ndarray:
        """Return the exact denoiser's result, the expected clean data E[x0 | x].

        It is the sum of the modes' posterior means, each weighted by the probability that x belongs to the mode.
        """
        shares, gains = self.responsibilities(x, at), self._gains(at)
        return (shares @ gains)[:, None] * x + (shares * (1 - at.alpha * gains)) @ self.means

    def responsibilities(self, x: np.ndarray, at: NoiseLevel) -> np.ndarray:
        """Return the probability p(mode | x) of each mode for each noisy point, of shape (rows, modes)."""
        shares = self._log_joint(x, at)
        shares -= shares.max(axis=1, keepdims=True)
        np.exp(shares, out=shares)
        shares /= shares.sum(axis=1, keepdims=True)
        return shares

    def log_density(self, x: np.ndarray, at: NoiseLevel) -> np.ndarray:
        """Return the log-density log p(x) of noisy points at a noise level, of shape (rows,)."""
        logs = self._log_joint(x, at)
        largest = logs.max(axis=1)
        return largest + np.log(np.exp(logs - largest[:, None]).sum(axis=1))

    def tilted(self, odds: np.ndarray) -> Mixture:
        """Return the mixture p(x0 | y) that results from conditioning on a class y with p(y | mode) = `odds` (k,). Only
        the weights of the modes change.
        """
        weights = self.weights * odds
        return Mixture(weights / weights.sum(), self.means, self.variances)

    def classifier_gradient(self, x: np.ndarray, at: NoiseLevel, odds: np.ndarray) -> np.ndarray:
        """Return the gradient of log p(y | x) with respect to x, for a classifier with p(y | x) = sum_k p(mode k |
        x)·odds[k]. Classifier guidance uses it.

        It is sum_k (q_k − r_k)·s_k with r_k = p(mode k | x), q_k ∝ r_k·odds[k], and the score s_k of mode k alone.
        """
        spread = at.alpha**2 * self.variances + at.sigma**2
        change = self.tilted(odds).responsibilities(x, at) - self.responsibilities(x, at)
        return (change / spread) @ (at.alpha * self.means) - x * (change / spread).sum(axis=1, keepdims=True)

    def jvp(self, x: np.ndarray, at: NoiseLevel, direction: np.ndarray) -> np.ndarray:
        """Return the directional derivative of the exact denoiser at x along `direction`, for each row."""
        shares, gains = self.responsibilities(x, at), self._gains(at)
        spread = at.alpha**2 * self.variances + at.sigma**2
        along = (direction * x).sum(axis=1, keepdims=True)
        # The slopes of the log density of each mode.
        slopes = (at.alpha * direction @ self.means.T - along) / spread
        moved = shares * (slopes - (shares * slopes).sum(axis=1, keepdims=True))
        turned = (moved @ gains)[:, None] * x + (moved * (1 - at.alpha * gains)) @ self.means
        return (shares @ gains)[:, None] * direction + turned

    def posterior_variance(self, x: np.ndarray, at: NoiseLevel) -> np.ndarray:
        """Return the variance Var(x0 | x) of the clean data given noisy points, averaged over the dimensions, of shape
        (rows,).
        """
        shares, gains = self.responsibilities(x, at), self._gains(at)
        own = self.variances * at.sigma**2 / (at.alpha**2 * self.variances + at.sigma**2)
        squares = np.zeros_like(shares)
        for k, mean in enumerate(self.means):
            squares[:, k] = _mean_square(gains[k] * x + (1 - at.alpha * gains[k]) * mean)
        return (shares * (own + squares)).sum(axis=1) - _mean_square(self.denoise(x, at))

    def sample(self, count: int, *, seed: int, at: NoiseLevel = CLEAN) -> np.ndarray:
        """Draw `count` independent samples of the data, with noise added at the level `at`."""
        rng = np.random.default_rng(seed)
        modes = self._draw_modes(rng, count)
        spread = np.sqrt(at.alpha**2 * self.variances + at.sigma**2)
        return at.alpha * self.means[modes] + spread[modes, None] * rng.normal(size=(count, self.means.shape[1]))

    def sampled_modes(self, count: int, *, seed: int) -> np.ndarray:
        """Return the mode index (count,) of each sample that `sample` draws with this seed."""
        return self._draw_modes(np.random.default_rng(seed), count)

    def _draw_modes(self, rng: np.random.Generator, count: int) -> np.ndarray:
        return rng.choice(len(self.weights), size=count, p=self.weights)

    def mode_shares(self, x: np.ndarray) -> np.ndarray:
        """Return the fraction of points that are nearest to each mode, of shape (modes,). These fractions estimate the
        weights of the mixture.
        """
        distances = -2 * x @ self.means.T + (self.means**2).sum(axis=1)
        return np.bincount(distances.argmin(axis=1), minlength=len(self.weights)) / len(x)

    def only(self, mode: int) -> Mixture:
        """Return the distribution of the data that belong to one mode of the mixture, a single Gaussian."""
        return Mixture(np.ones(1), self.means[mode : mode + 1], self.variances[mode : mode + 1])

    def _gains(self, at: NoiseLevel) -> np.ndarray:
        return at.alpha * self.variances / (at.alpha**2 * self.variances + at.sigma**2)

    def _log_joint(self, x: np.ndarray, at: NoiseLevel) -> np.ndarray:
        """Return the joint log-density log p(x, mode) of each noisy point and mode, as an array (rows, modes) in
        column-major order.
        """
        spread = at.alpha**2 * self.variances + at.sigma**2
        means = at.alpha * self.means
        # Sums over a few neighbouring numbers are slow in NumPy, so the modes come first.
        squares = -2 * means @ x.T + (means**2).sum(axis=1)[:, None]
        squares += x.shape[1] * _mean_square(x)
        # Modes of weight 0 have a log weight of −inf.
        with np.errstate(divide="ignore"):
            constants = np.log(self.weights) - x.shape[1] / 2 * np.log(2 * math.pi * spread)
        squares /= -2 * spread[:, None]
        squares += constants[:, None]
        return squares.T


def _mean_square(x: np.ndarray) -> np.ndarray:
    """Return the mean square of each row. It is several times as fast as `(x**2).mean(axis=1)` for short rows."""
    return np.einsum("ij,ij->i", x, x) / x.shape[1]


def two_modes(variance: float = 0.05**2) -> Mixture:
    """Create a one-dimensional mixture of two equally likely modes at −1 and +1."""
    return Mixture(np.array([0.5, 0.5]), np.array([[-1.0], [1.0]]), np.full(2, variance))


def ring(modes: int = 8, *, spread: float = 0.1) -> Mixture:
    """Create a mixture of `modes` Gaussians, evenly spaced on the unit circle, with weights proportional to 1,
    2, 3, ….
    """
    turns = 2 * math.pi * np.arange(modes) / modes
    weights = np.arange(1.0, modes + 1)
    return Mixture(weights / weights.sum(), np.stack([np.cos(turns), np.sin(turns)], axis=1), np.full(modes, spread**2))
