"""Every schedule and spacing against its definition written a second time, and what moves them: shift, pure noise."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from gdm_studio.engine.verify.defined import RATIOS, SPACED
from gdm_studio.engine.verify.exact_model import ExactLibrary, driven, request
from gdm_studio.engine.verify.row import Row, at_most, equal
from gdm_studio.maths.path import Point
from gdm_studio.maths.processes import PROCESSES, Process, edm, flow, tabulated, vp
from gdm_studio.maths.schedules import SCHEDULES

PLACES = 50  # of a schedule that are compared
EXACT = 1e-9
STEPS = (2, 5, 10, 30)


def tables() -> Iterator[Row]:
    """Schedules, spacings, shift, pure noise and timesteps: each against its definition written anew"""
    for name in SCHEDULES:
        if name in RATIOS:
            for count in (100, 1000):
                yield _same(f"schedule {name}, {count} timesteps", vp(name, count).ratios, _defined(name, count))
    for name in ("vp_sde", "subvp", "ve", "edm", "flow"):
        yield _same(f"process {name}", PROCESSES[name]().ratios, _defined(name))
    yield from _moved()
    yield from _timesteps()
    yield from _spacings()


def _defined(name: str, count: int = 1000) -> np.ndarray:
    return RATIOS[name](np.arange(count), count)


def _same(what: str, found: Sequence[float], wanted: np.ndarray) -> Row:
    """At PLACES of the table."""
    places = np.unique(np.linspace(0, len(wanted) - 1, PLACES).round().astype(int))
    return at_most(f"{what}: off by", _share(np.array(found)[places], wanted[places]), EXACT)


def _share(found: np.ndarray, wanted: np.ndarray) -> float:
    """The largest difference as a share; where one alone is infinite, infinity."""
    if len(found) != len(wanted) or (np.isinf(found) != np.isinf(wanted)).any():
        return math.inf
    finite = np.isfinite(wanted)
    return float(np.abs(found[finite] / wanted[finite] - 1).max())


def _moved() -> Iterator[Row]:
    """Hoogeboom et al. 2023, section 3.1; Esser et al. 2024, eq. 23; Lin et al. 2024, algorithm 1."""
    for shift in (0.5, 3.0):
        log_snr = -2 * np.log(_defined("cosine_snr")) - 2 * math.log(shift)
        yield _same(f"vp, shift {shift:g}", vp("cosine_snr", shift=shift).ratios, np.exp(-log_snr / 2))
        time = (np.arange(1000) + 1) / 1000
        moved = shift * time / (1 + (shift - 1) * time)
        ratios = np.divide(moved, 1 - moved, out=np.full(1000, math.inf), where=time < 1)
        yield _same(f"flow, shift {shift:g}", flow(shift=shift).ratios, ratios)
    for name in ("linear", "scaled_linear"):
        root = 1 / np.sqrt(1 + _defined(name) ** 2)
        root = (root - root[-1]) * root[0] / (root[0] - root[-1])
        wanted = np.divide(np.sqrt(1 - root**2), root, out=np.full(1000, math.inf), where=root > 0)
        yield _same(f"vp {name} to pure noise", vp(name, zero_terminal_snr=True).ratios, wanted)
    bars = np.geomspace(0.999, 0.01, 40)
    yield _same("tabulated", tabulated(tuple(bars)).ratios, np.sqrt((1 - bars) / bars))


def _timesteps() -> Iterator[Row]:
    """A ratio's timestep: whole where it stands in the table, between two in proportion to its logarithm."""
    for title, process in (("vp", vp("linear")), ("edm", edm()), ("vp to pure noise", vp(zero_terminal_snr=True))):
        logs = np.log(np.array(process.ratios[:-1]))
        away = 0.0
        for t in np.linspace(0, len(logs) - 1.001, PLACES):
            left = int(t)
            ratio = math.exp((1 - t + left) * logs[left] + (t - left) * logs[min(left + 1, len(logs) - 1)])
            away = max(away, abs(process.timestep(_on(process, ratio)) - t), abs(process.at(t).ratio / ratio - 1))
        yield at_most(f"timesteps of {title}: off by", away, 1e-7)
    last = vp(zero_terminal_snr=True).timestep(Point(0.0, 1.0))
    yield equal("timestep of pure noise", last, 999, tolerance=0)


def _on(process: Process, ratio: float) -> Point:
    return Point(1.0, ratio) if process.name == "edm" else Point(1 / math.hypot(1, ratio), ratio / math.hypot(1, ratio))


def _spacings() -> Iterator[Row]:
    """The points of a run of the engine."""
    processes = (("vp", vp("linear")), ("cosine", vp("cosine")), ("edm", edm()), ("flow", flow()))
    for name, spaced in SPACED.items():
        for title, process in processes:
            away = 0.0
            for steps in STEPS:
                run = driven(request(sampler="ddim", spacing=name, steps=steps, count=1), ExactLibrary(process))
                *points, clean = run.path
                found = np.array(run.ratios[:-1])
                away = max(away, _share(found, spaced(np.array(process.ratios), steps)))
                away = max(away, 0.0 if clean == Point(1.0, 0.0) else math.inf, _off_curve(title, points))
            what = f"spacing {name} on {title}, {', '.join(map(str, STEPS))} steps: off by"
            yield at_most(what, away, 1e-7)


def _off_curve(process: str, points: Sequence[Point]) -> float:
    """How far alpha and sigma are from what the process says of them together."""
    together = {"edm": lambda alpha, sigma: alpha, "flow": lambda alpha, sigma: alpha + sigma}
    rule = together.get(process, lambda alpha, sigma: alpha**2 + sigma**2)
    return max(abs(rule(*point) - 1) for point in points)
