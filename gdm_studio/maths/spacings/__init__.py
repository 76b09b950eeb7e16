"""Spacings: which points of a noise curve a sampler visits. To add one: a function here, a decorator, done."""

from gdm_studio.maths.spacings.beta import beta
from gdm_studio.maths.spacings.curves import exponential, karras, logsnr, polyexponential
from gdm_studio.maths.spacings.optimal import OptimalTable, optimal
from gdm_studio.maths.spacings.spec import SPACINGS, SpacingSpec, spacing
from gdm_studio.maths.spacings.uniform import leading, linspace, quadratic, trailing

__all__ = [
    "OptimalTable",
    "SPACINGS",
    "SpacingSpec",
    "beta",
    "exponential",
    "karras",
    "leading",
    "linspace",
    "logsnr",
    "optimal",
    "polyexponential",
    "quadratic",
    "spacing",
    "trailing",
]
