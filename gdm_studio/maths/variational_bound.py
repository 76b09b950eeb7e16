"""Variational bound on −log p(x0) of a Gaussian chain, as a sum over its steps.

The bound is KL(q(x_T | x0) ‖ p(x_T)) + Σ E KL(q(x_to | x_at, x0) ‖ p(x_to | x_at)) − E log p(x0 | x_1) (Sohl-Dickstein
et al. 2015, arXiv:1503.03585, equation 14; Ho et al. 2020, arXiv:2006.11239, equation 5). Training losses, searches for
timesteps and measurements of samplers all take its terms from here. They accept numbers, and arrays that broadcast.
"""

from __future__ import annotations

import math

from gdm_studio.maths.arrays import exp, log
from gdm_studio.maths.noise_path import Array, NoiseLevel


def step_term(exact: Array, apart: Array, log_variance: Array) -> Array:
    """Return KL(q ‖ p) of a step back, in nats per number, for Gaussians q with the variance `exact` and p with the
    logarithm of its variance. `apart` is the (expected) squared difference of their means.
    """
    return 0.5 * (log_variance - log(exact) + (exact + apart) * exp(-log_variance) - 1)


def last_term(apart: Array, log_variance: Array) -> Array:
    """Return −log p(x0 | x_1) of the last step, in nats per number, for a Gaussian p. `apart` is the (expected) squared
    difference of its mean from x0.
    """
    return 0.5 * (math.log(2 * math.pi) + log_variance + apart * exp(-log_variance))


def prior_term(at: NoiseLevel, *, second_moment: float) -> float:
    """Return E KL(q(x_at | x0) ‖ N(0, alpha² + sigma²)) of the initial noise, in nats per number, for data with E x0² =
    `second_moment`.
    """
    apart = at.alpha**2 * second_moment
    return float(step_term(at.sigma**2, apart, math.log(at.alpha**2 + at.sigma**2)))
