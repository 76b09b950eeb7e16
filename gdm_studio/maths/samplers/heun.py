"""Heun's second-order method for the probability-flow ODE, in two systems of coordinates."""

from __future__ import annotations

from collections.abc import Iterator

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.noise_path import Array, Denoise, History, Noise, NoiseLevel, NoisePath, Step, eps_of
from gdm_studio.maths.samplers.ddim import move, transfer
from gdm_studio.maths.samplers.registry import sampler


@sampler(
    "heun",
    title=QT_TRANSLATE_NOOP("Setting", "Heun"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "Looks ahead and corrects each step: two evaluations, much nearer to the exact way than Euler."
    ),
    paper="Karras et al. 2022, arXiv:2206.00364, algorithm 1",
    order=2,
    calls_per_step=2,
)
def heun(
    denoise: Denoise, x: Array, path: NoisePath, noise: Noise, *, start: int = 0, history: History = ()
) -> Iterator[Step]:
    """Sample with Heun's method: the trapezoidal rule for dy/dr = eps, where y = x/alpha and r = sigma/alpha.

    The step to sigma = 0 is Euler's.
    """
    of = len(path) - 1
    for i in range(start, of):
        x, x0 = heun_step(denoise, x, path[i], path[i + 1])
        yield Step(i + 1, of, path[i + 1], x, x0)


@sampler(
    "flow_heun",
    title=QT_TRANSLATE_NOOP("Setting", "Flow Heun"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "Heun in even steps, which suit the straight paths of flow models; for any model."
    ),
    paper="Heun's rule on the velocity of Liu et al. 2022, arXiv:2209.03003, eq. 1",
    order=2,
    calls_per_step=2,
    default_steps=15,
    default_spacing="trailing",
)
def flow_heun(
    denoise: Denoise, x: Array, path: NoisePath, noise: Noise, *, start: int = 0, history: History = ()
) -> Iterator[Step]:
    """Sample with Heun's second-order method in the coordinates of flow models, in which noise paths are straight
    lines.

    It is the trapezoidal rule for du/dt = eps − x0, where u = x/(alpha + sigma) and t = sigma/(alpha + sigma). Every
    Gaussian path is straight in these coordinates, and they are finite at alpha = 0. The step to sigma = 0 is Euler's.
    """
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0 = denoise(x, at)
        ahead = move(x, x0, at, to)
        if to.sigma > 0:
            x0_ahead = denoise(ahead, to)
            size, size_ahead = at.alpha + at.sigma, to.alpha + to.sigma
            dt = to.sigma / size_ahead - at.sigma / size
            velocity = eps_of(x, x0, at) - x0
            ahead = size_ahead * (x / size + dt / 2 * (velocity + eps_of(ahead, x0_ahead, to) - x0_ahead))
        x = ahead
        yield Step(i + 1, of, to, x, x0)


def heun_step(denoise: Denoise, x: Array, at: NoiseLevel, to: NoiseLevel) -> tuple[Array, Array]:
    """Take one step of Heun's method. Return x at the noise level `to`, and the x0 predicted at `at`.

    If one end of the step has no slope (sigma′ = 0 or alpha = 0), it is Euler's step.
    """
    x0 = denoise(x, at)
    ahead = move(x, x0, at, to)
    if to.sigma == 0 or at.alpha == 0:
        return ahead, x0
    slope_ahead = eps_of(ahead, denoise(ahead, to), to)
    return transfer(x, (eps_of(x, x0, at) + slope_ahead) / 2, at, to), x0
