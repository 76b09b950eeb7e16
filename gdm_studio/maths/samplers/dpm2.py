"""DPM2: the midpoint rule for the probability-flow ODE, with the midpoint of each step taken in log-SNR."""

from __future__ import annotations

from collections.abc import Iterator

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.noise_path import Array, Denoise, History, Noise, NoisePath, Step, eps_of
from gdm_studio.maths.posterior import posterior_sigma
from gdm_studio.maths.processes.coordinates import halfway
from gdm_studio.maths.samplers.ddim import Eta, less_noisy, move, transfer
from gdm_studio.maths.samplers.registry import sampler

PAPER = "Lu et al. 2022, arXiv:2206.00927, algorithm 1 (DPM-Solver-2), written in sigma / alpha"


@sampler(
    "dpm2",
    title=QT_TRANSLATE_NOOP("Setting", "DPM2"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "Looks at the middle of each step first: two evaluations, about as exact as Heun."
    ),
    paper=PAPER,
    order=2,
    calls_per_step=2,
)
def dpm2(
    denoise: Denoise, x: Array, path: NoisePath, noise: Noise, *, start: int = 0, history: History = ()
) -> Iterator[Step]:
    """Sample with DPM2, y′ = y + (r′ − r)·eps(middle), where y = x/alpha and r = sigma/alpha.

    The step to sigma = 0 is Euler's.
    """
    yield from _midpoint(denoise, x, path, noise, start=start, eta=0.0)


@sampler(
    "dpm2_a",
    title=QT_TRANSLATE_NOOP("Setting", "DPM2 a"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "DPM2 with fresh noise at every step (ancestral): two evaluations, pictures keep changing."
    ),
    paper=f"{PAPER}, with ancestral steps",
    calls_per_step=2,
    stochastic=True,
    steps=(20, 100),
    temperature=QT_TRANSLATE_NOOP("Setting", "At temperatures of 0.25 and less it wants 60 steps or more."),
)
def dpm2_a(
    denoise: Denoise, x: Array, path: NoisePath, noise: Noise, *, start: int = 0, history: History = (), eta: Eta = 1.0
) -> Iterator[Step]:
    """Sample with ancestral DPM2, a midpoint method that adds fresh noise at every step.

    The DPM2 step goes below the noise of the next level, and fresh noise makes up the difference, as in Euler a.
    """
    yield from _midpoint(denoise, x, path, noise, start=start, eta=eta)


def _midpoint(denoise: Denoise, x: Array, path: NoisePath, noise: Noise, *, start: int, eta: float) -> Iterator[Step]:
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        up = eta * posterior_sigma(at, to)
        down = less_noisy(to, up)
        x0 = denoise(x, at)
        if down.sigma == 0 or at.alpha == 0:
            x = move(x, x0, at, down)
        else:
            middle = halfway(at, down)
            there = move(x, x0, at, middle)
            x = transfer(x, eps_of(there, denoise(there, middle), middle), at, down)
        if up:
            x = x + up * noise(i + 1, x)
        yield Step(i + 1, of, to, x, x0)
