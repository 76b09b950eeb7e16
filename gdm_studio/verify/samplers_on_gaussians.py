"""Checks on Gaussian data: mean and covariance of a sampler's output, computed exactly without random numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from gdm_studio.maths.exact import Gaussian, gaussian, propagated
from gdm_studio.maths.guidance import tempered
from gdm_studio.maths.noise_path import NoisePath
from gdm_studio.maths.processes import flow
from gdm_studio.verify.check_result import Row, at_most, close
from gdm_studio.verify.sampler_cases import SamplerCase, data_samplers, posterior_variance, stochastic

# Variance of the one-dimensional data.
VARIANCE = 0.25
LINE = gaussian((VARIANCE,), 0.3)
PLANE = gaussian((1.0, 0.04), -0.2, seed=1)
MANY = gaussian(tuple(np.geomspace(1.0, 0.01, 64)), 0.1, seed=2)
# Tolerance after 400 steps even in time, which are very uneven in noise.
FROM_NOTHING = 2.5e-3
TEMPERATURES = (0.1, 0.5, 2.0)


def check_gaussians() -> Iterator[Row]:
    """Check the mean and the covariance of samplers on Gaussian data in 1, 2 and 64 dimensions."""
    for rig in data_samplers():
        if rig.spec.affine:
            means = []
            for data, steps in ((LINE, 500), (PLANE, 500), (MANY, 60)):
                mean, covariance = distances(law(rig, data, rig.path(steps)), data)
                means.append(mean)
                title = f"{rig.name}, {data.mean.size}-D, {steps} steps: covariance off by"
                yield at_most(title, covariance, allowance(rig, steps))
            yield at_most(f"{rig.name}: mean off by", max(means), 1e-9)
    for rig in data_samplers(flow()):
        if rig.spec.affine:
            _, covariance = distances(law(rig, LINE, rig.path(400, spacing="linspace")), LINE)
            title = f"{rig.name}, from pure noise (alpha 0), 400 steps: covariance off by"
            yield at_most(title, covariance, 15 / 400 if _is_first_order(rig) else FROM_NOTHING)


def check_temperature() -> Iterator[Row]:
    """Check that samplers of Gaussian data N(m, v) produce N(m, tau·v) at temperature tau."""
    for rig in data_samplers():
        if rig.spec.affine:
            yield at_most(f"{rig.name}, 20 steps: from the colder data's own denoiser", _measure_distance(rig), 1e-9)
            for tau in TEMPERATURES:
                found = variance_of(law(rig, LINE, rig.path(500), temperature=tau))
                title = f"{rig.name}, tau {tau:g}, 500 steps: variance"
                yield close(title, found, tau * VARIANCE, share=allowance(rig, 500))


def check_noisy() -> Iterator[Row]:
    """Check the output variance of stochastic samplers on Gaussian data, with 50 and 1000 steps."""
    for rig in stochastic():
        if rig.spec.affine:
            for steps in (50, 1000):
                path = rig.path(steps)
                found = variance_of(law(rig, LINE, path))
                title = f"{rig.name}, {steps} steps: variance"
                yield close(f"{title}, against that of the data", found, VARIANCE, share=allowance(rig, steps))


def allowance(rig: SamplerCase, steps: int) -> float:
    """Return the permitted relative error of a sampler's output variance after `steps` steps, for Karras spacing from
    sigma 80 to 0.002.
    """
    return 15 / steps if _is_first_order(rig) else 100 / steps**2


def law(rig: SamplerCase, data: Gaussian, path: NoisePath, *, temperature: float = 1.0) -> Gaussian:
    """Return the exact Gaussian distribution of a sampler's output for Gaussian data, computed by propagating mean and
    covariance through the steps.
    """
    scale = math.sqrt(float(np.trace(data.covariance)) / data.mean.size)
    cool = data.tempered(temperature)
    denoise = tempered(data.denoise, temperature, scale)
    return propagated(rig.with_requirements(posterior_variance(cool)), denoise, path, start=cool.at(path[0]))


def distances(found: Gaussian, wanted: Gaussian) -> tuple[float, float]:
    """Return two distances between Gaussians: that of their means in standard deviations, and the relative Frobenius
    distance of their covariances.
    """
    deviation = math.sqrt(float(np.trace(wanted.covariance)))
    mean = float(np.linalg.norm(found.mean - wanted.mean)) / deviation
    covariance = float(np.linalg.norm(found.covariance - wanted.covariance) / np.linalg.norm(wanted.covariance))
    return mean, covariance


def _is_first_order(rig: SamplerCase) -> bool:
    return rig.spec.order == 1 or rig.spec.stochastic


def _measure_distance(rig: SamplerCase) -> float:
    """Return the largest distance between two output distributions. One is sampled at a temperature, the other at
    temperature 1 from data with accordingly scaled variance.
    """
    path = rig.path(20)
    away = 0.0
    for tau in TEMPERATURES:
        own = law(rig, LINE.tempered(tau), path)
        away = max(away, *distances(law(rig, LINE, path, temperature=tau), own))
    return away


def variance_of(law: Gaussian) -> float:
    return float(law.covariance[0, 0])
