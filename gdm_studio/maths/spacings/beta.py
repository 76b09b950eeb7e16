"""The beta spacings, with small steps at both ends of the path and large ones in the middle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gdm_studio.common.lazy_import import LazyModule
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.schedules.table_interpolation import look_up
from gdm_studio.maths.spacings.formulas import between
from gdm_studio.maths.spacings.registry import spacing
from gdm_studio.maths.spacings.uniform import check_step_count

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = LazyModule("numpy")

PAPER = "Lee et al. 2024, arXiv:2407.12173"
# The middle of an even table is between two timesteps. This rounds it to the noisier one, regardless of rounding
# errors.
TIE = 1e-9
# Number of terms of the series. Each is at most half of the one before, so the sum is exact to the last bit.
TERMS = 60


@spacing(
    "beta",
    title=QT_TRANSLATE_NOOP("Setting", "Beta"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "Small steps at the beginning, where the layout forms, and at the end, where detail does."
    ),
    paper=f"{PAPER}, with alpha = beta = 0.6, as ComfyUI has it",
)
def beta(ratios: Sequence[float], steps: int) -> list[float]:
    """Choose the noise ratios for a run's steps at timesteps (T − 1)·q, rounded, where q are the quantiles of Beta(0.6,
    0.6) at 1 − i/steps.
    """
    return _choose_at_timesteps(ratios, steps, 0.6, 0.6)


@spacing(
    "beta57",
    title=QT_TRANSLATE_NOOP("Setting", "Beta 57"),
    summary=QT_TRANSLATE_NOOP("Setting", "Like Beta, with more of its steps at the end."),
    paper=f"{PAPER}, with alpha = 0.5, beta = 0.7, as RES4LYF has it",
)
def beta57(ratios: Sequence[float], steps: int) -> list[float]:
    """Choose the noise ratios for a run's steps at timesteps (T − 1)·q, rounded, where q are the quantiles of Beta(0.5,
    0.7) at 1 − i/steps.
    """
    return _choose_at_timesteps(ratios, steps, 0.5, 0.7)


@spacing(
    "beta_sigmas",
    title=QT_TRANSLATE_NOOP("Setting", "Beta of σ"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "Beta's shares of the noise in place of timesteps: half of the steps where it is very strong."
    ),
    paper=f"{PAPER}, with alpha = beta = 0.6, as AUTOMATIC1111 and diffusers have it",
)
def beta_sigmas(ratios: Sequence[float], steps: int) -> list[float]:
    """Choose the noise ratios for a run's steps between the largest and the smallest ratio of the process, at evenly
    spaced quantiles of Beta(0.6, 0.6).
    """

    last = max(steps - 1, 1)
    left = quantiles(1 - np.arange(steps) / last, 0.6, 0.6)

    def same(ratio: float) -> float:
        return ratio

    return between(ratios, steps, same, same, bend=lambda share: 1 - float(left[round(share * last)]))


@spacing(
    "beta_0_1",
    title=QT_TRANSLATE_NOOP("Setting", "Beta of 0.1"),
    summary=QT_TRANSLATE_NOOP(
        "Setting",
        "What GDM Studio 0.1 called Beta: quantiles from the first timestep to the last, between timesteps too.",
    ),
    paper=f"{PAPER}, with alpha = beta = 0.6",
)
def beta_0_1(ratios: Sequence[float], steps: int) -> list[float]:
    """Choose the noise ratios for a run's steps at timesteps (T − 1)·q, interpolated in their logarithm.

    q are the quantiles of Beta(0.6, 0.6) at evenly spaced probabilities from 1 to 0.
    """
    shares = 1 - np.arange(steps) / max(steps - 1, 1)
    return [look_up(ratios, (len(ratios) - 1) * float(quantile)) for quantile in quantiles(shares, 0.6, 0.6)]


def quantiles(shares: NDArray[np.float64], a: float, b: float) -> NDArray[np.float64]:
    """Compute quantiles of the distribution Beta(a, b), with a and b from 0 to 1, at the given probabilities.

    It uses Newton's method, from the nearer end, on w = x^a, in which the distribution is nearly uniform there.
    """
    areas = [_integrate_density(np.array(0.5**end), end, other) for end, other in ((a, b), (b, a))]
    # The probability below ½.
    lower = areas[0] / (areas[0] + areas[1])
    from_below = _lower_quantiles(shares / lower, a, b)
    from_above = 1 - _lower_quantiles((1 - shares) / (1 - lower), b, a)
    return np.where(shares > lower, from_above, from_below)


def _lower_quantiles(share: NDArray[np.float64], a: float, b: float) -> NDArray[np.float64]:
    """Compute quantiles in the lower half of a beta distribution: the x below which a given fraction of the area from 0
    to ½ lies. Fractions above 1 count as 1.
    """
    share, middle = np.minimum(share, 1), np.array(0.5**a)
    area, w = share * _integrate_density(middle, a, b), share * middle
    for _ in range(6):
        slope = (1 - w ** (1 / a)) ** (b - 1) / a
        w = w - (_integrate_density(w, a, b) - area) / slope
    x: NDArray[np.float64] = w ** (1 / a)
    return x


def _integrate_density(w: NDArray[np.float64], a: float, b: float) -> NDArray[np.float64]:
    """Integrate the density of a beta distribution, ∫ x^(a − 1)·(1 − x)^(b − 1) dx up to x = w^(1/a) ≤ ½, by the
    binomial series.
    """
    x = w ** (1 / a)
    term, total = np.ones_like(w), np.zeros_like(w)
    for k in range(TERMS):
        total += term / (a + k)
        term = term * x * (1 - b + k) / (k + 1)
    return w * total


def _choose_at_timesteps(ratios: Sequence[float], steps: int, a: float, b: float) -> list[float]:
    """Choose the noise ratios for a run's steps at timesteps that are rounded quantiles of Beta(a, b). A duplicate
    timestep is replaced by the next free one. (Other tools drop it.)
    """
    check_step_count(ratios, steps)
    places = quantiles(1 - np.arange(steps) / steps, a, b) * (len(ratios) - 1)
    found = np.floor(places + 0.5 + TIE).astype(int)
    for i in reversed(range(steps - 1)):
        found[i] = max(found[i], found[i + 1] + 1)
    found[0] = min(found[0], len(ratios) - 1)
    for i in range(1, steps):
        found[i] = min(found[i], found[i - 1] - 1)
    return [ratios[t] for t in found]
