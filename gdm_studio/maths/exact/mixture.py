"""Mixtures of round Gaussians: exact denoiser, Jacobian, density and classifier at any point of a path."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gdm_studio.maths.path import CLEAN, Point


@dataclass(frozen=True)
class Mixture:
    """x0 ~ sum of weights[k]·N(means[k], variances[k]·I); x is always of shape (rows, d)."""

    weights: np.ndarray  # (k,) adding up to 1
    means: np.ndarray  # (k, d)
    variances: np.ndarray  # (k,)

    def denoise(self, x: np.ndarray, at: Point) -> np.ndarray:
        """E[x0 | x]: each mode's posterior mean, weighed by how likely x is of that mode."""
        shares, gains = self.responsibilities(x, at), self._gains(at)
        return (shares @ gains)[:, None] * x + (shares * (1 - at.alpha * gains)) @ self.means

    def responsibilities(self, x: np.ndarray, at: Point) -> np.ndarray:
        """p(mode | x), of shape (rows, k)."""
        logs = self._log_joint(x, at)
        shares = np.exp(logs - logs.max(axis=1, keepdims=True))
        return shares / shares.sum(axis=1, keepdims=True)

    def log_density(self, x: np.ndarray, at: Point) -> np.ndarray:
        """log p(x) at that point of the path, of shape (rows,)."""
        logs = self._log_joint(x, at)
        largest = logs.max(axis=1)
        return largest + np.log(np.exp(logs - largest[:, None]).sum(axis=1))

    def tilted(self, odds: np.ndarray) -> Mixture:
        """p(x0 | y) of a classifier with p(y | mode) = `odds` (k,): the same modes with other weights."""
        weights = self.weights * odds
        return Mixture(weights / weights.sum(), self.means, self.variances)

    def classifier_gradient(self, x: np.ndarray, at: Point, odds: np.ndarray) -> np.ndarray:
        """grad_x log p(y | x), p(y | x) = sum_k p(mode k | x)·odds[k]: sum_k (q_k − r_k)·s_k.

        r_k = p(mode k | x), q_k ∝ r_k·odds[k], and s_k is the score of mode k alone.
        """
        spread = at.alpha**2 * self.variances + at.sigma**2
        change = self.tilted(odds).responsibilities(x, at) - self.responsibilities(x, at)
        return (change / spread) @ (at.alpha * self.means) - x * (change / spread).sum(axis=1, keepdims=True)

    def jvp(self, x: np.ndarray, at: Point, direction: np.ndarray) -> np.ndarray:
        """The derivative of `denoise` at x along `direction`, row by row."""
        shares, gains = self.responsibilities(x, at), self._gains(at)
        spread = at.alpha**2 * self.variances + at.sigma**2
        along = (direction * x).sum(axis=1, keepdims=True)
        slopes = (at.alpha * direction @ self.means.T - along) / spread  # of each mode's log density
        moved = shares * (slopes - (shares * slopes).sum(axis=1, keepdims=True))
        turned = (moved @ gains)[:, None] * x + (moved * (1 - at.alpha * gains)) @ self.means
        return (shares @ gains)[:, None] * direction + turned

    def posterior_variance(self, x: np.ndarray, at: Point) -> np.ndarray:
        """Var(x0 | x) per number, averaged over the dimensions, of shape (rows,)."""
        shares, gains = self.responsibilities(x, at), self._gains(at)
        own = self.variances * at.sigma**2 / (at.alpha**2 * self.variances + at.sigma**2)
        squares = np.zeros_like(shares)
        for k, mean in enumerate(self.means):
            squares[:, k] = ((gains[k] * x + (1 - at.alpha * gains[k]) * mean) ** 2).mean(axis=1)
        return (shares * (own + squares)).sum(axis=1) - (self.denoise(x, at) ** 2).mean(axis=1)

    def sample(self, count: int, *, seed: int, at: Point = CLEAN) -> np.ndarray:
        """`count` independent draws of x at that point of the path."""
        rng = np.random.default_rng(seed)
        modes = rng.choice(len(self.weights), size=count, p=self.weights)
        spread = np.sqrt(at.alpha**2 * self.variances + at.sigma**2)
        return at.alpha * self.means[modes] + spread[modes, None] * rng.normal(size=(count, self.means.shape[1]))

    def mode_shares(self, x: np.ndarray) -> np.ndarray:
        """The share of rows nearest to each mode, of shape (k,)."""
        distances = -2 * x @ self.means.T + (self.means**2).sum(axis=1)
        return np.bincount(distances.argmin(axis=1), minlength=len(self.weights)) / len(x)

    def only(self, mode: int) -> Mixture:
        """That mode alone."""
        return Mixture(np.ones(1), self.means[mode : mode + 1], self.variances[mode : mode + 1])

    def _gains(self, at: Point) -> np.ndarray:
        return at.alpha * self.variances / (at.alpha**2 * self.variances + at.sigma**2)

    def _log_joint(self, x: np.ndarray, at: Point) -> np.ndarray:
        spread = at.alpha**2 * self.variances + at.sigma**2
        means = at.alpha * self.means
        squares = (x**2).sum(axis=1, keepdims=True) - 2 * x @ means.T + (means**2).sum(axis=1)
        with np.errstate(divide="ignore"):  # modes of no weight are never met
            logs = np.log(self.weights)
        return logs - squares / (2 * spread) - x.shape[1] / 2 * np.log(2 * math.pi * spread)


def two_modes(variance: float = 0.05**2) -> Mixture:
    """Half at −1, half at +1, in one dimension."""
    return Mixture(np.array([0.5, 0.5]), np.array([[-1.0], [1.0]]), np.full(2, variance))


def ring(modes: int = 8, *, spread: float = 0.1) -> Mixture:
    """Modes on the unit circle whose weights rise from 1 to `modes`."""
    turns = 2 * math.pi * np.arange(modes) / modes
    weights = np.arange(1.0, modes + 1)
    return Mixture(weights / weights.sum(), np.stack([np.cos(turns), np.sin(turns)], axis=1), np.full(modes, spread**2))
