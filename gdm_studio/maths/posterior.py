"""Posterior q(x_to | x_at, x0) of a Gaussian forward process: the mean and the variance of a step back.

For the noise levels `at` (noisier) and `to`, x_at given x_to has the mean α/α′·x_to and the variance β = σ² −
(α/α′·σ′)². By Bayes' rule, x_to given x_at and x0 is Gaussian with the mean c1·x0 + c2·x_at and the variance β̃ =
β·σ′²/σ² (Ho et al. 2020, arXiv:2006.11239, equations 6 and 7). All functions but the last accept numbers, and arrays
that broadcast.
"""

from __future__ import annotations

import math

from gdm_studio.maths.arrays import is_number
from gdm_studio.maths.noise_path import Array, NoiseLevel


def transition_variance(at: NoiseLevel, to: NoiseLevel) -> Array:
    """Return β, the variance of the forward step q(x_at | x_to)."""
    variance: Array = at.sigma**2 - (at.alpha / to.alpha * to.sigma) ** 2
    return max(variance, 0.0) if is_number(variance) else variance.clip(0, None)


def transition_sigma(at: NoiseLevel, to: NoiseLevel) -> Array:
    """Return √β, the noise that a DDPM step adds with its larger variance: the standard deviation of the forward
    step.
    """
    variance = transition_variance(at, to)
    return math.sqrt(variance) if is_number(variance) else variance**0.5


def posterior_variance(at: NoiseLevel, to: NoiseLevel, *, eta: float = 1.0) -> Array:
    """Return β̃, the variance of q(x_to | x_at, x0), times eta² (the step's noise in DDIM's family, Song et al. 2021,
    arXiv:2010.02502, equation 16).
    """
    return (eta * to.sigma / at.sigma) ** 2 * transition_variance(at, to)


def posterior_sigma(at: NoiseLevel, to: NoiseLevel) -> Array:
    """Return √β̃, the noise that a DDPM step adds with its smaller variance: the standard deviation of q(x_to | x_at,
    x0).
    """
    return to.sigma / at.sigma * transition_sigma(at, to)


def posterior_mean(at: NoiseLevel, to: NoiseLevel) -> tuple[Array, Array]:
    """Return the coefficients c1 and c2 of the mean of q(x_to | x_at, x0), which is c1·x0 + c2·x_at."""
    second = at.alpha / to.alpha * (to.sigma / at.sigma) ** 2
    return to.alpha - second * at.alpha, second


def x0_weight(at: NoiseLevel, to: NoiseLevel, *, eta: float = 1.0) -> float:
    """Return the weight w of x0 in the mean k·x_at + w·x0 of q(x_to | x_at, x0): w = alpha′ − alpha·√(sigma′² −
    lam²)/sigma, with lam² from `posterior_variance`.
    """
    direction = math.sqrt(max(to.sigma**2 - posterior_variance(at, to, eta=eta), 0.0))
    return to.alpha - at.alpha * direction / at.sigma
