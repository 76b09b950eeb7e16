"""Heun's second-order method on the probability-flow ODE."""

from __future__ import annotations

from collections.abc import Iterator

from gdm_studio.maths.path import Array, Denoise, Noise, Path, Step
from gdm_studio.maths.samplers.ddim import move
from gdm_studio.maths.samplers.spec import sampler


@sampler(
    "heun",
    title="Heun",
    summary="Looks ahead and corrects: two evaluations a step, twice the care of Euler.",
    paper="Karras et al. 2022, arXiv:2206.00364, algorithm 1",
    order=2,
    calls_per_step=2,
)
def heun(
    denoise: Denoise,
    x: Array,
    path: Path,
    noise: Noise,
    *,
    start: int = 0,
    carry: tuple[Array, ...] = (),
) -> Iterator[Step]:
    """The trapezium rule on dy/dr = (y − x0)/r with y = x/alpha, r = sigma/alpha; the last step is Euler's."""
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0 = denoise(x, at)
        ahead = move(x, x0, at, to, 0.0)
        if to.sigma > 0:
            slope = (x / at.alpha - x0) / at.ratio
            slope_ahead = (ahead / to.alpha - denoise(ahead, to)) / to.ratio
            ahead = to.alpha * (x / at.alpha + (to.ratio - at.ratio) / 2 * (slope + slope_ahead))
        x = ahead
        yield Step(i + 1, of, to, x, x0)
