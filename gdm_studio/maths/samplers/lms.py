"""Linear multistep methods: the slopes of past steps, interpolated by a polynomial that is integrated exactly."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from gdm_studio.maths.arrays import weighted
from gdm_studio.maths.path import Array, Carry, Denoise, Noise, Path, Point, Step, eps_of
from gdm_studio.maths.samplers.ddim import along, move
from gdm_studio.maths.samplers.spec import sampler

# Gauss-Legendre on (0, 1): exact for polynomials to degree 15, and for these times e^u to a float's last digits
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
    title="LMS",
    summary="Remembers its last four directions: exact with many steps, rough with few.",
    paper="Adams and Bashforth's method in sigma / alpha, as in k-diffusion's sample_lms; variable steps, order 4",
    order=4,
    steps=(25, 100),
    default_steps=30,
)
def lms(denoise: Denoise, x: Array, path: Path, noise: Noise, *, start: int = 0, carry: Carry = ()) -> Iterator[Step]:
    """Slopes polynomial in the noise ratio, all the way to 0; `carry` = the last three slopes, newest first."""
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0 = denoise(x, at)
        slopes = (eps_of(x, x0, at), *carry)[:4]
        if at.alpha == 0:
            x = move(x, x0, at, to)
        else:
            x = along(x, weighted(_polynomial(_known(path, i, slopes), at.ratio, to.ratio), slopes), at, to)
        carry = slopes[:3]
        yield Step(i + 1, of, to, x, x0, carry)


@sampler(
    "deis",
    title="DEIS",
    summary="Remembers its last three directions, for one evaluation a step: exact from few steps on.",
    paper="Zhang and Chen 2022, arXiv:2204.13902, eq. 14 and 15, in log rho as in diffusers; order 3",
    order=3,
    steps=(10, 40),
    default_spacing="exponential",
)
def deis(denoise: Denoise, x: Array, path: Path, noise: Noise, *, start: int = 0, carry: Carry = ()) -> Iterator[Step]:
    """Slopes polynomial in log ratio; Euler's step to 0. `carry` = the last two slopes, newest first."""
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0 = denoise(x, at)
        slopes = (eps_of(x, x0, at), *carry)[:3]
        if at.alpha == 0 or to.sigma == 0:
            x = move(x, x0, at, to)
        else:
            logs = [math.log(ratio) for ratio in _known(path, i, slopes)]
            shares = _polynomial(logs, math.log(at.ratio), math.log(to.ratio), math.exp)
            x = along(x, weighted(shares, slopes), at, to)
        carry = slopes[:2]
        yield Step(i + 1, of, to, x, x0, carry)


def _known(path: Path, i: int, slopes: Sequence[Array]) -> list[float]:
    """The noise ratios of the slopes, newest first; the start of a path at alpha = 0, infinitely far, is left out."""
    points: tuple[Point, ...] = path[i + 1 - len(slopes) : i + 1]
    return [at.ratio for at in reversed(points) if at.alpha]


def _polynomial(
    nodes: Sequence[float],
    start: float,
    end: float,
    density: Callable[[float], float] = lambda u: 1.0,
) -> list[float]:
    """Weights, of sum 1, of the values at `nodes` in their polynomial's mean over start … end under `density`."""
    weights, total = [0.0] * len(nodes), 0.0
    for place, share in _GAUSS:
        u = start + place * (end - start)
        mass = share * density(u)
        total += mass
        for j, node in enumerate(nodes):
            others = [other for k, other in enumerate(nodes) if k != j]
            weights[j] += mass * math.prod((u - other) / (node - other) for other in others)
    return [weight / total for weight in weights]
