"""DDPM with its larger fixed variance, and with a learned variance. (With the smaller variance it is DDIM at eta 1.)"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.noise_path import Array, Denoise, History, Noise, NoiseLevel, NoisePath, Step
from gdm_studio.maths.posterior import posterior_sigma, transition_sigma
from gdm_studio.maths.samplers.ddim import move
from gdm_studio.maths.samplers.registry import sampler


@sampler(
    "ddpm_large",
    title=QT_TRANSLATE_NOOP("Setting", "DDPM, large variance"),
    summary=QT_TRANSLATE_NOOP("Setting", "DDPM with more noise in every step: grainy below some hundred steps."),
    paper="Ho et al. 2020, arXiv:2006.11239, algorithm 2 with sigma² = beta",
    stochastic=True,
    steps=(200, 1000),
    default_steps=250,
    default_spacing="linspace",
)
def ddpm_large(
    denoise: Denoise, x: Array, path: NoisePath, noise: Noise, *, start: int = 0, history: History = ()
) -> Iterator[Step]:
    """Sample with DDPM, adding noise of its larger variance, beta, after each step.

    A step leads to the mean of q(x′ | x, x0). Then noise is added, except in the last step.
    """
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0 = denoise(x, at)
        x = move(x, x0, at, to, up=posterior_sigma(at, to))
        if to.sigma > 0:
            x = x + transition_sigma(at, to) * noise(i + 1, x)
        yield Step(i + 1, of, to, x, x0)


@sampler(
    "ddpm_learned",
    title=QT_TRANSLATE_NOOP("Setting", "DDPM, learned variance"),
    summary=QT_TRANSLATE_NOOP("Setting", "DDPM with as much noise in every step as the model itself predicts."),
    paper="Nichol and Dhariwal 2021, arXiv:2102.09672, eq. 15",
    stochastic=True,
    steps=(25, 250),
    default_steps=50,
    default_spacing="linspace",
    needs="learned_variance",
)
def ddpm_learned(
    denoise: Denoise,
    x: Array,
    path: NoisePath,
    noise: Noise,
    *,
    start: int = 0,
    history: History = (),
    learned_variance: Callable[[Array, NoiseLevel], Array] | None = None,
) -> Iterator[Step]:
    """Sample with DDPM and a learned variance, exp(v·log beta + (1 − v)·log beta-tilde).

    `learned_variance(x, at)` returns v, shaped like x. It is called right after `denoise(x, at)`, so that a network
    that computes both together can cache it. Raises BadRequest if it is None.
    """
    if learned_variance is None:
        raise BadRequest("This sampler needs a model that predicts its variance; choose another scheduler.")
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0 = denoise(x, at)
        small = posterior_sigma(at, to)
        mean = move(x, x0, at, to, up=small)
        if to.sigma > 0:
            spread = small * (transition_sigma(at, to) / small) ** learned_variance(x, at)
            mean = mean + spread * noise(i + 1, x)
        x = mean
        yield Step(i + 1, of, to, x, x0)
