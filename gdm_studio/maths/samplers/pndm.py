"""PNDM and PLMS: classic multistep rules for the slope eps, with a DDIM step along it."""

from __future__ import annotations

from collections.abc import Iterator

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.arrays import weighted
from gdm_studio.maths.noise_path import Array, Denoise, History, Noise, NoiseLevel, NoisePath, Step, eps_of
from gdm_studio.maths.processes.coordinates import halfway
from gdm_studio.maths.samplers.ddim import move, transfer
from gdm_studio.maths.samplers.registry import sampler

PAPER = "Liu et al. 2022, arXiv:2202.09778"

# Adams-Bashforth coefficients for even steps, by the number of known slopes. The newest slope comes first.
_ADAMS = (
    (1.0,),
    (3 / 2, -1 / 2),
    (23 / 12, -16 / 12, 5 / 12),
    (55 / 24, -59 / 24, 37 / 24, -9 / 24),
)


@sampler(
    "plms",
    title=QT_TRANSLATE_NOOP("Setting", "PLMS"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "Remembers its last four directions; made for even steps. What Stable Diffusion came with."
    ),
    paper=f"{PAPER}, eq. 12, started as in latent diffusion's plms.py",
    order=2,
    steps=(25, 100),
    default_steps=50,
    default_spacing="leading",
)
def plms(
    denoise: Denoise, x: Array, path: NoisePath, noise: Noise, *, start: int = 0, history: History = ()
) -> Iterator[Step]:
    """Sample with PLMS, a linear multistep method with fixed weights for the last slopes. `history` contains these
    slopes, newest first.

    The first step averages two slopes, which takes one more evaluation.
    """
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0 = denoise(x, at)
        slopes = (eps_of(x, x0, at), *history)[:4]
        if at.alpha == 0 or (len(slopes) == 1 and to.sigma == 0):
            x = move(x, x0, at, to)
        elif len(slopes) == 1:
            ahead = move(x, x0, at, to)
            x = transfer(x, (slopes[0] + eps_of(ahead, denoise(ahead, to), to)) / 2, at, to)
        else:
            x = transfer(x, weighted(_ADAMS[len(slopes) - 1], slopes), at, to)
        history = slopes[:3]
        yield Step(i + 1, of, to, x, x0, history)


@sampler(
    "pndm",
    title=QT_TRANSLATE_NOOP("Setting", "PNDM"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "PLMS with three careful first steps of four evaluations each; made for even steps."
    ),
    paper=f"{PAPER}, eq. 12 and 13 (F-PNDM)",
    order=2,
    steps=(25, 100),
    default_steps=50,
    default_spacing="leading",
)
def pndm(
    denoise: Denoise, x: Array, path: NoisePath, noise: Noise, *, start: int = 0, history: History = ()
) -> Iterator[Step]:
    """Sample with PNDM, a multistep method that starts with three pseudo Runge-Kutta steps (eq. 13) and continues with
    PLMS steps.

    `history` is the last slopes, newest first. The middle of a step is taken in log-SNR; the paper takes it in time,
    which a path does not have.
    """
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0 = denoise(x, at)
        slopes = (eps_of(x, x0, at), *history)[:4]
        if at.alpha == 0 or (len(slopes) < 4 and to.sigma == 0):
            x = move(x, x0, at, to)
        elif len(slopes) < 4:
            x = transfer(x, _runge_kutta(denoise, x, slopes[0], at, to), at, to)
        else:
            x = transfer(x, weighted(_ADAMS[len(slopes) - 1], slopes), at, to)
        history = slopes[:3]
        yield Step(i + 1, of, to, x, x0, history)


def _runge_kutta(denoise: Denoise, x: Array, first: Array, at: NoiseLevel, to: NoiseLevel) -> Array:
    """Return the mean slope over a step by the classic fourth-order Runge-Kutta rule. `first` is the slope at the start
    of the step.
    """
    middle = halfway(at, to)

    def slope(eps: Array, end: NoiseLevel) -> Array:
        there = transfer(x, eps, at, end)
        return eps_of(there, denoise(there, end), end)

    second = slope(first, middle)
    third = slope(second, middle)
    return (first + 2 * second + 2 * third + slope(third, to)) / 6
