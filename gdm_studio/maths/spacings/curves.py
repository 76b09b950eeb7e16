"""Spacings that need only the two ends of the curve."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gdm_studio.maths.spacings.spec import spacing

RHO = 7.0


@spacing(
    "karras",
    title="Karras",
    summary="Many steps where the noise is low and detail forms; the best first choice.",
    paper="Karras et al. 2022, arXiv:2206.00364, eq. 5",
)
def karras(ratios: Sequence[float], steps: int) -> list[float]:
    """Even in ratio^(1/rho), rho = 7."""
    high, low = ratios[-1] ** (1 / RHO), ratios[0] ** (1 / RHO)
    return [(high + i / max(steps - 1, 1) * (low - high)) ** RHO for i in range(steps)]


@spacing(
    "exponential",
    title="Exponential",
    summary="Every step removes the same share of the noise.",
    paper="k-diffusion, get_sigmas_exponential; even in log-SNR (Lu et al. 2022, arXiv:2206.00927, section 3.4)",
)
def exponential(ratios: Sequence[float], steps: int) -> list[float]:
    """Even in log ratio."""
    high, low = math.log(ratios[-1]), math.log(ratios[0])
    return [math.exp(high + i / max(steps - 1, 1) * (low - high)) for i in range(steps)]
