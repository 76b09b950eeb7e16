"""Processes that share DDPM's drift: DDPM with any noise schedule, the VP SDE and the sub-VP SDE."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from gdm_studio.common.errors import BadRequest
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.processes.coordinates import sub_variance_preserving, variance_preserving
from gdm_studio.maths.processes.process import Process, Sde, shifted, with_zero_terminal_snr
from gdm_studio.maths.schedules import SCHEDULES, ratios

# The beta of the SDEs is b(t) = 0.1 + 19.9·t.
BETA_MIN, BETA_MAX = 0.1, 20.0


def vp(
    schedule: str = "linear",
    timesteps: int = 1000,
    *,
    options: Mapping[str, float] | None = None,
    shift: float = 1.0,
    zero_terminal_snr: bool = False,
    last_alpha_bar: float = 0.0,
) -> Process:
    """Create the forward process of DDPM (Ho et al. 2020, arXiv:2006.11239) with a named noise schedule.

    `options` are parameters of the schedule, such as {"beta_end": 0.012}. `shift` is the images' side divided by the
    side that the schedule was designed for (simple diffusion). `last_alpha_bar` is the last alpha-bar of a process with
    zero terminal SNR.
    """
    table = SCHEDULES[schedule](timesteps, **(options or {}))
    process = shifted(Process(f"vp-{schedule}", "Gaussian noise", ratios(table), variance_preserving), shift)
    return with_zero_terminal_snr(process, last_alpha_bar) if zero_terminal_snr else process


def tabulated(alpha_bars: Sequence[float]) -> Process:
    """Create the forward process of DDPM from a table of alpha-bar, as stored in checkpoints (`alphas_cumprod`).

    The last entry may be 0. Raises BadRequest unless the table falls and starts below 1.
    """
    falling = all(later < earlier for earlier, later in zip((1.0, *alpha_bars), alpha_bars, strict=False))
    if not alpha_bars or not falling or alpha_bars[-1] < 0:
        raise BadRequest("A noise table must hold alpha-bars that fall, each below 1 and none below 0.")
    return Process("tabulated", "Gaussian noise", ratios(alpha_bars), variance_preserving)


def vp_sde(timesteps: int = 1000) -> Process:
    """Create the forward process of the VP SDE, dx = −b/2·x dt + √b dw (Song et al. 2021, arXiv:2011.13456, eq. 11 and
    29).

    The table runs from t = 1e-3, where its authors stop sampling, to t = 1.
    """

    def at(t: float) -> NoiseLevel:
        return variance_preserving(math.sqrt(math.expm1(_total_beta(t))))

    def time(point: NoiseLevel) -> float:
        return _find_time(math.log1p(point.ratio**2))

    sde = Sde(_drift, lambda t: math.sqrt(_beta(t)), at, time)
    return Process("vp_sde", "Gaussian noise", _list_ratios(sde, timesteps), variance_preserving, sde)


def sub_vp(timesteps: int = 1000) -> Process:
    """Create the forward process of the sub-VP SDE, with sigma = 1 − e^−B and B(t) = ∫b (Song et al. 2021,
    arXiv:2011.13456, eq. 12 and 29).

    It has the VP SDE's drift, and g² = b·(1 − e^−2B). The table runs from t = 1e-3 to 1.
    """

    def at(t: float) -> NoiseLevel:
        return sub_variance_preserving(2 * math.sinh(_total_beta(t) / 2))

    def time(point: NoiseLevel) -> float:
        return _find_time(2 * math.asinh(point.ratio / 2))

    def diffusion(t: float) -> float:
        return math.sqrt(-_beta(t) * math.expm1(-2 * _total_beta(t)))

    sde = Sde(_drift, diffusion, at, time)
    return Process("subvp", "Gaussian noise", _list_ratios(sde, timesteps), sub_variance_preserving, sde)


def _beta(t: float) -> float:
    return BETA_MIN + (BETA_MAX - BETA_MIN) * t


def _total_beta(t: float) -> float:
    return BETA_MIN * t + (BETA_MAX - BETA_MIN) / 2 * t * t


def _drift(t: float) -> float:
    return -_beta(t) / 2


def _find_time(total: float) -> float:
    """Return the time t of the VP SDE at which the integral of beta reaches `total`. The formula is accurate for small
    values.
    """
    slope = BETA_MAX - BETA_MIN
    return 2 * total / (BETA_MIN + math.sqrt(BETA_MIN**2 + 2 * slope * total))


def _list_ratios(sde: Sde, timesteps: int, first: float = 1e-3) -> tuple[float, ...]:
    return tuple(sde.at(first + (1 - first) * i / max(timesteps - 1, 1)).ratio for i in range(timesteps))
