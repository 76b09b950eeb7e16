"""Analytic-DPM: DDPM's and DDIM's means with the reverse variance that is best for the model."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Annotated

from gdm_studio.errors import BadRequest
from gdm_studio.maths.knobs import Knob
from gdm_studio.maths.path import Array, Carry, Denoise, Noise, Path, Point, Step
from gdm_studio.maths.samplers.ddim import ancestral_sigma, move
from gdm_studio.maths.samplers.spec import sampler

PAPER = "Bao et al. 2022, arXiv:2201.06503"
LastNoise = Annotated[float, Knob("Last noise", 0.0, 1.0, "Share of the last step's noise: 1 is the exact law.")]


@sampler(
    "analytic_ddpm",
    title="Analytic-DPM",
    summary="DDPM with the amount of noise that is best for this model, as measured of it: fewer steps than DDPM.",
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
    title="Analytic-DDIM",
    summary="DDIM with the little fresh noise that is best for this model, as measured of it.",
    paper=f"{PAPER}, eq. 11 with lambda = 0",
    stochastic=True,
    steps=(25, 200),
    default_steps=50,
    default_spacing="linspace",
    needs="reverse_variance",
    preset={"eta": 0.0},
)
def analytic(
    denoise: Denoise, x: Array, path: Path, noise: Noise, *, start: int = 0, carry: Carry = (), eta: float = 1.0,
    reverse_variance: Callable[[Point, Point, float], float] | None = None, last_noise: LastNoise = 0.0
) -> Iterator[Step]:
    """The DDIM(eta) mean plus noise of variance `reverse_variance(at, to, eta)`, which is lambda² + w²·Cov(x0 | x).

    The last step's noise, of variance Cov, is part of the law but not of a picture: `last_noise` (0 … 1) of it is
    drawn. Raises BadRequest without `reverse_variance`, which comes from the model's measured score norms.
    """
    if reverse_variance is None:
        raise BadRequest("Analytic-DPM needs a model with measured score norms; choose another scheduler.")
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0 = denoise(x, at)
        spread = math.sqrt(reverse_variance(at, to, eta)) * (1.0 if to.sigma > 0 else last_noise)
        x = move(x, x0, at, to, up=eta * ancestral_sigma(at, to))
        if spread:
            x = x + spread * noise(i + 1, x)
        yield Step(i + 1, of, to, x, x0)
