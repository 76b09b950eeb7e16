"""DPM2: the midpoint rule on the probability-flow ODE, the middle taken in log-SNR."""

from __future__ import annotations

import math
from collections.abc import Iterator

from gdm_studio.maths.path import Array, Denoise, Noise, Path, Point, Step, eps_of
from gdm_studio.maths.samplers.coordinates import halfway
from gdm_studio.maths.samplers.ddim import Eta, along, ancestral_sigma, move
from gdm_studio.maths.samplers.spec import sampler

PAPER = "Lu et al. 2022, arXiv:2206.00927, algorithm 1 (DPM-Solver-2), written in sigma / alpha"


@sampler(
    "dpm2",
    title="DPM2",
    summary="Takes the slope at the middle of each step: two evaluations, second order.",
    paper=PAPER,
    group="Classic",
    order=2,
    calls_per_step=2,
)
def dpm2(
    denoise: Denoise,
    x: Array,
    path: Path,
    noise: Noise,
    *,
    start: int = 0,
    carry: tuple[Array, ...] = (),
) -> Iterator[Step]:
    """y′ = y + (r′ − r)·eps(middle) with y = x/alpha, r = sigma/alpha; Euler's step to sigma = 0."""
    yield from _midpoint(denoise, x, path, noise, start=start, eta=0.0)


@sampler(
    "dpm2_a",
    title="DPM2 a",
    summary="DPM2 with fresh noise at every step (ancestral): two evaluations, pictures keep changing.",
    paper=f"{PAPER}, with ancestral steps",
    group="Stochastic",
    calls_per_step=2,
    stochastic=True,
    steps=(20, 100),
)
def dpm2_a(
    denoise: Denoise,
    x: Array,
    path: Path,
    noise: Noise,
    *,
    start: int = 0,
    carry: tuple[Array, ...] = (),
    eta: Eta = 1.0,
) -> Iterator[Step]:
    """DPM2 to less noise than the next point has, then fresh noise up to it (as Euler a)."""
    yield from _midpoint(denoise, x, path, noise, start=start, eta=eta)


def _midpoint(denoise: Denoise, x: Array, path: Path, noise: Noise, *, start: int, eta: float) -> Iterator[Step]:
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        up = eta * ancestral_sigma(at, to)
        down = Point(to.alpha, math.sqrt(max(to.sigma**2 - up**2, 0.0)))
        x0 = denoise(x, at)
        if down.sigma == 0 or at.alpha == 0:
            x = move(x, x0, at, down, 0.0)
        else:
            middle = halfway(at, down)
            there = move(x, x0, at, middle, 0.0)
            x = along(x, eps_of(there, denoise(there, middle), middle), at, down)
        if up:
            x = x + up * noise(i + 1, x)
        yield Step(i + 1, of, to, x, x0)
