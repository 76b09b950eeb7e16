"""Noise schedules by formula. All except `geometric` return falling alpha-bars at timesteps 0 … T−1."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import lru_cache

# (timesteps, *, parameters) -> alpha-bars
Schedule = Callable[..., tuple[float, ...]]


def linear(timesteps: int = 1000, *, beta_start: float = 1e-4, beta_end: float = 0.02) -> tuple[float, ...]:
    """Return the noise schedule of DDPM as falling alpha-bars: betas rise linearly (Ho et al. 2020, section 4)."""
    return _compute_alpha_bars(_linspace(beta_start, beta_end, timesteps))


def scaled_linear(timesteps: int = 1000, *, beta_start: float = 0.00085, beta_end: float = 0.012) -> tuple[float, ...]:
    """Return the noise schedule of Stable Diffusion as falling alpha-bars: square roots of betas rise linearly (Rombach
    et al. 2022, released configurations).
    """
    roots = _linspace(math.sqrt(beta_start), math.sqrt(beta_end), timesteps)
    return _compute_alpha_bars(root * root for root in roots)


def cosine(timesteps: int = 1000, *, offset: float = 0.008, beta_max: float = 0.999) -> tuple[float, ...]:
    """Return the cosine noise schedule: alpha-bar is proportional to the squared cosine of time, with betas clipped at
    `beta_max`.

    Nichol and Dhariwal 2021, eq. 17.
    """

    def f(t: float) -> float:
        return math.cos((t / timesteps + offset) / (1 + offset) * math.pi / 2) ** 2

    return _compute_alpha_bars(min(1 - f(t + 1) / f(t), beta_max) for t in range(timesteps))


def cosine_snr(timesteps: int = 1000, *, widest: float = 15.0) -> tuple[float, ...]:
    """Return the continuous cosine noise schedule as falling alpha-bars, with log(alpha²/sigma²) = −2·ln tan(angle).

    The angles are evenly spaced between log-SNRs of ±`widest`, at t = (i + 1) / T (Hoogeboom et al. 2023,
    arXiv:2301.11093, section 3.1). `processes.shifted` adapts the schedule to another resolution.
    """
    first = math.atan(math.exp(-widest / 2))
    angles = (first + (math.pi / 2 - 2 * first) * (i + 1) / timesteps for i in range(timesteps))
    return tuple(math.cos(angle) ** 2 for angle in angles)


def sigmoid(
    timesteps: int = 1000, *, start: float = -3.0, end: float = 3.0, tau: float = 1.0, smallest: float = 1e-9
) -> tuple[float, ...]:
    """Return the sigmoid noise schedule: alpha-bar falls along a sigmoid from `start` to `end`, at t = (i + 1) / T,
    never below `smallest`.

    Jabri et al. 2022, arXiv:2212.11972 (with tau = 0.9); written out in Chen 2023, arXiv:2301.10972, algorithm 1.
    """
    first, last = _sigmoid(start / tau), _sigmoid(end / tau)
    times = ((i + 1) / timesteps for i in range(timesteps))
    falling = ((last - _sigmoid((start + (end - start) * t) / tau)) / (last - first) for t in times)
    return tuple(max(alpha_bar, smallest) for alpha_bar in falling)


def laplace(timesteps: int = 1000, *, mean: float = 0.0, scale: float = 0.5) -> tuple[float, ...]:
    """Return the Laplace noise schedule as falling alpha-bars. The log-SNRs of uniformly drawn timesteps then have a
    Laplace distribution.

    log(alpha²/sigma²) = mean − scale·sgn(½ − t)·ln(1 − 2|t − ½|) at t = (i + ½) / T (Hang et al. 2024,
    arXiv:2407.03297, table 1).
    """

    def log_snr(t: float) -> float:
        return mean - scale * math.copysign(1.0, 0.5 - t) * math.log(1 - 2 * abs(t - 0.5))

    return tuple(_sigmoid(log_snr((i + 0.5) / timesteps)) for i in range(timesteps))


@lru_cache(maxsize=16)
def geometric(timesteps: int, sigma_min: float, sigma_max: float) -> tuple[float, ...]:
    """Return a noise schedule of geometrically rising noise ratios. Unlike the other schedules, it does not contain
    alpha-bars.

    Song and Ermon 2019 (NCSN); Song et al. 2021 (VE).
    """
    first, last = math.log(sigma_min), math.log(sigma_max)
    return tuple(math.exp(first + (last - first) * t / max(timesteps - 1, 1)) for t in range(timesteps))


SCHEDULES: dict[str, Schedule] = {
    "linear": linear,
    "scaled_linear": scaled_linear,
    "cosine": cosine,
    "cosine_snr": cosine_snr,
    "sigmoid": sigmoid,
    "laplace": laplace,
}


def _compute_alpha_bars(betas: Iterable[float]) -> tuple[float, ...]:
    alpha_bars, kept = [], 1.0
    for beta in betas:
        kept *= 1 - beta
        alpha_bars.append(kept)
    return tuple(alpha_bars)


def _linspace(first: float, last: float, count: int) -> list[float]:
    return [first + (last - first) * i / max(count - 1, 1) for i in range(count)]


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))
