"""Checks of cold diffusion's sampling algorithms 1 and 2 with inaccurate restoration functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from gdm_studio.maths.guidance import tempered
from gdm_studio.maths.noise_path import CLEAN, Array, NoiseLevel, NoisePath
from gdm_studio.maths.processes import PROCESSES, Process
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.verify.check_result import Row, at_least, at_most, reported
from gdm_studio.verify.sampler_cases import last_x

Restore = Callable[[Array, NoiseLevel], Array]

ALGORITHMS = ("cold_1", "cold_2")
# Algorithm 2 is better for degradations that grow smoothly; in these, whole cells change at once.
JUMPING = ("pixelate",)
STEPS = (1, 2, 10, 100)
# Restorations that are unrelated to the image.
RESTORATIONS: dict[str, Restore] = {
    "nothing": lambda x, at: 0 * x,
    "three times the input": lambda x, at: 3 * x,
    "its sine": lambda x, at: np.sin(5 * x) - at.sigma,
    "a third of it, at temperature 0.5": tempered(lambda x, at: x / 3, 0.5, 1.0),
}
# Standard deviation of the error of an almost correct restoration.
ERROR = 0.1
SIDE = 16


def check_cold() -> Iterator[Row]:
    """Check that cold diffusion's algorithm 2 tolerates a wrong restoration function, unlike algorithm 1."""
    rng = np.random.default_rng(4)
    x0 = rng.normal(size=(4, 3, SIDE, SIDE))
    direction = rng.normal(size=(4, 3, SIDE, SIDE))
    for name, restore in RESTORATIONS.items():
        for algorithm in ALGORITHMS:
            errors = [_measure_error(algorithm, restore, x0, direction, steps) for steps in STEPS]
            title = f"{algorithm}, D = x0 + t·e, restoring {name}, 1 to 100 steps"
            if algorithm == "cold_2":
                yield at_most(f"{title}: largest error", max(errors), 1e-6)
            else:
                yield at_least(f"{title}: least error", min(errors), 0.1)
    for name, make in PROCESSES.items():
        if name != "tabulated" and make().cold:
            yield from _check_degradation(make(), x0, direction)


def _measure_error(algorithm: str, restore: Restore, x0: Array, e: Array, steps: int) -> float:
    def degrade(x0: Array, at: NoiseLevel, eps: Array) -> Array:
        return x0 + at.sigma * eps

    path = (*(NoiseLevel(1 - (steps - i) / steps, (steps - i) / steps) for i in range(steps)), CLEAN)
    x = degrade(x0, path[0], e)
    x = last_x(SAMPLERS[algorithm].fn(restore, x, path, lambda step, like: e, degrade=degrade))
    return float(np.sqrt(np.mean((x - x0) ** 2)))


def _check_degradation(process: Process, x0: Array, eps: Array) -> Iterator[Row]:
    """Check one degradation of cold diffusion: it leaves images unchanged at severity 0, and both sampling algorithms
    recover the image with a perfect restoration function.
    """
    yield at_most(f"{process.name}: change at severity 0", np.abs(process.degrade(x0, CLEAN, eps) - x0).max(), 0.0)
    slight = process.coordinates(1e-6)
    yield at_most(f"{process.name}: change at severity 1e-6", np.abs(process.degrade(x0, slight, eps) - x0).max(), 1e-4)
    path = process.path("linspace", 20)

    def perfect(x: Array, at: NoiseLevel) -> Array:
        return x0

    away = max(_measure_distance(name, perfect, process, path, x0, eps) for name in ALGORITHMS)
    yield at_most(f"{process.name}, perfect restorations: error of either algorithm", away, 1e-9)
    first, second = (
        _measure_distance(name, _make_inaccurate_restore(x0), process, path, x0, eps) for name in ALGORITHMS
    )
    yield reported(f"{process.name}, restorations off by {ERROR:g}: error of algorithm 1", first)
    if process.name in JUMPING:
        yield reported(f"{process.name}, restorations off by {ERROR:g}: error of algorithm 2", second)
    else:
        yield at_most(f"{process.name}, restorations off by {ERROR:g}: error of algorithm 2, against 1", second, first)


def _make_inaccurate_restore(x0: Array) -> Restore:
    rng = np.random.default_rng(6)
    return lambda x, at: x0 + ERROR * rng.normal(size=x.shape)


def _measure_distance(
    algorithm: str, restore: Restore, process: Process, path: NoisePath, x0: Array, eps: Array
) -> float:
    x = process.degrade(x0, path[0], eps)
    x = last_x(SAMPLERS[algorithm].fn(restore, x, path, lambda step, like: eps, degrade=process.degrade))
    return float(np.sqrt(np.mean((x - x0) ** 2)))
