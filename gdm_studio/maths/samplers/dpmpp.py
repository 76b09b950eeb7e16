"""DPM-Solver++, multistep, in data prediction: the ODE, and the SDE with any share of fresh noise.

With y = x/alpha, lambda = log(alpha/sigma), h = lambda′ − lambda and k = (1 + eta)·h every step is
y′ = e^−k·y + (1 − e^−k)·D + noise, D being the predictions so far as a polynomial in lambda.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated

from gdm_studio.maths.knobs import Knob
from gdm_studio.maths.path import Array, Carry, Denoise, Noise, Path, Point, Step
from gdm_studio.maths.samplers.ddim import Eta
from gdm_studio.maths.samplers.spec import sampler

PAPER = "Lu et al. 2022, arXiv:2211.01095"
STIFF = "At temperatures of 0.25 and less it wants a hundred steps or more."
Curvature = Annotated[
    float, Knob("Curvature", 0.0, 1.0, "Weight of the second difference: 1 is third order, 0.5 as in other programs.")
]


@sampler(
    "dpmpp_2m",
    title="DPM++ 2M",
    summary="Remembers its last prediction, for one evaluation a step. The best picture for the time.",
    paper=f"{PAPER}, algorithm 2",
    order=2,
    steps=(10, 40),
)
def dpmpp_2m(
    denoise: Denoise, x: Array, path: Path, noise: Noise, *, start: int = 0, carry: Carry = ()
) -> Iterator[Step]:
    """`carry` = (the last x0,); a step without it, and the one to sigma = 0, is of first order."""
    yield from _second_order(denoise, x, path, noise, start=start, carry=carry, eta=0.0)


@sampler(
    "dpmpp_2m_sde",
    title="DPM++ 2M SDE",
    summary="DPM++ 2M with fresh noise at every step, which mends earlier errors; finer detail from 25 steps on.",
    paper=f"{PAPER} (SDE-DPM-Solver++ 2M); eta as in k-diffusion's sample_dpmpp_2m_sde",
    stochastic=True,
    steps=(20, 60),
    default_steps=25,
    temperature=STIFF,
)
def dpmpp_2m_sde(
    denoise: Denoise, x: Array, path: Path, noise: Noise, *, start: int = 0, carry: Carry = (), eta: Eta = 1.0
) -> Iterator[Step]:
    """The midpoint rule on the reverse SDE; at eta = 0 it is DPM++ 2M to the bit."""
    yield from _second_order(denoise, x, path, noise, start=start, carry=carry, eta=eta)


@sampler(
    "dpmpp_3m",
    title="DPM++ 3M",
    summary="Remembers its last two predictions: more exact than DPM++ 2M where the steps are fine.",
    paper=f"{PAPER} (multistep, third order), with the whole second derivative",
    order=3,
    steps=(15, 60),
    default_spacing="exponential",
)
def dpmpp_3m(
    denoise: Denoise, x: Array, path: Path, noise: Noise, *, start: int = 0, carry: Carry = (),
    curvature: Curvature = 1.0
) -> Iterator[Step]:
    """`carry` = the last two x0, newest first; the first steps are of lower order, the one to sigma = 0 of first.

    The second difference of three predictions is half of their second derivative; the public implementations take
    it for the whole, which leaves the method at second order. `curvature` 0.5 is theirs.
    """
    yield from _third_order(denoise, x, path, noise, start=start, carry=carry, eta=0.0, curvature=curvature)


@sampler(
    "dpmpp_3m_sde",
    title="DPM++ 3M SDE",
    summary="DPM++ 3M with fresh noise at every step; for 30 steps and more.",
    paper=f"{PAPER}, with the third-order rule of k-diffusion's sample_dpmpp_3m_sde",
    stochastic=True,
    steps=(30, 100),
    default_steps=40,
    default_spacing="exponential",
    temperature=STIFF,
)
def dpmpp_3m_sde(
    denoise: Denoise, x: Array, path: Path, noise: Noise, *, start: int = 0, carry: Carry = (), eta: Eta = 1.0,
    curvature: Curvature = 1.0
) -> Iterator[Step]:
    """The third-order rule on the reverse SDE; at eta = 0 it is DPM++ 3M to the bit."""
    yield from _third_order(denoise, x, path, noise, start=start, carry=carry, eta=eta, curvature=curvature)


def _second_order(
    denoise: Denoise, x: Array, path: Path, noise: Noise, *, start: int, carry: Carry, eta: float
) -> Iterator[Step]:
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0 = denoise(x, at)
        target = x0
        if carry and to.sigma > 0:
            h, h_last = to.log_snr - at.log_snr, at.log_snr - path[i - 1].log_snr
            target = x0 + h / (2 * h_last) * (x0 - carry[0])
        x = towards(x, target, at, to, eta=eta)
        if eta and to.sigma > 0:
            x = x + fresh_sigma(at, to, eta) * noise(i + 1, x)
        carry = (x0,)
        yield Step(i + 1, of, to, x, x0, carry)


def _third_order(
    denoise: Denoise,
    x: Array,
    path: Path,
    noise: Noise,
    *,
    start: int,
    carry: Carry,
    eta: float,
    curvature: float,
) -> Iterator[Step]:
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0 = denoise(x, at)
        x = towards(x, x0, at, to, eta=eta) + _bend(x0, carry, path, i, eta=eta, curvature=curvature)
        if eta and to.sigma > 0:
            x = x + fresh_sigma(at, to, eta) * noise(i + 1, x)
        carry = (x0, *carry)[:2]
        yield Step(i + 1, of, to, x, x0, carry)


def _bend(x0: Array, past: tuple[Array, ...], path: Path, i: int, *, eta: float, curvature: float) -> Array | float:
    """What the first and second derivative of the predictions in lambda, from the last two or three, add to x′."""
    known = tuple(x for x, point in zip(past, (path[i - 1], path[i - 2]), strict=False) if point.alpha)
    to = path[i + 1]
    if to.sigma == 0 or not known:
        return 0.0
    h, h_last = to.log_snr - path[i].log_snr, path[i].log_snr - path[i - 1].log_snr
    k = (1 + eta) * h
    phi_2 = math.expm1(-k) / k + 1
    newer = (x0 - known[0]) * (h / h_last)
    if len(known) == 1:
        return to.alpha * phi_2 * newer
    h_before = path[i - 1].log_snr - path[i - 2].log_snr
    older = (known[0] - known[1]) * (h / h_before)
    first = newer + (newer - older) * (h_last / (h_last + h_before))
    second = (newer - older) * (2 * curvature * h / (h_last + h_before))
    return to.alpha * (phi_2 * first - (phi_2 / k - 0.5) * second)


def towards(x: Array, target: Array, at: Point, to: Point, *, eta: float = 0.0) -> Array:
    """e^−k·x + (1 − e^−k)·target in x/alpha: the mean of the reverse SDE at `to`; the target itself at sigma′ = 0."""
    less = eta * (to.log_snr - at.log_snr) if eta else 0.0  # at alpha = 0 the distance is infinite
    # expm1 keeps 1 − e^−k exact for short steps; at sigma′ = 0 it is 1
    return to.sigma / at.sigma * math.exp(-less) * x - to.alpha * math.expm1(at.log_snr - to.log_snr - less) * target


def fresh_sigma(at: Point, to: Point, eta: float) -> float:
    """Standard deviation of the reverse SDE's noise over one step: sigma′·√(1 − e^(−2·eta·h))."""
    return to.sigma * math.sqrt(-math.expm1(-2 * eta * (to.log_snr - at.log_snr)))
