"""The log-likelihood of a picture by the probability-flow ODE (Song et al. 2021, arXiv:2011.13456, section 4.3).

The ODE is written in y = x / alpha over u = log(sigma / alpha), where it is dy/du = y − x0 for every process; along it
log p(y) changes by −div(y − x0). This module waits for the device: the size of a step depends on the numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from gdm_studio.maths.path import Array, Denoise, Point
from gdm_studio.maths.samplers.ode_rk45 import integrate

Jvp = Callable[[Array, Point, Array], Array]  # (x, at, v) -> derivative of the denoiser at x along v, row by row


class Likelihood(NamedTuple):
    """`nats` = log p(x); one value with the exact divergence, else one a probe, whose mean is the estimate."""

    nats: Array  # (probes,)
    latent: Array  # what the ODE makes of x at the noisy end, shaped like x
    calls: int  # of the denoiser's derivative


def log_likelihood(
    denoise: Denoise,
    jvp: Jvp,
    x: Array,
    probes: Array,
    *,
    coordinates: Callable[[float], Point],
    ratios: tuple[float, float],
    tolerance: float = 1e-5,
) -> Likelihood:
    """log p of one picture x (1, …) at the noise ratio ratios[0], carried to the prior at ratios[1].

    The prior there is N(0, alpha² + sigma²). `probes` (n, …) are the rows the divergence is taken along: the unit
    vectors times √d give it exactly in their mean, random signs without bias (Hutchinson; Song et al. 2021, eq. 40).
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
    # the divergence of every probe is integrated along with y, in the same row: they keep to one tolerance
    state = 0 * x.reshape(1, d)[:, [0] * (d + len(probes))]
    state[:, :d] = x.reshape(1, d) / start.alpha
    state = integrate(slope, state, slope(state, 0.0), tolerance)
    latent, grown = end.alpha * state[:, :d].reshape(x.shape), state[0, d:]
    variance = end.alpha**2 + end.sigma**2
    prior = -0.5 * float((latent * latent).sum()) / variance - d / 2 * math.log(2 * math.pi * variance)
    # the density of x is that of y over alpha^d, at either end
    return Likelihood(prior + grown + d * (math.log(end.alpha) - math.log(start.alpha)), latent, calls)


def carried(
    denoise: Denoise,
    x: Array,
    *,
    coordinates: Callable[[float], Point],
    ratios: tuple[float, float],
    tolerance: float = 1e-5,
) -> Array:
    """Where the probability-flow ODE takes x from the noise ratio ratios[0] to ratios[1], either way."""
    low, high = math.log(ratios[0]), math.log(ratios[1])

    def slope(y: Array, share: float) -> Array:
        at = coordinates(math.exp(low + share * (high - low)))
        return (high - low) * (y - denoise(at.alpha * y, at))

    y = x / coordinates(ratios[0]).alpha
    return coordinates(ratios[1]).alpha * integrate(slope, y, slope(y, 0.0), tolerance)


def difference_jvp(denoise: Denoise, step: float = 1e-4) -> Jvp:
    """The directional derivative of any denoiser by central differences; in float64 exact to about step²."""

    def jvp(x: Array, at: Point, direction: Array) -> Array:
        return (denoise(x + step * direction, at) - denoise(x - step * direction, at)) / (2 * step)

    return jvp
