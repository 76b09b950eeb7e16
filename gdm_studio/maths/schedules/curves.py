"""The classic curves: linear (DDPM), scaled linear (latent diffusion), cosine (improved DDPM)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable


def linear(timesteps: int = 1000, *, beta_start: float = 1e-4, beta_end: float = 0.02) -> tuple[float, ...]:
    """alpha-bar of betas rising linearly (Ho et al. 2020, section 4)."""
    return _alpha_bars(_linspace(beta_start, beta_end, timesteps))


def scaled_linear(timesteps: int = 1000, *, beta_start: float = 0.00085, beta_end: float = 0.012) -> tuple[float, ...]:
    """alpha-bar of betas whose square roots rise linearly (Rombach et al. 2022, released configurations)."""
    roots = _linspace(math.sqrt(beta_start), math.sqrt(beta_end), timesteps)
    return _alpha_bars(root * root for root in roots)


def cosine(timesteps: int = 1000, *, offset: float = 0.008, beta_max: float = 0.999) -> tuple[float, ...]:
    """alpha-bar proportional to cos² of time, betas clipped at `beta_max` (Nichol and Dhariwal 2021, eq. 17)."""

    def f(t: float) -> float:
        return math.cos((t / timesteps + offset) / (1 + offset) * math.pi / 2) ** 2

    return _alpha_bars(min(1 - f(t + 1) / f(t), beta_max) for t in range(timesteps))


SCHEDULES: dict[str, Callable[..., tuple[float, ...]]] = {
    "linear": linear,
    "scaled_linear": scaled_linear,
    "cosine": cosine,
}


def ratios(alpha_bars: Iterable[float]) -> tuple[float, ...]:
    """sigma / alpha at each timestep, rising, from alpha-bars in (0, 1)."""
    return tuple(math.sqrt((1 - a) / a) for a in alpha_bars)


def _alpha_bars(betas: Iterable[float]) -> tuple[float, ...]:
    alpha_bars, kept = [], 1.0
    for beta in betas:
        kept *= 1 - beta
        alpha_bars.append(kept)
    return tuple(alpha_bars)


def _linspace(first: float, last: float, count: int) -> list[float]:
    return [first + (last - first) * i / max(count - 1, 1) for i in range(count)]
