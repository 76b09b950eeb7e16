"""Data distributions with an exact denoiser in closed form, for checking samplers."""

from gdm_studio.maths.exact.gaussian import Gaussian, gaussian, gaussian_denoiser, propagated, propagated_variance
from gdm_studio.maths.exact.mixture import Mixture, ring, two_modes
from gdm_studio.maths.exact.noise import seeded, spread

__all__ = [
    "Gaussian",
    "Mixture",
    "gaussian",
    "gaussian_denoiser",
    "propagated",
    "propagated_variance",
    "ring",
    "seeded",
    "spread",
    "two_modes",
]
