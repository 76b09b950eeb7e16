"""Checks of noise level tables: timesteps, shift, rescaling to pure noise, and the relation of alpha and sigma
in runs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.processes import Process, edm, flow, tabulated, vp
from gdm_studio.maths.spacings import SPACINGS
from gdm_studio.verify.check_result import Row, at_most, equal
from gdm_studio.verify.exact_model import ExactLibrary, request, run_engine

# Number of timesteps that are checked.
PLACES = 50
EXACT = 1e-9
STEPS = (2, 5, 10, 30)


def check_tables() -> Iterator[Row]:
    """Check noise level tables: timesteps, shift, rescaling to pure noise, and the noise levels of runs with every
    spacing.
    """
    yield from _check_shift()
    yield from _check_timesteps()
    yield from _check_noise_levels()


def share_off(found: np.ndarray, wanted: np.ndarray) -> float:
    """Return the largest relative difference between two arrays. It is infinite if the lengths differ or if
    corresponding values are not both finite or both infinite.
    """
    if len(found) != len(wanted) or (np.isinf(found) != np.isinf(wanted)).any():
        return math.inf
    finite = np.isfinite(wanted)
    return float(np.abs(found[finite] / wanted[finite] - 1).max())


def _check_shift() -> Iterator[Row]:
    """Check that a shift multiplies every noise ratio of a schedule, and that rescaling a schedule to end in pure noise
    preserves its first level.

    Hoogeboom et al. 2023, section 3.1; Esser et al. 2024, eq. 23; Lin et al. 2024, algorithm 1.
    """
    for shift in (0.5, 3.0):
        for name, process, plain in (
            ("vp", vp("cosine_snr", shift=shift), vp("cosine_snr")),
            ("flow", flow(shift=shift), flow()),
        ):
            away = share_off(np.array(process.ratios), shift * np.array(plain.ratios))
            yield at_most(f"{name}, shift {shift:g}: off by", away, EXACT)
    for name in ("linear", "scaled_linear"):
        table = np.array(vp(name).ratios)
        root = 1 / np.sqrt(1 + table**2)
        root = (root - root[-1]) * root[0] / (root[0] - root[-1])
        wanted = np.divide(np.sqrt(1 - root**2), root, out=np.full(len(table), math.inf), where=root > 0)
        away = share_off(np.array(vp(name, zero_terminal_snr=True).ratios), wanted)
        yield at_most(f"vp {name} to pure noise: off by", away, EXACT)
    bars = np.geomspace(0.999, 0.01, 40)
    away = share_off(np.array(tabulated(tuple(bars)).ratios), np.sqrt((1 - bars) / bars))
    yield at_most("tabulated: off by", away, EXACT)


def _check_timesteps() -> Iterator[Row]:
    """Check the conversion of noise ratios to timesteps.

    A ratio in the schedule gives its index, and other ratios are interpolated logarithmically.
    """
    for title, process in (("vp", vp("linear")), ("edm", edm()), ("vp to pure noise", vp(zero_terminal_snr=True))):
        logs = np.log(np.array(process.ratios[:-1]))
        away = 0.0
        for t in np.linspace(0, len(logs) - 1.001, PLACES):
            left = int(t)
            ratio = math.exp((1 - t + left) * logs[left] + (t - left) * logs[min(left + 1, len(logs) - 1)])
            away = max(
                away, abs(process.timestep(_to_noise_level(process, ratio)) - t), abs(process.at(t).ratio / ratio - 1)
            )
        yield at_most(f"timesteps of {title}: off by", away, 1e-7)
    last = vp(zero_terminal_snr=True).timestep(NoiseLevel(0.0, 1.0))
    yield equal("timestep of pure noise", last, 999, tolerance=0)


def _to_noise_level(process: Process, ratio: float) -> NoiseLevel:
    return (
        NoiseLevel(1.0, ratio)
        if process.name == "edm"
        else NoiseLevel(1 / math.hypot(1, ratio), ratio / math.hypot(1, ratio))
    )


def _check_noise_levels() -> Iterator[Row]:
    """Check the noise levels of engine runs with every spacing: alpha and sigma satisfy the process's relation, and the
    noise ratio decreases to 0.
    """
    processes = (("vp", vp("linear")), ("cosine", vp("cosine")), ("edm", edm()), ("flow", flow()))
    spacings = [name for name, spec in SPACINGS.items() if not spec.needs_table]
    for name in spacings:
        for title, process in processes:
            away = 0.0
            for steps in STEPS:
                run = run_engine(request(sampler="ddim", spacing=name, steps=steps, count=1), ExactLibrary(process))
                *levels, clean = run.path
                is_falling = all(later < ratio for ratio, later in zip(run.ratios, run.ratios[1:], strict=False))
                is_complete = clean == NoiseLevel(1.0, 0.0) and len(levels) == steps
                away = max(away, 0.0 if is_falling and is_complete else math.inf, _measure_deviation(title, levels))
            what = f"spacing {name} on {title}, {', '.join(map(str, STEPS))} steps: off the curve by"
            yield at_most(what, away, 1e-7)


def _measure_deviation(process: str, levels: Sequence[NoiseLevel]) -> float:
    """Return the largest deviation of noise levels from the relation between alpha and sigma that the process named
    `process` requires, for example alpha² + sigma² = 1.
    """
    together = {"edm": lambda alpha, sigma: alpha, "flow": lambda alpha, sigma: alpha + sigma}
    rule = together.get(process, lambda alpha, sigma: alpha**2 + sigma**2)
    return max(abs(rule(*level) - 1) for level in levels)
