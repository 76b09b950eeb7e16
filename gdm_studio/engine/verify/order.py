"""Observed order of convergence on the probability-flow ODE, to a noise above 0, where nothing is cut short."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cache, partial

import numpy as np

from gdm_studio.engine.verify.rigs import EDM, Rig, deterministic, end_of, posterior_variance, silent
from gdm_studio.engine.verify.row import Row, at_least, at_most, reported
from gdm_studio.maths.exact import gaussian, two_modes
from gdm_studio.maths.exact.distance import mean_posterior_variance
from gdm_studio.maths.likelihood import carried
from gdm_studio.maths.path import Denoise, Path, Point
from gdm_studio.maths.processes import vp
from gdm_studio.maths.samplers.spec import SamplerFn

STEPS = (40, 80, 160, 320)
LATE, FINE_STEPS = ("plms", "pndm"), (320, 640)  # their error changes its sign on the mixture at some hundred steps
SLACK = {1: 0.1, 2: 0.2, 3: 0.4}  # an order of 2 must be seen as 1.8; 0.4 for all above
EXACT_STEPS = 3  # of the second kind of start: as many as any sampler remembers
VP = vp("linear")
VARIANCE = 0.25
MIXTURE = two_modes(0.3**2)
Errors = Callable[..., list[float]]
PLACES = np.array([[-1.3], [-0.8], [0.1], [0.4], [1.0]])  # at sigma_min


def order() -> Iterator[Row]:
    """Observed order of convergence of every deterministic sampler on the exact probability-flow ODE"""
    kinds = (("Gaussian, alpha 1", EDM, gaussian_errors), ("mixture, alpha² + sigma² 1", VP, mixture_errors))
    for title, process, errors in kinds:
        for rig in deterministic(process):
            steps = FINE_STEPS if process is VP and rig.name in LATE else STEPS[-2:]
            what = f"{rig.name} on a {title}, {steps[0]} to {steps[1]} steps"
            if not rig.spec.affine:
                yield from _adaptive(rig, title, errors)
            elif rig.spec.order <= 2:
                yield at_least(what, _order(errors(rig, steps)), rig.spec.order - SLACK[rig.spec.order])
            else:
                yield reported(f"{what}, ordinary start", _order(errors(rig, steps)))
                seen = _order(errors(rig, steps, exact=EXACT_STEPS))
                yield at_least(f"{what}, exact start", seen, rig.spec.order - SLACK[3])


def _adaptive(rig: Rig, title: str, errors: Errors) -> Iterator[Row]:
    """A sampler that keeps to a tolerance has no order to be seen; its error must follow the tolerance."""
    for tolerance in (1e-4, 1e-6, 1e-8):
        (error,) = errors(rig, (10,), tolerance=tolerance)
        yield at_most(f"{rig.name} on a {title}, tolerance {tolerance:g}: error", error, 10 * tolerance)


def gaussian_errors(rig: Rig, steps: tuple[int, ...] = STEPS, *, exact: int = 0, **knobs: float) -> list[float]:
    """Relative errors at sigma_min for data N(0.3, 0.25), from a start three deviations out."""
    data = gaussian((VARIANCE,), 0.3)
    found = []
    for count in steps:
        path = rig.path(count, clean=False)
        start = data.at(path[0])
        x = start.mean[None] + 3 * np.sqrt(start.covariance)
        truth = {i: data.flow(x, path[0], path[i]) for i in (*range(exact + 1), count)}
        sampler = partial(rig.on(posterior_variance(data)), **knobs)
        found.append(_error(sampler, data.denoise, path, truth) / math.sqrt(VARIANCE))
    return found


def mixture_errors(rig: Rig, steps: tuple[int, ...] = STEPS, *, exact: int = 0, **knobs: float) -> list[float]:
    """Root-mean-square errors at sigma_min on two modes that overlap a little."""
    found = []
    for count in steps:
        path = rig.path(count, clean=False)
        truth = {i: _on_mixture(path[i], path[-1]) for i in (*range(exact + 1), count)}
        found.append(_error(partial(rig.on(_mixture_variance), **knobs), MIXTURE.denoise, path, truth))
    return found


@cache
def _on_mixture(at: Point, least: Point) -> np.ndarray:
    """Where pictures that end in PLACES at `least` stand at `at`, both on VP, to some eleven digits."""
    if at == least:
        return PLACES
    ratios = (least.ratio, at.ratio)
    return carried(MIXTURE.denoise, PLACES, coordinates=VP.coordinates, ratios=ratios, tolerance=1e-11)


def _mixture_variance(at: Point) -> float:
    return mean_posterior_variance(MIXTURE, at)


def _error(sampler: SamplerFn, denoise: Denoise, path: Path, truth: dict[int, np.ndarray]) -> float:
    """Distance from the truth at the path's end of a run that is put right wherever else the truth is known."""
    x, carry = truth[0], ()
    *known, last = sorted(truth)
    for i in known[:-1]:
        # one step at a time from exact values, so that what is remembered is exact
        step = next(iter(sampler(denoise, truth[i], path, silent, start=i, carry=carry)))
        x, carry = truth[i + 1], step.carry
    x = end_of(sampler(denoise, x, path, silent, start=known[-1], carry=carry))
    return float(np.sqrt(np.mean((x - truth[last]) ** 2)))


def _order(errors: list[float]) -> float:
    return math.log2(errors[-2] / errors[-1])
