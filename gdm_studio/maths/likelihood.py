"""Log-likelihood of an image by the probability-flow ODE (Song et al. 2021, arXiv:2011.13456, section 4.3).

For every process the ODE is dy/du = y − x0 with y = x / alpha and u = log(sigma / alpha), and along its solution log
p(y) changes by −div(y − x0). The functions wait for the device, since the step size depends on the values.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from gdm_studio.maths.noise_path import Array, Denoise, NoiseLevel
from gdm_studio.maths.samplers.ode_rk45 import integrate

# (x, at, v) -> directional derivative of the denoiser at x along v, row by row
Jvp = Callable[[Array, NoiseLevel, Array], Array]


class Likelihood(NamedTuple):
    """Log-likelihood of an image: one estimate of log p for each random probe direction. The mean of these estimates is
    the result.
    """

    # Estimates (probes,) of log p(x), in nats.
    nats: Array
    # The solution of the ODE at the noisy end, shaped like x.
    latent: Array
    # Number of evaluations of the denoiser's derivative.
    calls: int


def log_likelihood(
    denoise: Denoise,
    jvp: Jvp,
    x: Array,
    probes: Array,
    *,
    coordinates: Callable[[float], NoiseLevel],
    ratios: tuple[float, float],
    tolerance: float = 1e-5,
) -> Likelihood:
    """Compute the log-likelihood log p of one image x (1, …) at the noise ratio ratios[0], given the prior at
    ratios[1].

    The prior is N(0, alpha² + sigma²). `probes` (n, …) are the directions in which the divergence is measured. The mean
    is exact if the probes are all unit vectors times √d. Random signs give an unbiased estimate (Hutchinson; Song et
    al. 2021, eq. 40).
    """
    d, calls = math.prod(x.shape[1:]), 0
    low, high = math.log(ratios[0]), math.log(ratios[1])

    def slope(state: Array, share: float) -> Array:
        nonlocal calls
        calls += 1
        at = coordinates(math.exp(low + share * (high - low)))
        y = state[:, :d].reshape(x.shape)
        turned = jvp(at.alpha * y + 0 * probes, at, probes)
        grows = 0 * state
        grows[:, :d] = (y - denoise(at.alpha * y, at)).reshape(1, d)
        grows[:, d:] = d - at.alpha * (probes * turned).reshape(len(probes), -1).sum(-1)
        return (high - low) * grows

    start, end = coordinates(ratios[0]), coordinates(ratios[1])
    # The divergence of each probe is integrated in the same row as y, so that both share one tolerance.
    state = 0 * x.reshape(1, d)[:, [0] * (d + len(probes))]
    state[:, :d] = x.reshape(1, d) / start.alpha
    state = integrate(slope, state, slope(state, 0.0), tolerance)
    latent, grown = end.alpha * state[:, :d].reshape(x.shape), state[0, d:]
    variance = end.alpha**2 + end.sigma**2
    prior = -0.5 * float((latent * latent).sum()) / variance - d / 2 * math.log(2 * math.pi * variance)
    # At either end, the density of x is that of y divided by alpha^d.
    return Likelihood(prior + grown + d * (math.log(end.alpha) - math.log(start.alpha)), latent, calls)


def solve_flow(
    denoise: Denoise,
    x: Array,
    *,
    coordinates: Callable[[float], NoiseLevel],
    ratios: tuple[float, float],
    tolerance: float = 1e-5,
) -> Array:
    """Solve the probability-flow ODE from the noise ratio ratios[0] to ratios[1], in either direction, starting
    at x.
    """
    low, high = math.log(ratios[0]), math.log(ratios[1])

    def slope(y: Array, share: float) -> Array:
        at = coordinates(math.exp(low + share * (high - low)))
        return (high - low) * (y - denoise(at.alpha * y, at))

    y = x / coordinates(ratios[0]).alpha
    return coordinates(ratios[1]).alpha * integrate(slope, y, slope(y, 0.0), tolerance)


def difference_jvp(denoise: Denoise, step: float = 1e-4) -> Jvp:
    """Return a function that computes the directional derivative of a denoiser by central differences.

    In float64 the error is about step².
    """

    def jvp(x: Array, at: NoiseLevel, direction: Array) -> Array:
        return (denoise(x + step * direction, at) - denoise(x - step * direction, at)) / (2 * step)

    return jvp
