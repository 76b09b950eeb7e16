"""Reference implementation of schedules and spacings, in numpy from their papers, to compare the engine's with."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping

import numpy as np

NODES, MASSES = np.polynomial.legendre.leggauss(200)
# Noise ratio at which a path from pure noise, or with clipped log-SNR, takes its first steps.
FURTHEST = math.exp(5.1)
LCM_TIMESTEPS = 50


def _from_betas(betas: np.ndarray) -> np.ndarray:
    bars = np.cumprod(1 - betas)
    return np.sqrt((1 - bars) / bars)


def _cosine(t: np.ndarray, count: int) -> np.ndarray:
    """Follow Nichol and Dhariwal 2021, eq. 17, s = 0.008, with betas of at most 0.999."""
    bars = np.cos((np.append(t, count) / count + 0.008) / 1.008 * np.pi / 2) ** 2
    return _from_betas(np.minimum(1 - bars[1:] / bars[:-1], 0.999))


def _cosine_snr(t: np.ndarray, count: int) -> np.ndarray:
    """Follow Hoogeboom et al. 2023, eq. 3 and their code: logsnr = −2·log tan(angle), with ends at ±15."""
    low = math.atan(math.exp(-7.5))
    high = math.atan(math.exp(7.5))
    return np.tan(low + (t + 1) / count * (high - low))


def _sigmoid(t: np.ndarray, count: int) -> np.ndarray:
    """Follow Chen 2023, algorithm 1, from −3 to 3 at tau 1, clipped at 1e-9."""
    logistic = 1 / (1 + np.exp(3 - 6 * (t + 1) / count))
    first = 1 / (1 + math.exp(3))
    last = 1 / (1 + math.exp(-3))
    bars = np.clip((last - logistic) / (last - first), 1e-9, 1)
    return np.sqrt((1 - bars) / bars)


def _laplace(t: np.ndarray, count: int) -> np.ndarray:
    """Follow Hang et al. 2024, table 1: logsnr = mu − b·sgn(½ − t)·log(1 − 2|t − ½|), mu = 0 and b = ½."""
    share = (t + 0.5) / count
    return np.exp(0.25 * np.sign(0.5 - share) * np.log(1 - 2 * np.abs(share - 0.5)))


def _vp_sde(t: np.ndarray, count: int) -> np.ndarray:
    """Follow Song et al. 2021, eq. 29 and 33: alpha² = exp(−B), B = 0.1·t + 9.95·t², t from 1e-3 to 1."""
    time = np.linspace(1e-3, 1, count)
    return np.sqrt(np.exp(0.1 * time + 9.95 * time**2) - 1)


def _sub_vp(t: np.ndarray, count: int) -> np.ndarray:
    """Follow Song et al. 2021, eq. 29: sigma = 1 − exp(−B), B = 0.1·t + 9.95·t², t from 1e-3 to 1."""
    time = np.linspace(1e-3, 1, count)
    total = 0.1 * time + 9.95 * time**2
    return (1 - np.exp(-total)) / np.exp(-total / 2)


def _flow(t: np.ndarray, count: int) -> np.ndarray:
    """Follow Liu et al. 2022: x = (1 − t)·x0 + t·eps, where the last t is 1."""
    time = (t + 1) / count
    return np.divide(time, 1 - time, out=np.full(count, math.inf), where=time < 1)


# sigma / alpha at timesteps t = 0 … count − 1, by name.
RATIOS: dict[str, Callable[[np.ndarray, int], np.ndarray]] = {
    "linear": lambda t, count: _from_betas(1e-4 + (0.02 - 1e-4) * t / (count - 1)),
    "scaled_linear": lambda t, count: _from_betas(np.linspace(0.00085**0.5, 0.012**0.5, count) ** 2),
    "cosine": _cosine,
    "cosine_snr": _cosine_snr,
    "sigmoid": _sigmoid,
    "laplace": _laplace,
    "vp_sde": _vp_sde,
    "subvp": _sub_vp,
    "ve": lambda t, count: 0.01 * 5000 ** (t / (count - 1)),
    "edm": lambda t, count: 0.002 * 40000 ** (t / (count - 1)),
    "flow": _flow,
}


def _shares(steps: int) -> np.ndarray:
    """Return i/(steps − 1), from 0 to 1."""
    return np.arange(steps) / (steps - 1)


def _from_most(table: np.ndarray, steps: int, falling: Callable[[float, float, np.ndarray], np.ndarray]) -> np.ndarray:
    """Return ratios between the table's ends; pure noise is followed by a table ending at FURTHEST."""
    endless = bool(np.isinf(table[-1]))
    found = falling(FURTHEST if endless else float(table[-1]), float(table[0]), _shares(steps))
    return np.append(math.inf, found[1:]) if endless else found


def _karras(high: float, low: float, shares: np.ndarray) -> np.ndarray:
    """Follow Karras et al. 2022, eq. 5, with rho = 7."""
    return np.asarray((high ** (1 / 7) + shares * (low ** (1 / 7) - high ** (1 / 7))) ** 7)


def _exponential(high: float, low: float, shares: np.ndarray) -> np.ndarray:
    """Follow k-diffusion's get_sigmas_exponential."""
    return np.asarray(high ** (1 - shares) * low**shares)


def _polyexponential(high: float, low: float, shares: np.ndarray) -> np.ndarray:
    """Follow k-diffusion's get_sigmas_polyexponential, with rho = 1.5."""
    return np.asarray(low * (high / low) ** ((1 - shares) ** 1.5))


def _logsnr(table: np.ndarray, steps: int) -> np.ndarray:
    """Follow Lu et al. 2022, section 3.4: even in lambda, down to lambda = −5.1."""
    return _exponential(min(float(table[-1]), FURTHEST), float(table[0]), _shares(steps))


