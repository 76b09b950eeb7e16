"""Annealed Langevin dynamics: many small noisy steps at each of several falling noise levels."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.noise_path import Array, Denoise, History, Noise, NoisePath, Step
from gdm_studio.maths.numeric_parameters import Param
from gdm_studio.maths.samplers.registry import sampler

LAW = QT_TRANSLATE_NOOP(
    "Setting",
    "The steps add a little spread of their own: pictures are slightly more varied than the temperature asks.",
)

Each = Annotated[
    float,
    Param(
        QT_TRANSLATE_NOOP("Setting", "Steps a level"),
        1.0,
        200.0,
        QT_TRANSLATE_NOOP("Setting", "Langevin steps, and evaluations, at every noise level."),
    ),
]
Size = Annotated[
    float,
    Param(
        QT_TRANSLATE_NOOP("Setting", "Step size"),
        0.001,
        1.0,
        QT_TRANSLATE_NOOP("Setting", "Of a Langevin step, in units of the level's noise variance."),
    ),
]


@sampler(
    "ncsn",
    title=QT_TRANSLATE_NOOP("Setting", "Langevin (NCSN)"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "Wanders about at every noise level (annealed Langevin): ten steps of a hundred evaluations each."
    ),
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
    denoise: Denoise,
    x: Array,
    path: NoisePath,
    noise: Noise,
    *,
    start: int = 0,
    history: History = (),
    each: Each = 100.0,
    step_size: Size = 0.2,
) -> Iterator[Step]:
    """Sample with NCSN's Langevin dynamics, x += a/2·score + √a·z with a = step_size·sigma².

    There are `each` steps per noise level, and the last step leads to a prediction.
    """
    yield from _langevin_steps(denoise, x, path, noise, start=start, each=each, step=step_size / 2)


@sampler(
    "ncsnv2",
    title=QT_TRANSLATE_NOOP("Setting", "Langevin (NCSNv2)"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "Wanders less, at more noise levels: some two hundred steps of five evaluations each."
    ),
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
    denoise: Denoise,
    x: Array,
    path: NoisePath,
    noise: Noise,
    *,
    start: int = 0,
    history: History = (),
    each: Each = 5.0,
    step_size: Size = 0.062,
) -> Iterator[Step]:
    """Sample with NCSNv2's Langevin dynamics, x += a·score + √(2a)·z with a = step_size·sigma².

    At the same step size, its steps are twice as long as NCSN's.
    """
    yield from _langevin_steps(denoise, x, path, noise, start=start, each=each, step=step_size)


def _langevin_steps(
    denoise: Denoise, x: Array, path: NoisePath, noise: Noise, *, start: int, each: float, step: float
) -> Iterator[Step]:
    """Take `each` Langevin steps at every noise level of the path. Between levels, x/alpha is unchanged.

    Raises BadRequest for a path that starts at alpha = 0.
    """
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
