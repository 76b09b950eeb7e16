"""The beta spacing: many timesteps at both ends, few between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gdm_studio.maths.later import Later
from gdm_studio.maths.schedules.table import look_up
from gdm_studio.maths.spacings.spec import spacing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = Later("numpy")

SHAPE = 0.6  # both parameters of the beta law
TERMS = 60  # of its series, each at most half the one before: exact to the last bit


@spacing(
    "beta",
    title="Beta",
    summary="Small steps at the beginning, where the layout forms, and at the end, where detail does.",
    paper="Lee et al. 2024, arXiv:2407.12173, with alpha = beta = 0.6",
)
def beta(ratios: Sequence[float], steps: int) -> list[float]:
    """Timesteps (T − 1)·q, q the quantiles of Beta(0.6, 0.6) at even shares from 1 to 0; between entries in log."""
    shares = 1 - np.arange(steps) / max(steps - 1, 1)
    return [look_up(ratios, (len(ratios) - 1) * float(quantile)) for quantile in _quantiles(shares)]


def _quantiles(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """The x with P(Beta(0.6, 0.6) < x) = share, by Newton's method on w = x^0.6, in which the law is nearly even."""
    middle = np.array(0.5**SHAPE)
    below = np.minimum(shares, 1 - shares)  # the law is symmetric
    area = 2 * below * _area(middle)
    w = 2 * below * middle
    for _ in range(6):
        slope = (1 - w ** (1 / SHAPE)) ** (SHAPE - 1) / SHAPE
        w = w - (_area(w) - area) / slope
    x = w ** (1 / SHAPE)
    return np.where(shares > 0.5, 1 - x, x)


def _area(w: NDArray[np.float64]) -> NDArray[np.float64]:
    """∫ x^−0.4·(1 − x)^−0.4 dx up to x = w^(1/0.6) ≤ ½, by the binomial series."""
    x = w ** (1 / SHAPE)
    term, total = np.ones_like(w), np.zeros_like(w)
    for k in range(TERMS):
        total += term / (SHAPE + k)
        term = term * x * (1 - SHAPE + k) / (k + 1)
    return w * total
