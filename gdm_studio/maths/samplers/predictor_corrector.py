"""Predictor-corrector sampling: a Langevin step at each noise level before the reverse SDE's step to the next level."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.arrays import image_norm
from gdm_studio.maths.noise_path import Array, Denoise, History, Noise, NoiseLevel, NoisePath, Step
from gdm_studio.maths.numeric_parameters import Param
from gdm_studio.maths.posterior import posterior_sigma, transition_sigma
from gdm_studio.maths.samplers.ddim import move
from gdm_studio.maths.samplers.registry import sampler

PAPER = "Song et al. 2021, arXiv:2011.13456, algorithms 2 to 5"
LAW = QT_TRANSLATE_NOOP(
    "Setting",
    "Correcting adds a little spread of its own: pictures are slightly more varied than the temperature asks.",
)

# (x, x0, at, to) -> x at `to`, and the standard deviation of the noise to add
Predictor = Callable[[Array, Array, NoiseLevel, NoiseLevel], tuple[Array, float]]
Snr = Annotated[
    float,
    Param(
        QT_TRANSLATE_NOOP("Setting", "Corrector SNR"),
        0.0,
        1.0,
        QT_TRANSLATE_NOOP("Setting", "Signal-to-noise ratio of a correction; 0 leaves it out."),
    ),
]

_sde_sampler = partial(
    sampler, calls_per_step=2, stochastic=True, affine=False, steps=(100, 1000), default_steps=200,
    default_spacing="exponential", own_law=True, temperature=LAW,
)  # fmt: skip


@_sde_sampler(
    "pc",
    title=QT_TRANSLATE_NOOP("Setting", "Predictor-corrector"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "Small noisy steps, each after a random correction at its place: for some hundred steps."
    ),
    paper=f"{PAPER}, reverse-diffusion predictor",
)
def pc(
    denoise: Denoise, x: Array, path: NoisePath, noise: Noise, *, start: int = 0, history: History = (), snr: Snr = 0.16
) -> Iterator[Step]:
    """Sample with a predictor and a corrector in turn: the reverse-diffusion predictor, x′ = (2 − a)·x + G²·score +
    G·z, and Langevin corrections.

    Here a = alpha/alpha′ and G² = sigma² − a²·sigma′² (eq. 46).
    """

    def predicted(x: Array, x0: Array, at: NoiseLevel, to: NoiseLevel) -> tuple[Array, float]:
        if to.sigma == 0:
            return to.alpha * x0, 0.0
        spread = transition_sigma(at, to)
        score = (at.alpha * x0 - x) / at.sigma**2
        return (2 - at.alpha / to.alpha) * x + spread**2 * score, spread

    yield from _take_steps(denoise, x, path, noise, start=start, snr=snr, predicted=predicted)


@_sde_sampler(
    "pc_ancestral",
    title=QT_TRANSLATE_NOOP("Setting", "Predictor-corrector, ancestral"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "DDPM's steps, each after a random correction at its place: for some hundred steps."
    ),
    paper=f"{PAPER}, ancestral predictor",
)
def pc_ancestral(
    denoise: Denoise, x: Array, path: NoisePath, noise: Noise, *, start: int = 0, history: History = (), snr: Snr = 0.16
) -> Iterator[Step]:
    """Sample with a predictor and a corrector in turn: DDPM's step as the predictor, and Langevin corrections.

    The predictor has DDPM's smaller variance (appendix F). For VP, the authors' code uses the larger one.
    """

    def predicted(x: Array, x0: Array, at: NoiseLevel, to: NoiseLevel) -> tuple[Array, float]:
        up = posterior_sigma(at, to)
        return move(x, x0, at, to, up=up), up

    yield from _take_steps(denoise, x, path, noise, start=start, snr=snr, predicted=predicted)


def _take_steps(
    denoise: Denoise, x: Array, path: NoisePath, noise: Noise, *, start: int, snr: float, predicted: Predictor
) -> Iterator[Step]:
    """Take sampling steps that each consist of the Langevin corrector, the predictor, and the predictor's noise."""
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x = _correct(denoise, x, at, to, snr, noise, i + 1)
        x0 = denoise(x, at)
        x, spread = predicted(x, x0, at, to)
        if spread:
            x = x + spread * noise(i + 1, x)
        yield Step(i + 1, of, to, x, x0)


def _correct(denoise: Denoise, x: Array, at: NoiseLevel, to: NoiseLevel, snr: float, noise: Noise, step: int) -> Array:
    """Correct x at its noise level by one Langevin step, x + e·score + √(2e)·z with e =
    2·(alpha/alpha′)²·(snr·|z|/|score|)².

    The norms are computed per image. The authors' code averages them over the batch, so that images depend on each
    other.
    """
    if snr == 0:
        return x
    score = (at.alpha * denoise(x, at) - x) / at.sigma**2
    z = noise(step, x, 1)
    # The small number avoids 0/0 for an image that equals its prediction, which has nothing to correct.
    size = 2 * (at.alpha / to.alpha * snr * image_norm(z) / (image_norm(score) + 1e-30)) ** 2
    return x + size * score + (2 * size) ** 0.5 * z
