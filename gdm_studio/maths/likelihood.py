"""The log-likelihood of a picture by the probability-flow ODE (Song et al. 2021, arXiv:2011.13456, section 4.3).

The ODE is written in y = x / alpha over u = log(sigma / alpha), where it is dy/du = y − x0 for every process; along it
log p(y) changes by −div(y − x0). This module waits for the device: the size of a step depends on the numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from gdm_studio.maths.path import Array, Denoise, Point

Jvp = Callable[[Array, Point, Array], Array]  # (x, at, v) -> derivative of the denoiser at x along v, row by row

# Dormand and Prince 1980, table 2: the fifth-order steps, and their difference from the embedded fourth-order ones
_NODES = (0.0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0)
_STEPS: tuple[tuple[float, ...], ...] = (
    (),
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)
_ERROR = (71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40)

_SAFETY, _SHRINK, _GROW = 0.9, 0.2, 5.0


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

    def slope(u: float, y: Array) -> tuple[Array, Array]:
        nonlocal calls
        calls += 1
        at = coordinates(math.exp(u))
        x = at.alpha * y
        turned = jvp(x + 0 * probes, at, probes)
        traces = (probes * turned).reshape(len(probes), -1).sum(-1)
        return y - denoise(x, at), d - at.alpha * traces

    start, end = coordinates(ratios[0]), coordinates(ratios[1])
    y, grown = _integrate(slope, x / start.alpha, (math.log(ratios[0]), math.log(ratios[1])), tolerance)
    latent = end.alpha * y
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
    """Where the probability-flow ODE takes x from the noise ratio ratios[0] to ratios[1], either way; rows share their
    steps, so that a row depends on the others as far as `tolerance` allows."""

    def slope(u: float, y: Array) -> tuple[Array, Array]:
        at = coordinates(math.exp(u))
        return y - denoise(at.alpha * y, at), 0 * y

    y, _ = _integrate(slope, x / coordinates(ratios[0]).alpha, (math.log(ratios[0]), math.log(ratios[1])), tolerance)
    return coordinates(ratios[1]).alpha * y


def difference_jvp(denoise: Denoise, step: float = 1e-4) -> Jvp:
    """The directional derivative of any denoiser by central differences; in float64 exact to about step²."""

    def jvp(x: Array, at: Point, direction: Array) -> Array:
        return (denoise(x + step * direction, at) - denoise(x - step * direction, at)) / (2 * step)

    return jvp


def bits_per_number(nats: float, numbers: int, *, levels: int = 256, width: float = 2.0) -> float:
    """−log2 p per number of a picture whose `levels` values span `width` (−1 … 1): 7 is added for 256 (Song et al.)."""
    return -nats / numbers / math.log(2) + math.log2(levels / width)


def _integrate(slope: Callable[..., Any], y: Array, span: tuple[float, float], tolerance: float) -> tuple[Array, Array]:
    """Adaptive Runge-Kutta 5(4) of y and of an integral that rides along; both kept to `tolerance`."""
    u, end = span
    h, grown, first = (end - u) / 100, 0.0, slope(u, y)
    while u != end:
        if abs(h) >= abs(end - u) * (1 - 1e-12):
            h = end - u
        slopes = [first]
        for node, weights in zip((*_NODES[1:], 1.0), _STEPS[1:], strict=True):
            ahead = y + h * sum(w * k[0] for w, k in zip(weights, slopes, strict=True))
            slopes.append(slope(u + node * h, ahead))
        error = _size(h * _weighted(_ERROR, slopes, 0), y, tolerance)
        error = max(error, _size(h * _weighted(_ERROR, slopes, 1), 1.0, tolerance), 1e-10)
        if error <= 1:
            y, grown = ahead, grown + h * _weighted(_STEPS[-1], slopes, 1)
            u = end if h == end - u else u + h
            first = slopes[-1]
        h *= min(max(_SAFETY * error**-0.2, _SHRINK), _GROW)
    return y, grown


def _weighted(weights: tuple[float, ...], slopes: list[Any], part: int) -> Array:
    return sum(w * k[part] for w, k in zip(weights, slopes, strict=False))


def _size(error: Array, value: Array, tolerance: float) -> float:
    """Root mean square of an error in units of what is tolerated."""
    scaled = error / (tolerance * (1 + abs(value)))
    return float((scaled * scaled).mean() ** 0.5)
