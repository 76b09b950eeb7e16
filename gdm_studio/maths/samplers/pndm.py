"""PNDM and PLMS: classic multistep rules on eps, each move made by DDIM's transfer."""

from __future__ import annotations

from collections.abc import Iterator

from gdm_studio.maths.arrays import weighted
from gdm_studio.maths.path import Array, Carry, Denoise, Noise, Path, Point, Step, eps_of
from gdm_studio.maths.samplers.coordinates import halfway
from gdm_studio.maths.samplers.ddim import along, move
from gdm_studio.maths.samplers.spec import sampler

PAPER = "Liu et al. 2022, arXiv:2202.09778"

# Adams and Bashforth for even steps, newest first; by the number of slopes known
_ADAMS = (
    (1.0,),
    (3 / 2, -1 / 2),
    (23 / 12, -16 / 12, 5 / 12),
    (55 / 24, -59 / 24, 37 / 24, -9 / 24),
)


@sampler(
    "plms",
    title="PLMS",
    summary="Remembers its last four directions; made for even steps. What Stable Diffusion came with.",
    paper=f"{PAPER}, eq. 12, started as in latent diffusion's plms.py",
    order=2,
    steps=(25, 100),
    default_steps=50,
    default_spacing="leading",
)
def plms(
    denoise: Denoise, x: Array, path: Path, noise: Noise, *, start: int = 0, carry: Carry = ()
) -> Iterator[Step]:
    """The first step looks ahead and averages (one evaluation more); `carry` = the last slopes, newest first."""
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0 = denoise(x, at)
        slopes = (eps_of(x, x0, at), *carry)[:4]
        if at.alpha == 0 or (len(slopes) == 1 and to.sigma == 0):
            x = move(x, x0, at, to)
        elif len(slopes) == 1:
            ahead = move(x, x0, at, to)
            x = along(x, (slopes[0] + eps_of(ahead, denoise(ahead, to), to)) / 2, at, to)
        else:
            x = along(x, weighted(_ADAMS[len(slopes) - 1], slopes), at, to)
        carry = slopes[:3]
        yield Step(i + 1, of, to, x, x0, carry)


@sampler(
    "pndm",
    title="PNDM",
    summary="PLMS with three careful first steps of four evaluations each; made for even steps.",
    paper=f"{PAPER}, eq. 12 and 13 (F-PNDM)",
    order=2,
    steps=(25, 100),
    default_steps=50,
    default_spacing="leading",
)
def pndm(
    denoise: Denoise, x: Array, path: Path, noise: Noise, *, start: int = 0, carry: Carry = ()
) -> Iterator[Step]:
    """Three pseudo Runge-Kutta steps (eq. 13), then PLMS; `carry` = the last slopes, newest first.

    The paper takes the middle of a step in time; a path knows no time, so it is taken in log-SNR.
    """
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0 = denoise(x, at)
        slopes = (eps_of(x, x0, at), *carry)[:4]
        if at.alpha == 0 or (len(slopes) < 4 and to.sigma == 0):
            x = move(x, x0, at, to)
        elif len(slopes) < 4:
            x = along(x, _runge_kutta(denoise, x, slopes[0], at, to), at, to)
        else:
            x = along(x, weighted(_ADAMS[len(slopes) - 1], slopes), at, to)
        carry = slopes[:3]
        yield Step(i + 1, of, to, x, x0, carry)


def _runge_kutta(denoise: Denoise, x: Array, first: Array, at: Point, to: Point) -> Array:
    """The mean slope of the classic fourth-order rule, `first` being the one at the start."""
    middle = halfway(at, to)

    def slope(eps: Array, end: Point) -> Array:
        there = along(x, eps, at, end)
        return eps_of(there, denoise(there, end), end)

    second = slope(first, middle)
    third = slope(second, middle)
    return (first + 2 * second + 2 * third + slope(third, to)) / 6