def _quadratic(table: np.ndarray, steps: int) -> np.ndarray:
    """Follow Song et al. 2021 (DDIM), appendix D.2 and code: int(linspace(0, √(0.8·T), steps)²), without duplicates."""
    squares = (np.linspace(0, math.sqrt(0.8 * len(table)), steps) ** 2 + 1e-9).astype(int)
    return np.asarray(table[np.maximum(squares, np.arange(steps))][::-1])


def _kl_optimal(high: float, low: float, shares: np.ndarray) -> np.ndarray:
    """Follow Sabour et al. 2024, theorem 3.1, and ComfyUI's kl_optimal_scheduler."""
    return np.asarray(np.tan(shares * math.atan(low) + (1 - shares) * math.atan(high)))


def _beta_sigmas(high: float, low: float, shares: np.ndarray) -> np.ndarray:
    """Follow AUTOMATIC1111's get_sigmas_beta: sigma_min + ppf(1 − share)·(sigma_max − sigma_min), Beta(0.6, 0.6)."""
    return np.array([low + beta_quantile(1 - share) * (high - low) for share in shares])


def _beta_timesteps(table: np.ndarray, steps: int, a: float, b: float) -> np.ndarray:
    """Follow ComfyUI's beta_scheduler: timesteps rint(ppf(1 − i/n)·(T − 1)), without the last share."""
    places = [beta_quantile(1 - i / steps, a, b) * (len(table) - 1) for i in range(steps)]
    return np.asarray(table[np.floor(np.array(places) + 0.5 + 1e-9).astype(int)])


def _lcm(table: np.ndarray, steps: int) -> np.ndarray:
    """Follow Luo et al. 2023, section 4.3, and diffusers' LCMScheduler: n of the timesteps T/50·k − 1, falling."""
    stride = len(table) // LCM_TIMESTEPS
    grid = np.arange(1, LCM_TIMESTEPS + 1)[::-1] * stride - 1
    return np.asarray(table[grid[np.floor(np.linspace(0, LCM_TIMESTEPS, steps, endpoint=False)).astype(int)]])


def _fractional(table: np.ndarray, timesteps: Iterable[float]) -> np.ndarray:
    """Return the ratios at fractional timesteps."""
    return np.array([_between(table, float(t)) for t in timesteps])


# Noise ratios of n > 1 steps on a table, by name.
SPACED: Mapping[str, Callable[[np.ndarray, int], np.ndarray]] = {
    # Lin et al. 2024, table 2, whose timesteps start from 1.
    "trailing": lambda table, n: table[np.round(len(table) - np.arange(n) * len(table) / n).astype(int) - 1],
    "leading": lambda table, n: table[(np.arange(n) * (len(table) // n))[::-1]],
    "linspace": lambda table, n: table[np.round(np.linspace(len(table) - 1, 0, n)).astype(int)],
    "quadratic": _quadratic,
    "karras": lambda table, n: _from_most(table, n, _karras),
    "exponential": lambda table, n: _from_most(table, n, _exponential),
    "polyexponential": lambda table, n: _from_most(table, n, _polyexponential),
    "logsnr": _logsnr,
    "kl_optimal": lambda table, n: _from_most(table, n, _kl_optimal),
    "beta_sigmas": lambda table, n: _from_most(table, n, _beta_sigmas),
    "leading_1": lambda table, n: table[(np.arange(n) * (len(table) // n))[::-1] + 1],
    # k-diffusion's DiscreteSchedule.get_sigmas, ComfyUI's normal_scheduler with sgm, its simple_scheduler.
    "normal": lambda table, n: _fractional(table, np.linspace(len(table) - 1, 0, n)),
    "sgm_uniform": lambda table, n: _fractional(table, np.linspace(len(table) - 1, 0, n + 1)[:-1]),
    "simple": lambda table, n: table[[-(1 + int(i * (len(table) / n))) for i in range(n)]],
    "beta": lambda table, n: _beta_timesteps(table, n, 0.6, 0.6),
    "beta57": lambda table, n: _beta_timesteps(table, n, 0.5, 0.7),
    "lcm_50": _lcm,
    # Called "beta" in version 0.1: timesteps (T − 1)·ppf at even shares including both ends, interpolated in log ratio.
    "beta_0_1": lambda table, n: _fractional(table, [(len(table) - 1) * beta_quantile(1 - i) for i in _shares(n)]),
}


def beta_quantile(share: float, a: float = 0.6, b: float = 0.6) -> float:
    """Return the `share` quantile of Beta(a, b), for a and b of at least ½, by bisection."""
    below = _beta_area(0.5, a, b)
    above = _beta_area(0.5, b, a)
    wanted = share * (below + above)
    if wanted > below:
        return 1 - beta_quantile(1 - share, b, a)
    low = 0.0
    high = 0.5
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _beta_area(middle, a, b) < wanted else (low, middle)
    return low


def _beta_area(x: float, a: float, b: float) -> float:
    """Return ∫ t^(a − 1)·(1 − t)^(b − 1) dt up to x ≤ ½, by quadrature in u = t^0.1, in which it is smooth."""
    u = x**0.1 * (NODES + 1) / 2
    return float(x**0.1 / 2 * MASSES @ (10 * u ** (10 * a - 1) * (1 - u**10) ** (b - 1)))


def _between(table: np.ndarray, t: float) -> float:
    """Return the ratio of a timestep, interpolated in log ratio; towards an infinite ratio, in its inverse."""
    left = min(int(t), len(table) - 2)
    low = float(table[left])
    high = float(table[left + 1])
    share = t - int(t)
    if share == 0 or t >= len(table) - 1:
        return float(table[min(int(t), len(table) - 1)])
    return low / (1 - share) if math.isinf(high) else low ** (1 - share) * high**share
