"""Measurement of the samplers' order of convergence on the probability-flow ODE, solved down to a noise level
above 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cache, partial

import numpy as np

from gdm_studio.maths.exact import gaussian, two_modes
from gdm_studio.maths.exact.distance import mean_posterior_variance
from gdm_studio.maths.likelihood import solve_flow
from gdm_studio.maths.noise_path import Denoise, NoiseLevel, NoisePath
from gdm_studio.maths.processes import vp
from gdm_studio.maths.samplers.registry import SamplerFn
from gdm_studio.verify.check_result import Row, at_least, at_most, reported
from gdm_studio.verify.sampler_cases import EDM, SamplerCase, deterministic, last_x, no_noise, posterior_variance

STEPS = (40, 80, 160, 320)
# Samplers whose error on the mixture changes sign at some hundred steps, and the finer steps for them.
LATE = ("plms", "pndm")
FINE_STEPS = (320, 640)
# Allowed shortfall of the measured order, by order; 3 stands for all above.
SLACK = {1: 0.1, 2: 0.2, 3: 0.4}
# Number of exact steps at the start of the second kind of run: the longest history of any sampler.
EXACT_STEPS = 3
VP = vp("linear")
VARIANCE = 0.25
MIXTURE = two_modes(0.3**2)
Errors = Callable[..., list[float]]
# Values at sigma_min.
PLACES = np.array([[-1.3], [-0.8], [0.1], [0.4], [1.0]])


def check_order() -> Iterator[Row]:
    """Measure the order of convergence of every deterministic sampler on the exact probability-flow ODE."""
    kinds = (("Gaussian, alpha 1", EDM, gaussian_errors), ("mixture, alpha² + sigma² 1", VP, mixture_errors))
    for title, process, errors in kinds:
        for rig in deterministic(process):
            steps = FINE_STEPS if process is VP and rig.name in LATE else STEPS[-2:]
            what = f"{rig.name} on a {title}, {steps[0]} to {steps[1]} steps"
            if not rig.spec.affine:
                yield from _check_adaptive(rig, title, errors)
            elif rig.spec.order <= 2:
                yield at_least(what, _estimate_order(errors(rig, steps)), rig.spec.order - SLACK[rig.spec.order])
            else:
                yield reported(f"{what}, ordinary start", _estimate_order(errors(rig, steps)))
                seen = _estimate_order(errors(rig, steps, exact=EXACT_STEPS))
                yield at_least(f"{what}, exact start", seen, rig.spec.order - SLACK[3])


def _check_adaptive(rig: SamplerCase, title: str, errors: Errors) -> Iterator[Row]:
    """Check that the error of an adaptive ODE solver stays below ten times its tolerance. Adaptive solvers have no
    fixed order of convergence.
    """
    for tolerance in (1e-4, 1e-6, 1e-8):
        (error,) = errors(rig, (10,), tolerance=tolerance)
        yield at_most(f"{rig.name} on a {title}, tolerance {tolerance:g}: error", error, 10 * tolerance)


def gaussian_errors(
    rig: SamplerCase, steps: tuple[int, ...] = STEPS, *, exact: int = 0, **params: float
) -> list[float]:
    """Return a sampler's relative errors on data N(0.3, 0.25) at the lowest noise level, one per number of steps. The
    start is three standard deviations from the mean.
    """
    data = gaussian((VARIANCE,), 0.3)
    found = []
    for count in steps:
        path = rig.path(count, clean=False)
        start = data.at(path[0])
        x = start.mean[None] + 3 * np.sqrt(start.covariance)
        truth = {i: data.flow(x, path[0], path[i]) for i in (*range(exact + 1), count)}
        sampler = partial(rig.with_requirements(posterior_variance(data)), **params)
        found.append(_measure_error(sampler, data.denoise, path, truth) / math.sqrt(VARIANCE))
    return found


def mixture_errors(rig: SamplerCase, steps: tuple[int, ...] = STEPS, *, exact: int = 0, **params: float) -> list[float]:
    """Return a sampler's root-mean-square errors at the lowest noise level, one per number of steps, for data from a
    mixture of two slightly overlapping modes.
    """
    found = []
    for count in steps:
        path = rig.path(count, clean=False)
        truth = {i: _values_on_mixture(path[i], path[-1]) for i in (*range(exact + 1), count)}
        found.append(
            _measure_error(partial(rig.with_requirements(_mixture_variance), **params), MIXTURE.denoise, path, truth)
        )
    return found


@cache
def _values_on_mixture(at: NoiseLevel, least: NoiseLevel) -> np.ndarray:
    """Return the values of x at noise level `at` from which the probability-flow ODE of the mixture leads to PLACES at
    noise level `least`, accurate to about eleven digits.
    """
    if at == least:
        return PLACES
    ratios = (least.ratio, at.ratio)
    return solve_flow(MIXTURE.denoise, PLACES, coordinates=VP.coordinates, ratios=ratios, tolerance=1e-11)


def _mixture_variance(at: NoiseLevel) -> float:
    return mean_posterior_variance(MIXTURE, at)


def _measure_error(sampler: SamplerFn, denoise: Denoise, path: NoisePath, truth: dict[int, np.ndarray]) -> float:
    """Return the root-mean-square error at the end of a sampler's run. The first steps take exact values from `truth`,
    so that multistep samplers start from exact earlier predictions.
    """
    x = truth[0]
    history = ()
    *known, last = sorted(truth)
    for i in known[:-1]:
        # One step at a time from exact values, so that the history is exact.
        step = next(iter(sampler(denoise, truth[i], path, no_noise, start=i, history=history)))
        x = truth[i + 1]
        history = step.history
    x = last_x(sampler(denoise, x, path, no_noise, start=known[-1], history=history))
    return float(np.sqrt(np.mean((x - truth[last]) ** 2)))


def _estimate_order(errors: list[float]) -> float:
    return math.log2(errors[-2] / errors[-1])
