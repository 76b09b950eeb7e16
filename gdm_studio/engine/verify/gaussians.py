"""Gaussian data: the whole law a sampler ends in, mean and covariance, carried through it without a random number."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from gdm_studio.engine.verify.chains import CHAINS, VARIANCE
from gdm_studio.engine.verify.rigs import Rig, of_the_data, posterior_variance, stochastic
from gdm_studio.engine.verify.row import Row, at_most, close
from gdm_studio.maths.exact import Gaussian, gaussian, propagated
from gdm_studio.maths.guidance import tempered
from gdm_studio.maths.path import Path
from gdm_studio.maths.processes import flow

LINE = gaussian((VARIANCE,), 0.3)
PLANE = gaussian((1.0, 0.04), -0.2, seed=1)
MANY = gaussian(tuple(np.geomspace(1.0, 0.01, 64)), 0.1, seed=2)
FROM_NOTHING = 2.5e-3  # after 400 steps of even time, which are very uneven in noise
TEMPERATURES = (0.1, 0.5, 2.0)


def gaussians() -> Iterator[Row]:
    """Mean and covariance on Gaussians in 1, 2 and 64 dimensions, by exact propagation"""
    for rig in of_the_data():
        if rig.spec.affine:
            means = []
            for data, steps in ((LINE, 500), (PLANE, 500), (MANY, 60)):
                mean, covariance = distances(law(rig, data, rig.path(steps)), data)
                means.append(mean)
                title = f"{rig.name}, {data.mean.size}-D, {steps} steps: covariance off by"
                yield at_most(title, covariance, allowance(rig, steps))
            yield at_most(f"{rig.name}: mean off by", max(means), 1e-9)
    for rig in of_the_data(flow()):
        if rig.spec.affine:
            _, covariance = distances(law(rig, LINE, rig.path(400, spacing="linspace")), LINE)
            title = f"{rig.name}, from pure noise (alpha 0), 400 steps: covariance off by"
            yield at_most(title, covariance, 15 / 400 if _is_first_order(rig) else FROM_NOTHING)


def temperature() -> Iterator[Row]:
    """Temperature tau turns N(m, v) into N(m, tau·v) in every sampler of the data's law"""
    for rig in of_the_data():
        if rig.spec.affine:
            yield at_most(f"{rig.name}, 20 steps: from the colder data's own denoiser", _from_own(rig), 1e-9)
            for tau in TEMPERATURES:
                found = _variance(law(rig, LINE, rig.path(500), temperature=tau))
                title = f"{rig.name}, tau {tau:g}, 500 steps: variance"
                yield close(title, found, tau * VARIANCE, share=allowance(rig, 500))


def noisy() -> Iterator[Row]:
    """Stochastic samplers: the variance, not only the mean, at 10, 50 and 1000 steps"""
    for rig in stochastic():
        if rig.spec.affine:
            for steps in (10, 50, 1000):
                path = rig.path(steps)
                found, title = _variance(law(rig, LINE, path)), f"{rig.name}, {steps} steps: variance"
                if rig.name in CHAINS:
                    written = CHAINS[rig.name]([at.ratio for at in path])
                    yield close(f"{title}, against its formula written out", found, written, share=1e-9)
                if steps > 10:
                    yield close(f"{title}, against that of the data", found, VARIANCE, share=allowance(rig, steps))


def allowance(rig: Rig, steps: int) -> float:
    """How far the variance may be off after that many steps of Karras spacing from 80 to 0.002, as a share."""
    return 15 / steps if _is_first_order(rig) else 100 / steps**2


def law(rig: Rig, data: Gaussian, path: Path, *, temperature: float = 1.0) -> Gaussian:
    """What the sampler makes of that data, from an exact start."""
    scale = math.sqrt(float(np.trace(data.covariance)) / data.mean.size)
    cool = data.tempered(temperature)
    denoise = tempered(data.denoise, temperature, scale)
    return propagated(rig.on(posterior_variance(cool)), denoise, path, start=cool.at(path[0]))


def distances(found: Gaussian, wanted: Gaussian) -> tuple[float, float]:
    """Distance of the means in deviations; relative Frobenius distance of the covariances."""
    deviation = math.sqrt(float(np.trace(wanted.covariance)))
    mean = float(np.linalg.norm(found.mean - wanted.mean)) / deviation
    covariance = float(np.linalg.norm(found.covariance - wanted.covariance) / np.linalg.norm(wanted.covariance))
    return mean, covariance


def _is_first_order(rig: Rig) -> bool:
    return rig.spec.order == 1 or rig.spec.stochastic


def _from_own(rig: Rig) -> float:
    """The largest distance between a tempered sampler's law and that of the sampler on data that really are colder."""
    path, away = rig.path(20), 0.0
    for tau in TEMPERATURES:
        own = law(rig, LINE.tempered(tau), path)
        away = max(away, *distances(law(rig, LINE, path, temperature=tau), own))
    return away


def _variance(law: Gaussian) -> float:
    return float(law.covariance[0, 0])
