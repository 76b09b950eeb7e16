"""Annealed Langevin dynamics: many small noisy steps at every noise level, the levels falling."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated

from gdm_studio.errors import BadRequest
from gdm_studio.maths.knobs import Knob
from gdm_studio.maths.path import Array, Carry, Denoise, Noise, Path, Step
from gdm_studio.maths.samplers.spec import sampler

LAW = "The steps add a little spread of their own: pictures are slightly more varied than the temperature asks."

Each = Annotated[float, Knob("Steps a level", 1.0, 200.0, "Langevin steps, and evaluations, at every noise level.")]
Size = Annotated[float, Knob("Step size", 0.001, 1.0, "Of a Langevin step, in units of the level's noise variance.")]


@sampler(
    "ncsn",
    title="Langevin (NCSN)",
    summary="Wanders about at every noise level (annealed Langevin): ten steps of a hundred evaluations each.",
    paper="Song and Ermon 2019, arXiv:1907.05600, algorithm 1; step size 0.2 is their 2e-5 at sigma 0.01",
    calls_per_step=100,
    stochastic=True,
    steps=(10, 30),
    default_steps=10,
    default_spacing="exponential",
    own_law=True,
    temperature=LAW,
)
def ncsn(
    denoise: Denoise, x: Array, path: Path, noise: Noise, *, start: int = 0, carry: Carry = (), each: Each = 100.0,
    step_size: Size = 0.2
) -> Iterator[Step]:
    """x += a/2·score + √a·z with a = step_size·sigma², `each` times a level; the last step ends in a prediction."""
    yield from _annealed(denoise, x, path, noise, start=start, each=each, step=step_size / 2)


@sampler(
    "ncsnv2",
    title="Langevin (NCSNv2)",
    summary="Wanders less, at more noise levels: some two hundred steps of five evaluations each.",
    paper="Song and Ermon 2020, arXiv:2006.09011, algorithm 1; step size 0.062 is their 6.2e-6 at sigma 0.01",
    calls_per_step=5,
    stochastic=True,
    steps=(200, 500),
    default_steps=232,
    default_spacing="exponential",
    own_law=True,
    temperature=LAW,
)
def ncsnv2(
    denoise: Denoise, x: Array, path: Path, noise: Noise, *, start: int = 0, carry: Carry = (), each: Each = 5.0,
    step_size: Size = 0.062
) -> Iterator[Step]:
    """x += a·score + √(2a)·z with a = step_size·sigma²: the same size moves twice as far as in NCSN's."""
    yield from _annealed(denoise, x, path, noise, start=start, each=each, step=step_size)


def _annealed(
    denoise: Denoise, x: Array, path: Path, noise: Noise, *, start: int, each: float, step: float
) -> Iterator[Step]:
    """x/alpha is kept from level to level. Raises BadRequest for a path that starts at alpha = 0."""
    if path[start].alpha == 0:
        raise BadRequest("Langevin dynamics cannot start where alpha = 0; choose another spacing or scheduler.")
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        for k in range(round(each)):
            x0 = denoise(x, at)
            z = noise(i + 1, x, k) if k else noise(i + 1, x)
            # sigma²·score = alpha·x0 − x
            x = x + step * (at.alpha * x0 - x) + math.sqrt(2 * step) * at.sigma * z
        if to.sigma == 0:
            x0 = denoise(x, at)
            x = to.alpha * x0
        else:
            x = to.alpha / at.alpha * x
        yield Step(i + 1, of, to, x, x0)
