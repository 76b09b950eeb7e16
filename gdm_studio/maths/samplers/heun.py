"""Heun's second-order method on the probability-flow ODE, in two coordinates."""

from __future__ import annotations

from collections.abc import Iterator

from gdm_studio.maths.path import Array, Carry, Denoise, Noise, Path, Point, Step, eps_of
from gdm_studio.maths.samplers.ddim import along, move
from gdm_studio.maths.samplers.spec import sampler


@sampler(
    "heun",
    title="Heun",
    summary="Looks ahead and corrects each step: two evaluations, much nearer to the exact way than Euler.",
    paper="Karras et al. 2022, arXiv:2206.00364, algorithm 1",
    order=2,
    calls_per_step=2,
)
def heun(denoise: Denoise, x: Array, path: Path, noise: Noise, *, start: int = 0, carry: Carry = ()) -> Iterator[Step]:
    """The trapezium rule on dy/dr = eps with y = x/alpha, r = sigma/alpha; Euler's step to sigma = 0."""
    of = len(path) - 1
    for i in range(start, of):
        x, x0 = heun_step(denoise, x, path[i], path[i + 1])
        yield Step(i + 1, of, path[i + 1], x, x0)


@sampler(
    "flow_heun",
    title="Flow Heun",
    summary="Heun in even steps, which suit the straight paths of flow models; for any model.",
    paper="Heun's rule on the velocity of Liu et al. 2022, arXiv:2209.03003, eq. 1",
    order=2,
    calls_per_step=2,
    default_steps=15,
    default_spacing="trailing",
)
def flow_heun(
    denoise: Denoise, x: Array, path: Path, noise: Noise, *, start: int = 0, carry: Carry = ()
) -> Iterator[Step]:
    """The trapezium rule on du/dt = eps − x0 with u = x/(alpha + sigma), t = sigma/(alpha + sigma).

    Every Gaussian path is a straight one in these coordinates, finite at alpha = 0; Euler's step to sigma = 0.
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


def heun_step(denoise: Denoise, x: Array, at: Point, to: Point) -> tuple[Array, Array]:
    """(x at `to`, x0 predicted at `at`); where the slope has no end (sigma′ = 0, alpha = 0) it is Euler's step."""
    x0 = denoise(x, at)
    ahead = move(x, x0, at, to)
    if to.sigma == 0 or at.alpha == 0:
        return ahead, x0
    slope_ahead = eps_of(ahead, denoise(ahead, to), to)
    return along(x, (eps_of(x, x0, at) + slope_ahead) / 2, at, to), x0
