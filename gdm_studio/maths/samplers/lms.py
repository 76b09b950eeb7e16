"""Linear multistep methods, which integrate a polynomial through past slopes exactly."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.arrays import weighted
from gdm_studio.maths.noise_path import Array, Denoise, History, Noise, NoiseLevel, NoisePath, Step, eps_of
from gdm_studio.maths.samplers.ddim import move, transfer
from gdm_studio.maths.samplers.registry import sampler

# Nodes and weights of Gauss-Legendre quadrature on (0, 1). It is exact for polynomials up to degree 15, and here also
# for e^u to the last digits of a float.
_GAUSS = (
    (0.5 - 0.480144928248768, 0.0506142681451881),
    (0.5 - 0.398333238706813, 0.111190517226687),
    (0.5 - 0.262766204958164, 0.156853322938943),
    (0.5 - 0.0917173212478249, 0.181341891689181),
    (0.5 + 0.0917173212478249, 0.181341891689181),
    (0.5 + 0.262766204958164, 0.156853322938943),
    (0.5 + 0.398333238706813, 0.111190517226687),
    (0.5 + 0.480144928248768, 0.0506142681451881),
)


@sampler(
    "lms",
    title=QT_TRANSLATE_NOOP("Setting", "LMS"),
    summary=QT_TRANSLATE_NOOP("Setting", "Remembers its last four directions: exact with many steps, rough with few."),
    paper="Adams and Bashforth's method in sigma / alpha, as in k-diffusion's sample_lms; variable steps, order 4",
    order=4,
    steps=(25, 100),
    default_steps=30,
)
def lms(
    denoise: Denoise, x: Array, path: NoisePath, noise: Noise, *, start: int = 0, history: History = ()
) -> Iterator[Step]:
    """Sample with LMS, a linear multistep method that integrates a polynomial through the last slopes over the noise
    ratio.

    `history` is the last three slopes, newest first.
    """
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0 = denoise(x, at)
        slopes = (eps_of(x, x0, at), *history)[:4]
        if at.alpha == 0:
            x = move(x, x0, at, to)
        else:
            x = transfer(
                x,
                weighted(_compute_quadrature_weights(_slope_ratios(path, i, slopes), at.ratio, to.ratio), slopes),
                at,
                to,
            )
        history = slopes[:3]
        yield Step(i + 1, of, to, x, x0, history)


@sampler(
    "deis",
    title=QT_TRANSLATE_NOOP("Setting", "DEIS"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "Remembers its last three directions, for one evaluation a step: exact from few steps on."
    ),
    paper="Zhang and Chen 2022, arXiv:2204.13902, eq. 14 and 15, in log rho as in diffusers; order 3",
    order=3,
    steps=(10, 40),
    default_spacing="exponential",
)
def deis(
    denoise: Denoise, x: Array, path: NoisePath, noise: Noise, *, start: int = 0, history: History = ()
) -> Iterator[Step]:
    """Sample with DEIS, a linear multistep method that integrates a polynomial through the last slopes over the
    logarithm of the noise ratio.

    The step to sigma = 0 is Euler's. `history` is the last two slopes, newest first.
    """
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0 = denoise(x, at)
        slopes = (eps_of(x, x0, at), *history)[:3]
        if at.alpha == 0 or to.sigma == 0:
            x = move(x, x0, at, to)
        else:
            logs = [math.log(ratio) for ratio in _slope_ratios(path, i, slopes)]
            shares = _compute_quadrature_weights(logs, math.log(at.ratio), math.log(to.ratio), math.exp)
            x = transfer(x, weighted(shares, slopes), at, to)
        history = slopes[:2]
        yield Step(i + 1, of, to, x, x0, history)


def _slope_ratios(path: NoisePath, i: int, slopes: Sequence[Array]) -> list[float]:
    """Return the noise ratios at which the past slopes were evaluated, newest first. An infinite ratio at the start of
    the path is omitted.
    """
    levels: tuple[NoiseLevel, ...] = path[i + 1 - len(slopes) : i + 1]
    return [at.ratio for at in reversed(levels) if at.alpha]


def _compute_quadrature_weights(
    nodes: Sequence[float],
    start: float,
    end: float,
    density: Callable[[float], float] = lambda u: 1.0,
) -> list[float]:
    """Return the weights of a quadrature rule, one per node. The weighted sum of a function's values at the `nodes` is
    the mean of the polynomial through these values.

    The mean is taken over start … end with weight `density`. The weights sum to 1.
    """
    weights, total = [0.0] * len(nodes), 0.0
    for place, share in _GAUSS:
        u = start + place * (end - start)
        mass = share * density(u)
        total += mass
        for j, node in enumerate(nodes):
            others = [other for k, other in enumerate(nodes) if k != j]
            weights[j] += mass * math.prod((u - other) / (node - other) for other in others)
    return [weight / total for weight in weights]
