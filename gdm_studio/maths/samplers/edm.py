"""EDM's stochastic sampler: Heun's method, with a small amount of noise added before each step."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.noise_path import Array, Denoise, History, Noise, NoisePath, Step
from gdm_studio.maths.numeric_parameters import Param
from gdm_studio.maths.processes.coordinates import on_curve
from gdm_studio.maths.samplers.heun import heun_step
from gdm_studio.maths.samplers.registry import sampler

Churn = Annotated[
    float,
    Param(
        QT_TRANSLATE_NOOP("Setting", "Churn"),
        0.0,
        200.0,
        QT_TRANSLATE_NOOP("Setting", "Fresh noise over the whole run: 0 is Heun, 40 the paper's choice."),
    ),
]
Least = Annotated[
    float,
    Param(
        QT_TRANSLATE_NOOP("Setting", "Churn above"),
        0.0,
        100.0,
        QT_TRANSLATE_NOOP("Setting", "No fresh noise where less noise than this is left."),
    ),
]
Most = Annotated[
    float,
    Param(
        QT_TRANSLATE_NOOP("Setting", "Churn below"),
        0.0,
        1000.0,
        QT_TRANSLATE_NOOP("Setting", "No fresh noise where more noise than this is left."),
    ),
]
Inflation = Annotated[
    float,
    Param(
        QT_TRANSLATE_NOOP("Setting", "Noise scale"),
        0.9,
        1.1,
        QT_TRANSLATE_NOOP("Setting", "Size of the fresh noise; a little over 1 keeps detail."),
    ),
]


@sampler(
    "edm",
    title=QT_TRANSLATE_NOOP("Setting", "EDM stochastic"),
    summary=QT_TRANSLATE_NOOP(
        "Setting",
        "Heun with fresh noise before each step, which mends earlier errors; for many steps and finest quality.",
    ),
    paper="Karras et al. 2022, arXiv:2206.00364, algorithm 2; defaults of its table 5 for ImageNet",
    calls_per_step=2,
    stochastic=True,
    steps=(30, 256),
    default_steps=40,
    own_law=True,
    temperature=QT_TRANSLATE_NOOP(
        "Setting", "With a noise scale over 1 pictures are slightly more varied than the temperature asks."
    ),
)
def edm(
    denoise: Denoise,
    x: Array,
    path: NoisePath,
    noise: Noise,
    *,
    start: int = 0,
    history: History = (),
    churn: Churn = 40.0,
    churn_above: Least = 0.05,
    churn_below: Most = 50.0,
    noise_scale: Inflation = 1.003,
) -> Iterator[Step]:
    """Sample with EDM's stochastic method: Heun steps that each start from a raised noise level.

    Where churn_above ≤ r ≤ churn_below, the noise ratio r is raised to r·(1 + min(churn/n, √2 − 1)) for n steps.
    """
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        if churn and churn_above <= at.ratio <= churn_below:
            raised = on_curve(at.ratio * (1 + min(churn / of, math.sqrt(2) - 1)), at)
            added = raised.alpha * math.sqrt(raised.ratio**2 - at.ratio**2)
            x = raised.alpha / at.alpha * x + added * noise_scale * noise(i + 1, x)
            at = raised
        x, x0 = heun_step(denoise, x, at, to)
        yield Step(i + 1, of, to, x, x0)
