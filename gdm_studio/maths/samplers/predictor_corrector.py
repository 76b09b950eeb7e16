"""Predictor-corrector: a Langevin step corrects x at every level before the reverse SDE's step to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated

from gdm_studio.maths.arrays import picture_norm
from gdm_studio.maths.knobs import Knob
from gdm_studio.maths.path import Array, Carry, Denoise, Noise, Path, Point, Step
from gdm_studio.maths.samplers.ddim import ancestral_sigma, move, transition_sigma
from gdm_studio.maths.samplers.spec import sampler

PAPER = "Song et al. 2021, arXiv:2011.13456, algorithms 2 to 5"
LAW = "Correcting adds a little spread of its own: pictures are slightly more varied than the temperature asks."

Predictor = Callable[[Array, Array, Point, Point], tuple[Array, float]]  # (x, x0, at, to) -> x there, its noise's size
Snr = Annotated[float, Knob("Corrector SNR", 0.0, 1.0, "Signal-to-noise ratio of a correction; 0 leaves it out.")]

_on_the_sde = partial(
    sampler, calls_per_step=2, stochastic=True, affine=False, steps=(100, 1000), default_steps=200,
    default_spacing="exponential", own_law=True, temperature=LAW,
)  # fmt: skip


@_on_the_sde(
    "pc",
    title="Predictor-corrector",
    summary="Small noisy steps, each after a random correction at its place: for some hundred steps.",
    paper=f"{PAPER}, reverse-diffusion predictor",
)
def pc(
    denoise: Denoise, x: Array, path: Path, noise: Noise, *, start: int = 0, carry: Carry = (), snr: Snr = 0.16
) -> Iterator[Step]:
    """x′ = (2 − a)·x + G²·score + G·z with a = alpha/alpha′ and G² = sigma² − a²·sigma′² (eq. 46)."""

    def predicted(x: Array, x0: Array, at: Point, to: Point) -> tuple[Array, float]:
        if to.sigma == 0:
            return to.alpha * x0, 0.0
        spread = transition_sigma(at, to)
        score = (at.alpha * x0 - x) / at.sigma**2
        return (2 - at.alpha / to.alpha) * x + spread**2 * score, spread

    yield from _steps(denoise, x, path, noise, start=start, snr=snr, predicted=predicted)


@_on_the_sde(
    "pc_ancestral",
    title="Predictor-corrector, ancestral",
    summary="DDPM's steps, each after a random correction at its place: for some hundred steps.",
    paper=f"{PAPER}, ancestral predictor",
)
def pc_ancestral(
    denoise: Denoise, x: Array, path: Path, noise: Noise, *, start: int = 0, carry: Carry = (), snr: Snr = 0.16
) -> Iterator[Step]:
    """The mean and the smaller variance of DDPM (appendix F; for VP the authors' code draws the larger one)."""

    def predicted(x: Array, x0: Array, at: Point, to: Point) -> tuple[Array, float]:
        up = ancestral_sigma(at, to)
        return move(x, x0, at, to, up=up), up

    yield from _steps(denoise, x, path, noise, start=start, snr=snr, predicted=predicted)


def _steps(
    denoise: Denoise, x: Array, path: Path, noise: Noise, *, start: int, snr: float, predicted: Predictor
) -> Iterator[Step]:
    """Corrector, then predictor, then the predictor's noise."""
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x = _corrected(denoise, x, at, to, snr, noise, i + 1)
        x0 = denoise(x, at)
        x, spread = predicted(x, x0, at, to)
        if spread:
            x = x + spread * noise(i + 1, x)
        yield Step(i + 1, of, to, x, x0)


def _corrected(denoise: Denoise, x: Array, at: Point, to: Point, snr: float, noise: Noise, step: int) -> Array:
    """x + e·score + √(2e)·z, e = 2·(alpha/alpha′)²·(snr·|z|/|score|)², the norms of each picture alone.

    The authors' code averages the norms over the batch, so that a picture depends on its neighbours.
    """
    if snr == 0:
        return x
    score = (at.alpha * denoise(x, at) - x) / at.sigma**2
    z = noise(step, x, 1)
    # a picture that is its own prediction has nothing to correct: the smallest float keeps 0/0 away
    size = 2 * (at.alpha / to.alpha * snr * picture_norm(z) / (picture_norm(score) + 1e-30)) ** 2
    return x + size * score + (2 * size) ** 0.5 * z
