"""Checks of forward processes: alpha and sigma against the integrated SDE, and the moments of non-Gaussian noise."""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.processes import PROCESSES, Sde, sub_vp, vp_sde
from gdm_studio.maths.processes.non_gaussian import Gamma, Laplace, Mixture
from gdm_studio.verify.check_result import Row, at_most, close, equal

# Number of steps for integrating drift and diffusion.
TIMES = 4000
NUMBERS = 400_000


def check_processes() -> Iterator[Row]:
    """Check forward processes: alpha and sigma against the SDE, and the moments of gamma and other noise."""
    for name, make in PROCESSES.items():
        process = None if name == "tabulated" else make()
        if process and process.sde:
            yield at_most(
                f"{name}: alpha and sigma against the integrated SDE", _measure_integration_error(process.sde), 1e-6
            )
    wide = vp_sde().sde
    narrow = sub_vp().sde
    if wide and narrow:
        most = max(narrow.at(t).sigma / wide.at(t).sigma for t in np.linspace(1e-3, 1, 100))
        yield at_most("sub-VP's sigma over VP's, at its largest", most, 1.0)
    for theta0 in (0.001, 0.1, 0.5):
        yield from _check_gamma_chain(theta0)
    for title, law in (("gamma", Gamma(0.3)), ("mixture", Mixture(0.5, 1.0)), ("laplace", Laplace(1.0))):
        yield from _check_law(title, law)


def _measure_integration_error(sde: Sde) -> float:
    """Return the largest relative difference between a process's alpha and sigma and the values obtained by integrating
    the SDE's drift and diffusion with a Runge-Kutta method.
    """
    # The flow's diffusion is unbounded near pure noise.
    first = max(sde.t_min, 1e-3 * sde.t_max)
    last = 0.99 * sde.t_max
    logs = np.linspace(math.log(first), math.log(last), TIMES + 1)

    def slope(u: float, alpha: float, variance: float) -> np.ndarray:
        t = math.exp(u)
        f = sde.drift(t)
        g = sde.diffusion(t)
        return t * np.array([f * alpha, 2 * f * variance + g * g])

    begin = sde.at(first)
    state = np.array([begin.alpha, begin.sigma**2])
    worst = 0.0
    for u, after in zip(logs, logs[1:], strict=False):
        h = after - u
        k1 = slope(u, *state)
        k2 = slope(u + h / 2, *(state + h / 2 * k1))
        k3 = slope(u + h / 2, *(state + h / 2 * k2))
        k4 = slope(after, *(state + h * k3))
        state = state + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        exact = sde.at(math.exp(after))
        worst = max(worst, abs(state[0] / exact.alpha - 1), abs(math.sqrt(state[1]) / exact.sigma - 1))
    return worst


def _check_gamma_chain(theta0: float, steps: int = 20) -> Iterator[Row]:
    """Check that gamma noise added step by step, x_t = √(1 − b)·x + centred gamma noise as in the paper, has the same
    moments as the same noise added in one jump.
    """
    rng = np.random.default_rng(31)
    x = np.zeros(NUMBERS // 2)
    kept = 1.0
    for b in np.linspace(1e-3, 0.2, 100)[:steps]:
        kept *= 1 - b
        scale = math.sqrt(kept) * theta0
        shape = b / scale**2
        x = math.sqrt(1 - b) * x + scale * rng.standard_gamma(shape, x.size) - shape * scale
    at = NoiseLevel(math.sqrt(kept), math.sqrt(1 - kept))
    yield close(f"gamma chain, theta {theta0:g}, {steps} steps: variance", x.var(), at.sigma**2, share=0.02)
    yield equal(f"gamma chain, theta {theta0:g}, {steps} steps: mean", x.mean(), 0.0, tolerance=0.01)
    skewness = Gamma(theta0).skewness(at)
    tolerance = 0.03 * max(skewness, 1.0)
    yield equal(
        f"gamma chain, theta {theta0:g}, {steps} steps: skewness", _compute_moment(x, 3), skewness, tolerance=tolerance
    )


def _check_law(title: str, law: Any) -> Iterator[Row]:
    """Check a noise distribution's moments and its characteristic function, for noise added in one jump and in two."""
    at, half = (NoiseLevel(1 / math.hypot(1, r), r / math.hypot(1, r)) for r in (1.0, 0.6))
    # 0.6² + 0.8² = 1
    rest = NoiseLevel(1 / math.hypot(1, 0.8), 0.8 / math.hypot(1, 0.8))
    rng = np.random.default_rng(32)
    one, first, second = (law(rng.normal(size=(1, NUMBERS)), point)[0] for point in (at, half, rest))
    yield close(f"{title} noise at ratio 1: variance", one.var(), 1.0, share=0.02)
    yield equal(f"{title} noise at ratio 1: skewness", _compute_moment(one, 3), law.skewness(at), tolerance=0.03)
    yield equal(
        f"{title} noise at ratio 1: kurtosis over 3",
        _compute_moment(one, 4) - 3,
        law.excess_kurtosis(at),
        tolerance=0.2,
    )
    for name, drawn in (("one jump", one), ("two jumps", 0.6 * first + 0.8 * second)):
        away = max(abs(np.exp(1j * u * drawn).mean() - cmath.exp(law.exponent(u))) for u in (0.5, 1.0, 2.0, 4.0))
        yield at_most(f"{title} noise in {name}: characteristic function off by", away, 0.006)


def _compute_moment(x: np.ndarray, order: int) -> float:
    return float(np.mean(((x - x.mean()) / x.std()) ** order))
