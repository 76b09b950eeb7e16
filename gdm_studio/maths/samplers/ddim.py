"""DDIM and the samplers with the same update and other defaults: Euler, Euler ancestral and DDPM."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.noise_path import Array, Denoise, History, Noise, NoiseLevel, NoisePath, Step, eps_of
from gdm_studio.maths.numeric_parameters import Param
from gdm_studio.maths.posterior import posterior_sigma
from gdm_studio.maths.samplers.registry import sampler

Eta = Annotated[
    float,
    Param(
        QT_TRANSLATE_NOOP("Setting", "Eta"),
        0.0,
        1.0,
        QT_TRANSLATE_NOOP("Setting", "Fresh noise at every step: 0 none, 1 as much as DDPM."),
    ),
]


@sampler(
    "ddpm",
    title=QT_TRANSLATE_NOOP("Setting", "DDPM"),
    summary=QT_TRANSLATE_NOOP(
        "Setting",
        "The original sampler: fresh noise at every step, best with many. The same update as Euler a, even steps.",
    ),
    paper="Ho et al. 2020, arXiv:2006.11239, algorithm 2 with sigma² = beta-tilde; the same update as DDIM at eta 1",
    stochastic=True,
    steps=(50, 1000),
    default_steps=100,
    default_spacing="linspace",
    preset={"eta": 1.0},
)
@sampler(
    "ddim",
    title=QT_TRANSLATE_NOOP("Setting", "DDIM"),
    summary=QT_TRANSLATE_NOOP(
        "Setting",
        "To the prediction, and back to a little less noise; eta adds fresh noise. At eta 0 the same as Euler.",
    ),
    paper="Song et al. 2021, arXiv:2010.02502, eq. 12 and 16",
    steps=(20, 100),
    default_spacing="trailing",
)
@sampler(
    "euler",
    title=QT_TRANSLATE_NOOP("Setting", "Euler"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "One plain straight step after another. The same update as DDIM at eta 0, with Karras spacing."
    ),
    paper="Karras et al. 2022, arXiv:2206.00364, algorithm 1 without the second half",
    steps=(20, 50),
    preset={"eta": 0.0},
)
@sampler(
    "flow_euler",
    title=QT_TRANSLATE_NOOP("Setting", "Flow Euler"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "Even steps along the straight paths of flow models. The same update as Euler and DDIM at eta 0."
    ),
    paper="Liu et al. 2022, arXiv:2209.03003; Lipman et al. 2022, arXiv:2210.02747",
    steps=(20, 50),
    default_steps=28,
    default_spacing="trailing",
    preset={"eta": 0.0},
)
@sampler(
    "euler_a",
    title=QT_TRANSLATE_NOOP("Setting", "Euler a"),
    summary=QT_TRANSLATE_NOOP(
        "Setting",
        "Fresh noise at every step (ancestral): pictures keep changing. The same update as DDPM, Karras spacing.",
    ),
    paper="Karras et al. 2022 with ancestral steps of Ho et al. 2020, eq. 7; the same update as DDIM at eta 1",
    stochastic=True,
    steps=(20, 100),
    preset={"eta": 1.0},
)
def ddim(
    denoise: Denoise, x: Array, path: NoisePath, noise: Noise, *, start: int = 0, history: History = (), eta: Eta = 0.0
) -> Iterator[Step]:
    """Sample with DDIM (and with Euler, Euler a and DDPM, which differ only in `eta`) over the noise levels of `path`,
    which may skip timesteps.

    `eta` is the fraction of fresh noise: 0 is deterministic, 1 is DDPM.
    """
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0 = denoise(x, at)
        up = eta * posterior_sigma(at, to)
        x = move(x, x0, at, to, up=up)
        if up:
            x = x + up * noise(i + 1, x)
        yield Step(i + 1, of, to, x, x0)


def less_noisy(to: NoiseLevel, up: float) -> NoiseLevel:
    """Return the noise level from which adding noise of standard deviation `up` leads to the level `to`."""
    return NoiseLevel(to.alpha, math.sqrt(max(to.sigma**2 - up**2, 0.0)))


def move(x: Array, x0: Array, at: NoiseLevel, to: NoiseLevel, *, up: float = 0.0) -> Array:
    """Take a step of DDIM without its noise: return the mean of x at the noise level `to`, before noise of standard
    deviation `up` is added.

    It is α′·x0 + √(σ′² − up²)·eps.
    """
    if to.sigma == 0:
        return to.alpha * x0
    return to.alpha * x0 + less_noisy(to, up).sigma * eps_of(x, x0, at)


def transfer(x: Array, eps: Array, at: NoiseLevel, to: NoiseLevel) -> Array:
    """Take a DDIM step with a given noise prediction `eps`: x/alpha changes by (ratio′ − ratio)·eps.

    Both noise levels must have alpha > 0.
    """
    return to.alpha / at.alpha * (x - at.sigma * eps) + to.sigma * eps
