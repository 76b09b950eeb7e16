"""EDM's stochastic sampler: a little noise is added before every step of Heun's."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated

from gdm_studio.maths.knobs import Knob
from gdm_studio.maths.path import Array, Carry, Denoise, Noise, Path, Step
from gdm_studio.maths.samplers.coordinates import on_curve
from gdm_studio.maths.samplers.heun import heun_step
from gdm_studio.maths.samplers.spec import sampler

Churn = Annotated[float, Knob("Churn", 0.0, 200.0, "Fresh noise over the whole run: 0 is Heun, 40 the paper's choice.")]
Least = Annotated[float, Knob("Churn above", 0.0, 100.0, "No fresh noise where less noise than this is left.")]
Most = Annotated[float, Knob("Churn below", 0.0, 1000.0, "No fresh noise where more noise than this is left.")]
Inflation = Annotated[float, Knob("Noise scale", 0.9, 1.1, "Size of the fresh noise; a little over 1 keeps detail.")]


@sampler(
    "edm",
    title="EDM stochastic",
    summary="Heun with fresh noise before each step, which mends earlier errors; for many steps and finest quality.",
    paper="Karras et al. 2022, arXiv:2206.00364, algorithm 2; defaults of its table 5 for ImageNet",
    calls_per_step=2,
    stochastic=True,
    steps=(30, 256),
    default_steps=40,
    own_law=True,
    temperature="With a noise scale over 1 pictures are slightly more varied than the temperature asks.",
)
def edm(
    denoise: Denoise, x: Array, path: Path, noise: Noise, *, start: int = 0, carry: Carry = (), churn: Churn = 40.0,
    churn_above: Least = 0.05, churn_below: Most = 50.0, noise_scale: Inflation = 1.003
) -> Iterator[Step]:
    """The ratio r = sigma/alpha is raised to r·(1 + min(churn/n, √2 − 1)) where churn_above ≤ r ≤ churn_below."""
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
