"""The beta spacings: small steps at both ends, large ones between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gdm_studio.maths.later import Later
from gdm_studio.maths.schedules.table import look_up
from gdm_studio.maths.spacings.curves import between
from gdm_studio.maths.spacings.spec import spacing
from gdm_studio.maths.spacings.uniform import fits

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = Later("numpy")

PAPER = "Lee et al. 2024, arXiv:2407.12173"
TIE = 1e-9  # the middle of an even table lies between two timesteps: the noisier one, whatever the last bit says
TERMS = 60  # of the series, each at most half the one before: exact to the last bit


@spacing(
    "beta",
    title="Beta",
    summary="Small steps at the beginning, where the layout forms, and at the end, where detail does.",
    paper=f"{PAPER}, with alpha = beta = 0.6, as ComfyUI has it",
)
def beta(ratios: Sequence[float], steps: int) -> list[float]:
    """Timesteps (T − 1)·q, rounded, q the quantiles of Beta(0.6, 0.6) at the shares 1 − i/steps."""
    return _timesteps(ratios, steps, 0.6, 0.6)


@spacing(
    "beta57",
    title="Beta 57",
    summary="Like Beta, with more of its steps at the end.",
    paper=f"{PAPER}, with alpha = 0.5, beta = 0.7, as RES4LYF has it",
)
def beta57(ratios: Sequence[float], steps: int) -> list[float]:
    """As `beta`, of Beta(0.5, 0.7)."""
    return _timesteps(ratios, steps, 0.5, 0.7)


@spacing(
    "beta_sigmas",
    title="Beta of σ",
    summary="Beta's shares of the noise in place of timesteps: half of the steps where it is very strong.",
    paper=f"{PAPER}, with alpha = beta = 0.6, as AUTOMATIC1111 and diffusers have it",
)
def beta_sigmas(ratios: Sequence[float], steps: int) -> list[float]:
    """Ratios at the quantiles of Beta(0.6, 0.6), at even shares from 1 to 0, of the way between the table's ends."""

    last = max(steps - 1, 1)
    left = quantiles(1 - np.arange(steps) / last, 0.6, 0.6)

    def same(ratio: float) -> float:
        return ratio

    return between(ratios, steps, same, same, bend=lambda share: 1 - float(left[round(share * last)]))


@spacing(
    "beta_0_1",
    title="Beta of 0.1",
    summary="What GDM Studio 0.1 called Beta: quantiles from the first timestep to the last, between timesteps too.",
    paper=f"{PAPER}, with alpha = beta = 0.6",
)
def beta_0_1(ratios: Sequence[float], steps: int) -> list[float]:
    """Timesteps (T − 1)·q, q the quantiles of Beta(0.6, 0.6) at even shares from 1 to 0; between entries in log."""
    shares = 1 - np.arange(steps) / max(steps - 1, 1)
    return [look_up(ratios, (len(ratios) - 1) * float(quantile)) for quantile in quantiles(shares, 0.6, 0.6)]


def quantiles(shares: NDArray[np.float64], a: float, b: float) -> NDArray[np.float64]:
    """The x with P(Beta(a, b) < x) = share, for a and b from 0 to 1.

    By Newton's method from the nearer end, on w = x^a, in which the law is nearly even there.
    """
    areas = [_area(np.array(0.5**end), end, other) for end, other in ((a, b), (b, a))]
    lower = areas[0] / (areas[0] + areas[1])  # the share below ½
    from_below = _towards_middle(shares / lower, a, b)
    from_above = 1 - _towards_middle((1 - shares) / (1 - lower), b, a)
    return np.where(shares > lower, from_above, from_below)


def _towards_middle(share: NDArray[np.float64], a: float, b: float) -> NDArray[np.float64]:
    """The x below which that share of the law's area up to ½ lies; a share beyond 1 is taken for 1."""
    share, middle = np.minimum(share, 1), np.array(0.5**a)
    area, w = share * _area(middle, a, b), share * middle
    for _ in range(6):
        slope = (1 - w ** (1 / a)) ** (b - 1) / a
        w = w - (_area(w, a, b) - area) / slope
    x: NDArray[np.float64] = w ** (1 / a)
    return x


def _area(w: NDArray[np.float64], a: float, b: float) -> NDArray[np.float64]:
    """∫ x^(a − 1)·(1 − x)^(b − 1) dx up to x = w^(1/a) ≤ ½, by the binomial series."""
    x = w ** (1 / a)
    term, total = np.ones_like(w), np.zeros_like(w)
    for k in range(TERMS):
        total += term / (a + k)
        term = term * x * (1 - b + k) / (k + 1)
    return w * total


def _timesteps(ratios: Sequence[float], steps: int, a: float, b: float) -> list[float]:
    """Where rounding would visit a timestep twice, which other tools do with a step less, the next one is taken."""
    fits(ratios, steps)
    places = quantiles(1 - np.arange(steps) / steps, a, b) * (len(ratios) - 1)
    found = np.floor(places + 0.5 + TIE).astype(int)
    for i in reversed(range(steps - 1)):
        found[i] = max(found[i], found[i + 1] + 1)
    found[0] = min(found[0], len(ratios) - 1)
    for i in range(1, steps):
        found[i] = min(found[i], found[i - 1] - 1)
    return [ratios[t] for t in found]
