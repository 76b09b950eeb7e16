"""DPM-Solver++ (singlestep): two evaluations per step, the second in the middle of the step, and no history."""

from __future__ import annotations

import math
from collections.abc import Iterator

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.noise_path import Array, Denoise, History, Noise, NoiseLevel, NoisePath, Step
from gdm_studio.maths.posterior import posterior_sigma
from gdm_studio.maths.processes.coordinates import halfway
from gdm_studio.maths.samplers.ddim import Eta, less_noisy
from gdm_studio.maths.samplers.dpmpp import relax_towards
from gdm_studio.maths.samplers.registry import sampler

PAPER = "Lu et al. 2022, arXiv:2211.01095"


@sampler(
    "dpmpp_2s",
    title=QT_TRANSLATE_NOOP("Setting", "DPM++ 2S"),
    summary=QT_TRANSLATE_NOOP(
        "Setting",
        "Looks at the middle of each step, remembers nothing: two evaluations, steady where guidance is strong.",
    ),
    paper=f"{PAPER}, algorithm 1 with the middle in log-SNR",
    order=2,
    calls_per_step=2,
    steps=(8, 30),
    default_steps=15,
)
def dpmpp_2s(
    denoise: Denoise, x: Array, path: NoisePath, noise: Noise, *, start: int = 0, history: History = ()
) -> Iterator[Step]:
    """Sample with DPM++ 2S, the second-order singlestep method for the ODE: x′ = sigma′/sigma·x + alpha′(1 −
    e^−h)·D(middle).

    The step to sigma = 0 leads to the prediction itself.
    """
    yield from _two_stages(denoise, x, path, noise, start=start, eta=0.0)


@sampler(
    "dpmpp_2s_a",
    title=QT_TRANSLATE_NOOP("Setting", "DPM++ 2S a"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "DPM++ 2S with fresh noise at every step (ancestral): pictures keep changing."
    ),
    paper=f"{PAPER}, algorithm 1, with ancestral steps as in k-diffusion's sample_dpmpp_2s_ancestral",
    calls_per_step=2,
    stochastic=True,
    steps=(10, 50),
)
def dpmpp_2s_a(
    denoise: Denoise, x: Array, path: NoisePath, noise: Noise, *, start: int = 0, history: History = (), eta: Eta = 1.0
) -> Iterator[Step]:
    """Sample with ancestral DPM++ 2S, a second-order singlestep method that adds fresh noise at every step.

    The DPM++ 2S step goes below the noise of the next level, and fresh noise makes up the difference, as in Euler a.
    """
    yield from _two_stages(denoise, x, path, noise, start=start, eta=eta)


@sampler(
    "dpmpp_sde",
    title=QT_TRANSLATE_NOOP("Setting", "DPM++ SDE"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "Fresh noise, and a look at the middle of each step: two evaluations, rich detail at few steps."
    ),
    paper=f"{PAPER} (SDE-DPM-Solver++), singlestep as in k-diffusion's sample_dpmpp_sde with r = 1/2",
    calls_per_step=2,
    stochastic=True,
    steps=(8, 40),
    default_steps=15,
)
def dpmpp_sde(
    denoise: Denoise, x: Array, path: NoisePath, noise: Noise, *, start: int = 0, history: History = (), eta: Eta = 1.0
) -> Iterator[Step]:
    """Sample with DPM++ SDE, whose ancestral steps have two stages and two noise draws.

    Both draws belong to a single Brownian path, so they are correlated as in the reverse SDE. (k-diffusion uses a
    Brownian motion in sigma instead.)
    """
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0 = denoise(x, at)
        if to.sigma == 0 or at.alpha == 0:
            up, target = eta * posterior_sigma(at, to), x0
            z = noise(i + 1, x) if up else 0.0
        else:
            middle = halfway(at, to)
            up_first, up = eta * posterior_sigma(at, middle), eta * posterior_sigma(at, to)
            z = noise(i + 1, x) if up else 0.0
            target = denoise(relax_towards(x, x0, at, less_noisy(middle, up_first)) + up_first * z, middle)
            if up:
                shared = _correlation(at, middle, to)
                z = shared * z + math.sqrt(1 - shared**2) * noise(i + 1, x, 1)
        x = relax_towards(x, target, at, less_noisy(to, up)) + up * z
        yield Step(i + 1, of, to, x, x0)


def _two_stages(denoise: Denoise, x: Array, path: NoisePath, noise: Noise, *, start: int, eta: float) -> Iterator[Step]:
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        up = eta * posterior_sigma(at, to)
        down = less_noisy(to, up)
        x0 = denoise(x, at)
        target = x0
        if down.sigma > 0 and at.alpha > 0:
            middle = halfway(at, down)
            target = denoise(relax_towards(x, x0, at, middle), middle)
        x = relax_towards(x, target, at, down)
        if up:
            x = x + up * noise(i + 1, x)
        yield Step(i + 1, of, to, x, x0)


def _correlation(at: NoiseLevel, middle: NoiseLevel, to: NoiseLevel) -> float:
    """Return the correlation between the two noise draws of a DPM++ SDE step: the reverse SDE's noise at its middle and
    at its end.

    The noise has eta = 1 and is measured in sigma / alpha.
    """
    high, mid, low = at.ratio**2, middle.ratio**2, to.ratio**2
    return math.sqrt(low / mid * (1 - mid / high) / (1 - low / high))
