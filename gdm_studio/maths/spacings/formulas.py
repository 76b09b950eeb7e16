"""Spacings by formula, such as Karras's, which depend only on the first and the last noise ratio."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.spacings.registry import spacing

RHO = 7.0
POLY_RHO = 1.5
# At higher ratios an image cannot be distinguished from pure noise.
HIGHEST = math.exp(5.1)


@spacing(
    "karras",
    title=QT_TRANSLATE_NOOP("Setting", "Karras"),
    summary=QT_TRANSLATE_NOOP("Setting", "Many steps where the noise is low and detail forms; the best first choice."),
    paper="Karras et al. 2022, arXiv:2206.00364, eq. 5",
)
def karras(ratios: Sequence[float], steps: int) -> list[float]:
    """Choose noise ratios for a run's steps, evenly spaced in ratio^(1/rho), with rho = 7 (Karras spacing)."""
    return between(ratios, steps, lambda ratio: ratio ** (1 / RHO), lambda root: root**RHO)


@spacing(
    "exponential",
    title=QT_TRANSLATE_NOOP("Setting", "Exponential"),
    summary=QT_TRANSLATE_NOOP("Setting", "Every step removes the same share of the noise: even in log-SNR."),
    paper="k-diffusion, get_sigmas_exponential; Lu et al. 2022, arXiv:2206.00927, section 3.4",
)
def exponential(ratios: Sequence[float], steps: int) -> list[float]:
    """Choose noise ratios for a run's steps, evenly spaced in their logarithm."""
    return between(ratios, steps, math.log, math.exp)


@spacing(
    "polyexponential",
    title=QT_TRANSLATE_NOOP("Setting", "Polyexponential"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "Like exponential, with larger steps at first and smaller ones where detail forms."
    ),
    paper="k-diffusion, get_sigmas_polyexponential, with rho 1.5 (at 1 it is the exponential one)",
)
def polyexponential(ratios: Sequence[float], steps: int) -> list[float]:
    """Choose the noise ratios for a run's steps along a power of the steps: the remaining fraction of the log range is
    ((steps − 1 − i) / (steps − 1))^rho.
    """
    return between(ratios, steps, math.log, math.exp, bend=lambda share: 1 - (1 - share) ** POLY_RHO)


@spacing(
    "logsnr",
    title=QT_TRANSLATE_NOOP("Setting", "Log-SNR, clipped"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "Even in log-SNR: the same as exponential, but no step where the noise is above σ 164."
    ),
    paper="Lu et al. 2022, arXiv:2206.00927, section 3.4, clipped at log(alpha/sigma) = −5.1 as for cosine schedules",
)
def logsnr(ratios: Sequence[float], steps: int) -> list[float]:
    """Choose noise ratios for a run's steps, evenly spaced in their logarithm (that is, in log-SNR), up to e^5.1.

    For a table that ends below e^5.1, this is the exponential spacing.
    """
    return exponential((ratios[0], min(ratios[-1], HIGHEST)), steps)


@spacing(
    "kl_optimal",
    title=QT_TRANSLATE_NOOP("Setting", "KL-optimal"),
    summary=QT_TRANSLATE_NOOP("Setting", "Fewer steps at strong noise than exponential, fewer at the end than Karras."),
    paper="Sabour et al. 2024, arXiv:2404.14507, theorem 3.1",
)
def kl_optimal(ratios: Sequence[float], steps: int) -> list[float]:
    """Choose noise ratios for a run's steps, evenly spaced in their arctangent.

    This minimises the KL divergence for Gaussian data of variance 1.
    """
    return between(ratios, steps, math.atan, math.tan)


def between(
    ratios: Sequence[float],
    steps: int,
    warp: Callable[[float], float],
    unwarp: Callable[[float], float],
    bend: Callable[[float], float] = lambda share: share,
) -> list[float]:
    """Choose the noise ratios for a run's steps from the last to the first of the process, evenly spaced after the
    transformation `warp`.

    `unwarp` is the inverse of `warp`. `bend` maps the fraction of the steps to the fraction of the range. For a table
    that ends in pure noise (an infinite ratio), the first ratio is infinite and the others continue from HIGHEST, since
    the largest finite ratio would only depend on the number of timesteps.
    """
    endless = ratios[-1] == math.inf
    high, low = warp(HIGHEST if endless else ratios[-1]), warp(ratios[0])
    falling = [unwarp(high + bend(i / max(steps - 1, 1)) * (low - high)) for i in range(steps)]
    return [math.inf, *falling[1:]] if endless else falling
