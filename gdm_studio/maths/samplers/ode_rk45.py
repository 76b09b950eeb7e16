"""The probability-flow ODE by Dormand and Prince's adaptive method. This module waits for the device: whether a step
is good enough depends on the numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated

from gdm_studio.maths.arrays import picture_norm, weighted
from gdm_studio.maths.knobs import Knob
from gdm_studio.maths.path import Array, Carry, Denoise, Noise, Path, Point, Step
from gdm_studio.maths.samplers.coordinates import on_curve
from gdm_studio.maths.samplers.ddim import move
from gdm_studio.maths.samplers.spec import sampler

# Dormand and Prince 1980, table 2: where and how far each stage looks, and fifth minus embedded fourth order
_NODES = (1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0)
_STAGES: tuple[tuple[float, ...], ...] = (
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)
_ERROR = (71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40)

_WHOLE = 2**20  # an interval of the path in its smallest steps

Slope = Callable[[Array, float], Array]
Tolerance = Annotated[float, Knob("Tolerance", 1e-8, 0.1, "Error allowed in a step; smaller is slower and more exact.")]


@sampler(
    "ode_rk45",
    title="RK45",
    summary="Follows the exact way to a tolerance, with as many evaluations as that takes.",
    paper="Song et al. 2021, arXiv:2011.13456, section 4.3; Dormand and Prince 1980",
    order=5,
    calls_per_step=7,
    affine=False,
    steps=(5, 50),
    default_steps=10,
)
def ode_rk45(
    denoise: Denoise, x: Array, path: Path, noise: Noise, *, start: int = 0, carry: Carry = (),
    tolerance: Tolerance = 1e-4
) -> Iterator[Step]:
    """Each interval of the path to `tolerance`, relative and absolute; Euler's step to sigma = 0.

    It solves du/dt = (u − x0)/t with u = x/(alpha + sigma), t = sigma/(alpha + sigma), finite at alpha = 0. x is
    (N, …) with an error norm and steps of its own for every picture.
    """
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0 = denoise(x, at)
        x = move(x, x0, at, to) if to.sigma == 0 else _solved(denoise, x, x0, (at, to), tolerance)
        yield Step(i + 1, of, to, x, x0)


def _solved(denoise: Denoise, x: Array, x0: Array, interval: tuple[Point, Point], tolerance: float) -> Array:
    """x at the end of an interval of the path, x0 being the prediction at its start."""
    at, to = interval
    size, size_to = at.alpha + at.sigma, to.alpha + to.sigma
    t, t_to = at.sigma / size, to.sigma / size_to

    def slope(u: Array, share: float) -> Array:
        now = t + share * (t_to - t)
        there = to if share == 1 else on_curve(now / (1 - now), to) if now < 1 else at
        return (t_to - t) * (u - denoise((there.alpha + there.sigma) * u, there)) / now

    return size_to * integrate(slope, x / size, (t_to - t) * (x - size * x0) / size / t, tolerance)


def integrate(slope: Slope, u: Array, first: Array, tolerance: float) -> Array:
    """u(1) of du/ds = slope(u, s) from u at s = 0, where the slope is `first`; u is (N, …).

    Steps are halved and doubled for each picture alone; pictures at the same place with the same step share the
    evaluation. Below 1/2^20 of the interval a step is taken as it is.
    """
    u, first = u * 1.0, first * 1.0  # copies: rows are written below
    place, step = [0] * len(u), [_WHOLE] * len(u)
    while min(place) < _WHOLE:
        now = min(zip(place, step, strict=True))
        ahead, last, error = _attempt(slope, u, first, (now[0] / _WHOLE, now[1] / _WHOLE), tolerance)
        errors = error.reshape(-1).tolist()
        for row in [row for row, key in enumerate(zip(place, step, strict=True)) if key == now]:
            if errors[row] <= 1 or step[row] == 1:
                u[row], first[row] = ahead[row], last[row]
                place[row] += step[row]
                # fifth order: twice the step has about 2⁵ times the error; steps stay aligned to their length
                if errors[row] < 1 / 64 and place[row] % (2 * step[row]) == 0:
                    step[row] *= 2
            else:
                step[row] //= 2
    return u


def _attempt(
    slope: Slope, u: Array, first: Array, span: tuple[float, float], tolerance: float
) -> tuple[Array, Array, Array]:
    """One step of every picture: (u at its end, the slope there, the error in units of what is allowed (N, …))."""
    s, h = span
    slopes, ahead = [first], u
    for node, weights in zip(_NODES, _STAGES, strict=True):
        ahead = u + h * weighted(weights, slopes)
        slopes.append(slope(ahead, s + node * h))
    error = h * weighted(_ERROR, slopes)
    return ahead, slopes[-1], picture_norm(error / (tolerance * (1 + abs(u))))
