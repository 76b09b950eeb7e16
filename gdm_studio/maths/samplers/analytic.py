"""Analytic-DPM: DDPM and DDIM with the reverse variance that is optimal for the model."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Annotated

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.noise_path import Array, Denoise, History, Noise, NoiseLevel, NoisePath, Step
from gdm_studio.maths.numeric_parameters import Param
from gdm_studio.maths.posterior import posterior_sigma
from gdm_studio.maths.samplers.ddim import move
from gdm_studio.maths.samplers.registry import sampler

PAPER = "Bao et al. 2022, arXiv:2201.06503"
LastNoise = Annotated[
    float,
    Param(
        QT_TRANSLATE_NOOP("Setting", "Last noise"),
        0.0,
        1.0,
        QT_TRANSLATE_NOOP("Setting", "Share of the last step's noise: 1 is the exact law."),
    ),
]


@sampler(
    "analytic_ddpm",
    title=QT_TRANSLATE_NOOP("Setting", "Analytic-DPM"),
    summary=QT_TRANSLATE_NOOP(
        "Setting",
        "DDPM with the amount of noise that is best for this model, as measured of it: fewer steps than DDPM.",
    ),
    paper=f"{PAPER}, theorem 1 and eq. 11 with DDPM's lambda",
    stochastic=True,
    steps=(25, 200),
    default_steps=50,
    default_spacing="linspace",
    needs="reverse_variance",
    preset={"eta": 1.0},
)
@sampler(
    "analytic_ddim",
    title=QT_TRANSLATE_NOOP("Setting", "Analytic-DDIM"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "DDIM with the little fresh noise that is best for this model, as measured of it."
    ),
    paper=f"{PAPER}, eq. 11 with lambda = 0",
    stochastic=True,
    steps=(25, 200),
    default_steps=50,
    default_spacing="linspace",
    needs="reverse_variance",
    preset={"eta": 0.0},
)
def analytic(
    denoise: Denoise,
    x: Array,
    path: NoisePath,
    noise: Noise,
    *,
    start: int = 0,
    history: History = (),
    eta: float = 1.0,
    reverse_variance: Callable[[NoiseLevel, NoiseLevel, float], float] | None = None,
    last_noise: LastNoise = 0.0,
) -> Iterator[Step]:
    """Sample with Analytic-DPM: DDIM(eta) steps with noise of the variance `reverse_variance(at, to, eta)`.

    This variance is lambda² + w²·Cov(x0 | x) and comes from the model's measured score norms. In the last step, noise
    of variance Cov would give the exact distribution but a noisy image. Therefore only the fraction `last_noise` (0 …
    1) of it is added. Raises BadRequest without `reverse_variance`.
    """
    if reverse_variance is None:
        raise BadRequest("Analytic-DPM needs a model with measured score norms; choose another scheduler.")
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0 = denoise(x, at)
        spread = math.sqrt(reverse_variance(at, to, eta)) * (1.0 if to.sigma > 0 else last_noise)
        x = move(x, x0, at, to, up=eta * posterior_sigma(at, to))
        if spread:
            x = x + spread * noise(i + 1, x)
        yield Step(i + 1, of, to, x, x0)
