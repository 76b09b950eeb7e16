"""Variance-preserving processes: DDPM's on any schedule, and the two SDEs that share its drift."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from gdm_studio.errors import BadRequest
from gdm_studio.maths.path import Point
from gdm_studio.maths.processes.coordinates import sub_variance_preserving, variance_preserving
from gdm_studio.maths.processes.process import Process, Sde
from gdm_studio.maths.processes.reshaped import shifted, with_zero_terminal_snr
from gdm_studio.maths.schedules import SCHEDULES, ratios

BETA_MIN, BETA_MAX = 0.1, 20.0  # of the SDEs: b(t) = 0.1 + 19.9·t


def vp(
    schedule: str = "linear",
    timesteps: int = 1000,
    *,
    options: Mapping[str, float] | None = None,  # the schedule's own numbers, e.g. {"beta_end": 0.012}
    shift: float = 1.0,  # side of the pictures / side the schedule was made for (simple diffusion)
    zero_terminal_snr: bool = False,
) -> Process:
    """DDPM (Ho et al. 2020, arXiv:2006.11239) on a named schedule."""
    table = SCHEDULES[schedule](timesteps, **(options or {}))
    process = shifted(Process(f"vp-{schedule}", "Gaussian noise", ratios(table), variance_preserving), shift)
    return with_zero_terminal_snr(process) if zero_terminal_snr else process


def tabulated(alpha_bars: Sequence[float]) -> Process:
    """DDPM on a table of alpha-bar, as checkpoints keep it (`alphas_cumprod`); the last may be 0.

    Raises BadRequest unless it falls from below 1.
    """
    falling = all(later < earlier for earlier, later in zip((1.0, *alpha_bars), alpha_bars, strict=False))
    if not alpha_bars or not falling or alpha_bars[-1] < 0:
        raise BadRequest("A noise table must hold alpha-bars that fall, each below 1 and none below 0.")
    return Process("tabulated", "Gaussian noise", ratios(alpha_bars), variance_preserving)


def vp_sde(timesteps: int = 1000) -> Process:
    """The VP SDE (Song et al. 2021, arXiv:2011.13456, eq. 11 and 29): dx = −b/2·x dt + √b dw.

    The table goes from t = 1e-3, where its authors stop sampling, to 1.
    """

    def at(t: float) -> Point:
        return variance_preserving(math.sqrt(math.expm1(_total_beta(t))))

    def time(point: Point) -> float:
        return _time(math.log1p(point.ratio**2))

    sde = Sde(_drift, lambda t: math.sqrt(_beta(t)), at, time)
    return Process("vp_sde", "Gaussian noise", _table(sde, timesteps), variance_preserving, sde)


def sub_vp(timesteps: int = 1000) -> Process:
    """The sub-VP SDE (same paper, eq. 12 and 29): the VP SDE's drift, g² = b·(1 − e^−2B), sigma = 1 − e^−B.

    B(t) = ∫b; the table goes from t = 1e-3 to 1.
    """

    def at(t: float) -> Point:
        return sub_variance_preserving(2 * math.sinh(_total_beta(t) / 2))

    def time(point: Point) -> float:
        return _time(2 * math.asinh(point.ratio / 2))

    def diffusion(t: float) -> float:
        return math.sqrt(-_beta(t) * math.expm1(-2 * _total_beta(t)))

    sde = Sde(_drift, diffusion, at, time)
    return Process("subvp", "Gaussian noise", _table(sde, timesteps), sub_variance_preserving, sde)


def _beta(t: float) -> float:
    return BETA_MIN + (BETA_MAX - BETA_MIN) * t


def _total_beta(t: float) -> float:
    return BETA_MIN * t + (BETA_MAX - BETA_MIN) / 2 * t * t


def _drift(t: float) -> float:
    return -_beta(t) / 2


def _time(total: float) -> float:
    """The t at which beta adds up to `total`, by the root that loses no digits when it is small."""
    slope = BETA_MAX - BETA_MIN
    return 2 * total / (BETA_MIN + math.sqrt(BETA_MIN**2 + 2 * slope * total))


def _table(sde: Sde, timesteps: int, first: float = 1e-3) -> tuple[float, ...]:
    return tuple(sde.at(first + (1 - first) * i / max(timesteps - 1, 1)).ratio for i in range(timesteps))
