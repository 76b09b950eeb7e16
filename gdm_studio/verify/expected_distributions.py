"""Checks of samplers that do not reproduce the data's distribution, against the output distribution that each of them
declares.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from itertools import pairwise

import numpy as np

from gdm_studio.maths.exact import Gaussian, gaussian_denoiser, propagated, seeded
from gdm_studio.maths.guidance import tempered
from gdm_studio.maths.noise_path import CLEAN, Array, Denoise, NoiseLevel, NoisePath
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.samplers.registry import SamplerFn
from gdm_studio.verify.check_result import Row, at_least, at_most, close
from gdm_studio.verify.sampler_cases import EDM, last_x
from gdm_studio.verify.samplers_on_gaussians import LINE, VARIANCE, distances

TEMPERATURES = (0.5, 1.0, 2.0)
# Largest factor of the variance for "slightly more varied".
SLIGHTLY = 1.25


def check_own_laws() -> Iterator[Row]:
    """Check few-step, churning, Langevin and corrected samplers against the output distributions that they declare."""
    yield from _check_few_steps()
    yield from _check_slightly_wider()
    for tau in TEMPERATURES:
        cool = LINE.tempered(tau)
        path = EDM.path("karras", 500)
        denoise = tempered(LINE.denoise, tau, math.sqrt(VARIANCE))
        edm = partial(SAMPLERS["edm"].fn, noise_scale=1.0)
        found = propagated(edm, denoise, path, start=cool.at(path[0]))
        yield close(
            f"edm, noise scale 1, tau {tau:g}, 500 steps: variance", _variance(found), tau * VARIANCE, share=0.005
        )
        for name in ("pc", "pc_ancestral"):
            alone = partial(SAMPLERS[name].fn, snr=0.0)
            found = propagated(alone, denoise, path, start=cool.at(path[0]))
            title = f"{name} without its corrector, tau {tau:g}, 500 steps: variance"
            yield close(title, _variance(found), tau * VARIANCE, share=0.03)


def _check_slightly_wider() -> Iterator[Row]:
    """Check that samplers whose output varies more than the data increase the variance by at most 25 %. Each runs with
    the fewest steps for which it is intended.
    """
    for name in ("edm", "ncsn", "ncsnv2", "pc", "pc_ancestral"):
        spec = SAMPLERS[name]
        path = EDM.path(spec.default_spacing, spec.steps[0])
        for tau in TEMPERATURES:
            cool = LINE.tempered(tau)
            denoise = tempered(gaussian_denoiser(VARIANCE, float(LINE.mean[0])), tau, math.sqrt(VARIANCE))
            if spec.affine:
                found = _variance(propagated(spec.fn, denoise, path, start=cool.at(path[0])))
            else:
                found = _measure_population(spec.fn, denoise, path, cool.at(path[0]))
            title = f"{name}, tau {tau:g}, {spec.steps[0]} steps: variance over the tempered data's"
            yield at_least(title, found / (tau * VARIANCE), 1.0)
            yield at_most(title, found / (tau * VARIANCE), SLIGHTLY)


def _measure_population(sampler: SamplerFn, denoise: Denoise, path: NoisePath, start: Gaussian) -> float:
    """Return the variance of a sampler's output over 200 images of 64 numbers each. Whole images are necessary because
    correctors compute image norms.
    """
    shape = (200, 64)
    x = start.mean + np.sqrt(start.covariance) * seeded(41)(0, np.empty(shape))
    return float(last_x(sampler(denoise, x, path, seeded(42))).var())


def _check_few_steps() -> Iterator[Row]:
    """Check the LCM sampler with an exact consistency function: its output must follow the data's distribution at any
    number of steps, and have the expected variance at temperatures other than 1.
    """
    for steps in (1, 2, 4, 8):
        path = EDM.path("karras", steps)
        found = propagated(SAMPLERS["lcm"].fn, _jump_to_clean, path, start=LINE.at(path[0]))
        away = max(distances(found, LINE))
        yield at_most(f"lcm, exact jumps, {steps} steps: mean and variance off by", away, 1e-9)
    for tau in TEMPERATURES:
        path = EDM.path("karras", 4)
        found = propagated(
            SAMPLERS["lcm"].fn, tempered(_jump_to_clean, tau, math.sqrt(VARIANCE)), path, start=LINE.at(path[0])
        )
        title = f"lcm, tau {tau:g}, 4 steps: variance"
        yield close(title, _variance(found), _variance_after_jumps(path, tau), share=1e-9)


def _jump_to_clean(x: Array, at: NoiseLevel) -> Array:
    return LINE.flow(x, at, CLEAN)


def _variance_after_jumps(path: NoisePath, tau: float) -> float:
    """Return the exact variance of the LCM sampler's output for Gaussian data at temperature tau. Each step predicts a
    clean image, scales its distance from the mean, and adds noise again.
    """
    variance = path[0].sigma ** 2 + VARIANCE
    for at, to in pairwise(path):
        jump = math.sqrt(VARIANCE / (VARIANCE + at.sigma**2))
        pull = VARIANCE * (1 - tau) / (tau * VARIANCE + at.sigma**2)
        variance = variance * (jump + pull * (jump - 1)) ** 2 + to.sigma**2
    return variance


def _variance(law: Gaussian) -> float:
    return float(law.covariance[0, 0])
