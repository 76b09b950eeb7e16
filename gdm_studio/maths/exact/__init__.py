"""Data whose denoiser is known in closed form, to check samplers against."""

from gdm_studio.maths.exact.draws import seeded, spread
from gdm_studio.maths.exact.gaussian import Gaussian, gaussian, gaussian_denoiser, propagated, propagated_variance
from gdm_studio.maths.exact.mixture import Mixture, ring, two_modes

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
