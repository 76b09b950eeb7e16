"""DPM-Solver++ (multistep, data prediction), for the ODE and for the SDE with any fraction of fresh noise.

With y = x/alpha, lambda = log(alpha/sigma), h = lambda′ − lambda and k = (1 + eta)·h, every step is y′ = e^−k·y + (1 −
e^−k)·D + noise. D is the polynomial in lambda through the predictions so far.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.noise_path import Array, Denoise, History, Noise, NoiseLevel, NoisePath, Step
from gdm_studio.maths.numeric_parameters import Param
from gdm_studio.maths.samplers.ddim import Eta
from gdm_studio.maths.samplers.registry import sampler

PAPER = "Lu et al. 2022, arXiv:2211.01095"
STIFF = QT_TRANSLATE_NOOP("Setting", "At temperatures of 0.25 and less it wants a hundred steps or more.")
Curvature = Annotated[
    float,
    Param(
        QT_TRANSLATE_NOOP("Setting", "Curvature"),
        0.0,
        1.0,
        QT_TRANSLATE_NOOP("Setting", "Weight of the second difference: 1 is third order, 0.5 as in other programs."),
    ),
]


@sampler(
    "dpmpp_2m",
    title=QT_TRANSLATE_NOOP("Setting", "DPM++ 2M"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "Remembers its last prediction, for one evaluation a step. The best picture for the time."
    ),
    paper=f"{PAPER}, algorithm 2",
    order=2,
    steps=(10, 40),
)
def dpmpp_2m(
    denoise: Denoise, x: Array, path: NoisePath, noise: Noise, *, start: int = 0, history: History = ()
) -> Iterator[Step]:
    """Sample with DPM++ 2M, the second-order multistep method of DPM-Solver++ for the probability-flow ODE.

    The first and the last step are of first order. `history` is (last x0,).
    """
    yield from _second_order(denoise, x, path, noise, start=start, history=history, eta=0.0)


@sampler(
    "dpmpp_2m_sde",
    title=QT_TRANSLATE_NOOP("Setting", "DPM++ 2M SDE"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "DPM++ 2M with fresh noise at every step, which mends earlier errors; finer detail from 25 steps on."
    ),
    paper=f"{PAPER} (SDE-DPM-Solver++ 2M); eta as in k-diffusion's sample_dpmpp_2m_sde",
    stochastic=True,
    steps=(20, 60),
    default_steps=25,
    temperature=STIFF,
)
def dpmpp_2m_sde(
    denoise: Denoise, x: Array, path: NoisePath, noise: Noise, *, start: int = 0, history: History = (), eta: Eta = 1.0
) -> Iterator[Step]:
    """Sample with DPM++ 2M SDE, the second-order multistep method of DPM-Solver++ for the reverse SDE, which adds
    noise. At eta = 0 it is bit-identical to DPM++ 2M.
    """
    yield from _second_order(denoise, x, path, noise, start=start, history=history, eta=eta)


@sampler(
    "dpmpp_3m",
    title=QT_TRANSLATE_NOOP("Setting", "DPM++ 3M"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "Remembers its last two predictions: more exact than DPM++ 2M where the steps are fine."
    ),
    paper=f"{PAPER} (multistep, third order), with the whole second derivative",
    order=3,
    steps=(15, 60),
    default_spacing="exponential",
)
def dpmpp_3m(
    denoise: Denoise,
    x: Array,
    path: NoisePath,
    noise: Noise,
    *,
    start: int = 0,
    history: History = (),
    curvature: Curvature = 1.0,
) -> Iterator[Step]:
    """Sample with DPM++ 3M, the third-order multistep method of DPM-Solver++ for the probability-flow ODE.

    The first steps are of lower order, and the step to sigma = 0 is of first order. `history` is the last two x0,
    newest first. The second difference of three predictions is half of their second derivative. Public implementations
    use it for the whole derivative (`curvature` 0.5), which is only of second order.
    """
    yield from _third_order(denoise, x, path, noise, start=start, history=history, eta=0.0, curvature=curvature)


@sampler(
    "dpmpp_3m_sde",
    title=QT_TRANSLATE_NOOP("Setting", "DPM++ 3M SDE"),
    summary=QT_TRANSLATE_NOOP("Setting", "DPM++ 3M with fresh noise at every step; for 30 steps and more."),
    paper=f"{PAPER}, with the third-order rule of k-diffusion's sample_dpmpp_3m_sde",
    stochastic=True,
    steps=(30, 100),
    default_steps=40,
    default_spacing="exponential",
    temperature=STIFF,
)
def dpmpp_3m_sde(
    denoise: Denoise,
    x: Array,
    path: NoisePath,
    noise: Noise,
    *,
    start: int = 0,
    history: History = (),
    eta: Eta = 1.0,
    curvature: Curvature = 1.0,
) -> Iterator[Step]:
    """Sample with DPM++ 3M SDE, the third-order multistep method of DPM-Solver++ for the reverse SDE, which adds noise.
    At eta = 0 it is bit-identical to DPM++ 3M.
    """
    yield from _third_order(denoise, x, path, noise, start=start, history=history, eta=eta, curvature=curvature)


def _second_order(
    denoise: Denoise, x: Array, path: NoisePath, noise: Noise, *, start: int, history: History, eta: float
) -> Iterator[Step]:
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0 = denoise(x, at)
        target = x0
        if history and to.sigma > 0:
            h, h_last = to.log_snr - at.log_snr, at.log_snr - path[i - 1].log_snr
            target = x0 + h / (2 * h_last) * (x0 - history[0])
        x = relax_towards(x, target, at, to, eta=eta)
        if eta and to.sigma > 0:
            x = x + noise_sigma(at, to, eta) * noise(i + 1, x)
        history = (x0,)
        yield Step(i + 1, of, to, x, x0, history)


def _third_order(
    denoise: Denoise,
    x: Array,
    path: NoisePath,
    noise: Noise,
    *,
    start: int,
    history: History,
    eta: float,
    curvature: float,
) -> Iterator[Step]:
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0 = denoise(x, at)
        x = relax_towards(x, x0, at, to, eta=eta) + _derivative_terms(
            x0, history, path, i, eta=eta, curvature=curvature
        )
        if eta and to.sigma > 0:
            x = x + noise_sigma(at, to, eta) * noise(i + 1, x)
        history = (x0, *history)[:2]
        yield Step(i + 1, of, to, x, x0, history)


def _derivative_terms(
    x0: Array, past: tuple[Array, ...], path: NoisePath, i: int, *, eta: float, curvature: float
) -> Array | float:
    """Return the higher-order terms of a DPM-Solver++ step, which contain the first and second derivatives of the
    predicted image with respect to lambda.

    The derivatives are estimated from the last two or three predictions.
    """
    known = tuple(x for x, at in zip(past, (path[i - 1], path[i - 2]), strict=False) if at.alpha)
    to = path[i + 1]
    if to.sigma == 0 or not known:
        return 0.0
    h, h_last = to.log_snr - path[i].log_snr, path[i].log_snr - path[i - 1].log_snr
    k = (1 + eta) * h
    phi_2 = math.expm1(-k) / k + 1
    newer = (x0 - known[0]) * (h / h_last)
    if len(known) == 1:
        return to.alpha * phi_2 * newer
    h_before = path[i - 1].log_snr - path[i - 2].log_snr
    older = (known[0] - known[1]) * (h / h_before)
    first = newer + (newer - older) * (h_last / (h_last + h_before))
    second = (newer - older) * (2 * curvature * h / (h_last + h_before))
    return to.alpha * (phi_2 * first - (phi_2 / k - 0.5) * second)


def relax_towards(x: Array, target: Array, at: NoiseLevel, to: NoiseLevel, *, eta: float = 0.0) -> Array:
    """Solve the reverse SDE exactly from `at` to the noise level `to` under the assumption that the predicted image is
    `target` throughout the step. Returns the mean of x.

    In x/alpha it is e^−k·x + (1 − e^−k)·target. At sigma′ = 0 it is the target.
    """
    # At alpha = 0 the distance in lambda is infinite, so it is not computed unless it is needed.
    less = eta * (to.log_snr - at.log_snr) if eta else 0.0
    # expm1 computes 1 − e^−k accurately for short steps. At sigma′ = 0 the result is 1.
    return to.sigma / at.sigma * math.exp(-less) * x - to.alpha * math.expm1(at.log_snr - to.log_snr - less) * target


def noise_sigma(at: NoiseLevel, to: NoiseLevel, eta: float) -> float:
    """Return the standard deviation of the noise that the reverse SDE adds in a step, sigma′·√(1 − e^(−2·eta·h))."""
    return to.sigma * math.sqrt(-math.expm1(-2 * eta * (to.log_snr - at.log_snr)))
