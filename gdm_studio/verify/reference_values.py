"""Checks against known values: final variances of DDPM and DDIM, and the errors and preconditioning of EDM."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.exact import gaussian_denoiser, propagated_variance
from gdm_studio.maths.noise_path import CLEAN, NoiseLevel, NoisePath
from gdm_studio.maths.processes import edm, vp
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.verify.check_result import Row, close, equal
from gdm_studio.verify.sampler_cases import last_x, no_noise

# Variance of the data.
VARIANCE = 0.25
STEPS = (10, 50, 100, 1000)
# Results of the papers' own coefficients on data N(0, 0.25), linear betas, even timesteps from a start N(0, 1).
KNOWN = {
    "ddpm_large": (0.35852, 0.26788, 0.25866, 0.25075),
    "ddpm": (0.10422, 0.19642, 0.21898, 0.24613),
    "ddim": (0.13076, 0.22270, 0.23605, 0.24850),
}
EDM_STEPS = (10, 20, 40, 80, 160)
# Relative errors from sigma 80 to 0 on data of deviation 0.5, with Karras spacing.
EDM_ERRORS = {
    "euler": (2.70e-1, 1.39e-1, 7.03e-2, 3.53e-2, 1.77e-2),
    "heun": (2.20e-1, 4.37e-2, 9.77e-3, 2.31e-3, 5.57e-4),
    "dpmpp_2m": (1.59e-1, 4.93e-2, 1.04e-2, 2.38e-3, 5.65e-4),
}


def check_variances() -> Iterator[Row]:
    """Check the final variances of DDPM and DDIM on Gaussian data against known values."""
    for name, expected in KNOWN.items():
        for steps, variance in zip(STEPS, expected, strict=True):
            path = vp("linear").path("linspace", steps)
            measured = propagated_variance(SAMPLERS[name], path, data_variance=VARIANCE)
            yield equal(f"{name}, {steps} steps: variance", measured, variance, tolerance=1e-5)
    measured = propagated_variance(SAMPLERS["euler_a"], _create_exploding_path(10), data_variance=VARIANCE)
    yield equal("euler_a in x / alpha, the same 10 levels: variance", measured, KNOWN["ddpm"][0], tolerance=1e-5)


def check_preconditioning() -> Iterator[Row]:
    """Check the errors of EDM's samplers, and that EDM's network inputs and targets have variance 1."""
    for name, errors in EDM_ERRORS.items():
        for steps, error in zip(EDM_STEPS, errors, strict=True):
            yield close(f"{name}, {steps} steps: relative error", _measure_edm_error(name, steps), error, share=0.005)
    diffusion = Diffusion(edm(), "edm", math.sqrt(VARIANCE))
    for ratio in (0.01, 0.5, 10.0):
        at = NoiseLevel(1.0, ratio)
        # One deviation of the image and one of its noise: both act linearly and are independent.
        x0 = np.array([math.sqrt(VARIANCE), 0.0])
        noise = np.array([0.0, ratio])
        target = diffusion.target(x0, x0 + noise, at)
        missed = x0 - diffusion.x0(lambda shown, time: np.zeros_like(shown), x0 + noise, at)
        weight = (ratio**2 + VARIANCE) / (ratio**2 * VARIANCE)
        seen = float(np.square(diffusion.scaled_input(x0 + noise, at)).sum())
        yield equal(f"variance of the network's input at sigma {ratio:g}", seen, 1.0, tolerance=1e-12)
        variance = float(np.square(target).sum())
        yield equal(f"variance of the target at sigma {ratio:g}", variance, 1.0, tolerance=1e-12)
        loss = weight * float(np.square(missed).sum())
        yield equal(f"weighted loss of an empty network at sigma {ratio:g}", loss, 1.0, tolerance=1e-12)


def _create_exploding_path(steps: int) -> NoisePath:
    path = vp("linear").path("linspace", steps)
    # The start N(0, 1) corresponds to N(0, 1/alpha²) in these coordinates.
    return (*(NoiseLevel(1.0, at.ratio) for at in path[:-1]), CLEAN)


def _measure_edm_error(name: str, steps: int) -> float:
    x = np.full((1, 1), 80.0)
    s = math.sqrt(VARIANCE)
    x = last_x(SAMPLERS[name].fn(gaussian_denoiser(VARIANCE), x, edm().path("karras", steps), no_noise))
    return abs(float(x[0, 0]) / (80 * s / math.hypot(80, s)) - 1)
