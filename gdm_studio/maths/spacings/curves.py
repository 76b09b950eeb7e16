"""Spacings that need only the two ends of the curve."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from gdm_studio.maths.spacings.spec import spacing

RHO = 7.0
POLY_RHO = 1.5
HIGHEST = math.exp(5.1)  # beyond this ratio a picture cannot be told from pure noise


@spacing(
    "karras",
    title="Karras",
    summary="Many steps where the noise is low and detail forms; the best first choice.",
    paper="Karras et al. 2022, arXiv:2206.00364, eq. 5",
)
def karras(ratios: Sequence[float], steps: int) -> list[float]:
    """Even in ratio^(1/rho), rho = 7."""
    return between(ratios, steps, lambda ratio: ratio ** (1 / RHO), lambda root: root**RHO)


@spacing(
    "exponential",
    title="Exponential",
    summary="Every step removes the same share of the noise: even in log-SNR.",
    paper="k-diffusion, get_sigmas_exponential; Lu et al. 2022, arXiv:2206.00927, section 3.4",
)
def exponential(ratios: Sequence[float], steps: int) -> list[float]:
    """Even in log ratio."""
    return between(ratios, steps, math.log, math.exp)


@spacing(
    "polyexponential",
    title="Polyexponential",
    summary="Like exponential, with larger steps at first and smaller ones where detail forms.",
    paper="k-diffusion, get_sigmas_polyexponential, with rho 1.5 (at 1 it is the exponential one)",
)
def polyexponential(ratios: Sequence[float], steps: int) -> list[float]:
    """The share of the log range that is left is ((steps − 1 − i) / (steps − 1))^rho."""
    return between(ratios, steps, math.log, math.exp, bend=lambda share: 1 - (1 - share) ** POLY_RHO)


@spacing(
    "logsnr",
    title="Log-SNR, clipped",
    summary="Even in log-SNR: the same as exponential, but no step where the noise is above σ 164.",
    paper="Lu et al. 2022, arXiv:2206.00927, section 3.4, clipped at log(alpha/sigma) = −5.1 as for cosine schedules",
)
def logsnr(ratios: Sequence[float], steps: int) -> list[float]:
    """Even in log ratio up to e^5.1; where the table ends below that, the exponential spacing."""
    return exponential((ratios[0], min(ratios[-1], HIGHEST)), steps)


@spacing(
    "kl_optimal",
    title="KL-optimal",
    summary="Fewer steps at strong noise than exponential, fewer at the end than Karras.",
    paper="Sabour et al. 2024, arXiv:2404.14507, theorem 3.1",
)
def kl_optimal(ratios: Sequence[float], steps: int) -> list[float]:
    """Even in arctan ratio: the least KL divergence for Gaussian data of unit variance."""
    return between(ratios, steps, math.atan, math.tan)


def between(
    ratios: Sequence[float],
    steps: int,
    warp: Callable[[float], float],
    unwarp: Callable[[float], float],
    bend: Callable[[float], float] = lambda share: share,
) -> list[float]:
    """From the table's last ratio to its first, even in `warp` of the ratio, or in `bend` of the share of the way.

    A table that ends in pure noise (an infinite ratio) is begun there and run down as if it ended at HIGHEST: how far
    its other ratios reach only says how fine it is.
    """
    endless = ratios[-1] == math.inf
    high, low = warp(HIGHEST if endless else ratios[-1]), warp(ratios[0])
    falling = [unwarp(high + bend(i / max(steps - 1, 1)) * (low - high)) for i in range(steps)]
    return [math.inf, *falling[1:]] if endless else falling
