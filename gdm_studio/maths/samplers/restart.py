"""Restart sampling: Heun's method, which returns to a higher noise level several times."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.noise_path import Array, Denoise, History, Noise, NoisePath, Step
from gdm_studio.maths.numeric_parameters import Param
from gdm_studio.maths.samplers.heun import heun_step
from gdm_studio.maths.samplers.registry import sampler

Times = Annotated[
    float,
    Param(
        QT_TRANSLATE_NOOP("Setting", "Restarts"),
        0.0,
        20.0,
        QT_TRANSLATE_NOOP("Setting", "How often to go back and come down again; 0 is Heun."),
    ),
]
Low = Annotated[
    float,
    Param(
        QT_TRANSLATE_NOOP("Setting", "Restart at"),
        0.0,
        10.0,
        QT_TRANSLATE_NOOP("Setting", "The noise ratio from which it goes back."),
    ),
]
High = Annotated[
    float,
    Param(
        QT_TRANSLATE_NOOP("Setting", "Restart from"),
        0.0,
        100.0,
        QT_TRANSLATE_NOOP("Setting", "The noise ratio it goes back to."),
    ),
]


@sampler(
    "restart",
    title=QT_TRANSLATE_NOOP("Setting", "Restart"),
    summary=QT_TRANSLATE_NOOP(
        "Setting",
        "Heun that goes back to more noise twice near the end and comes down again, which mends earlier errors.",
    ),
    paper="Xu et al. 2023, arXiv:2306.14878, section 3",
    calls_per_step=4,
    stochastic=True,
    steps=(15, 60),
)
def restart(
    denoise: Denoise,
    x: Array,
    path: NoisePath,
    noise: Noise,
    *,
    start: int = 0,
    history: History = (),
    restarts: Times = 2.0,
    restart_at: Low = 0.1,
    restart_from: High = 2.0,
) -> Iterator[Step]:
    """Sample with Heun steps and, after the first step that reaches a noise ratio ≤ restart_at, return to a higher
    noise level `restarts` times.

    A round adds noise back to the last level with a ratio ≥ restart_from, then takes Heun steps down the levels of the
    path. (In the paper, rounds have their own levels.) All rounds are part of one Step. `restarts` is an integer.
    """
    of = len(path) - 1
    low = next(i for i, at in enumerate(path) if at.sigma == 0 or at.ratio <= restart_at)
    high = max((i for i, at in enumerate(path[:low]) if math.inf > at.ratio >= restart_from), default=low)
    for i in range(start, of):
        x, x0 = heun_step(denoise, x, path[i], path[i + 1])
        if i + 1 == low:
            for round_ in range(round(restarts) if high < low else 0):
                x = _add_noise_back(x, path, low, high, noise(i + 1, x, round_) if round_ else noise(i + 1, x))
                for j in range(high, low):
                    x, x0 = heun_step(denoise, x, path[j], path[j + 1])
        yield Step(i + 1, of, path[i + 1], x, x0)


def _add_noise_back(x: Array, path: NoisePath, low: int, high: int, z: Array) -> Array:
    """Add noise z to x as in the forward process, so that its noise level rises from path[low] back to path[high]."""
    at, to = path[low], path[high]
    return to.alpha * (x / at.alpha + math.sqrt(to.ratio**2 - at.ratio**2) * z)
