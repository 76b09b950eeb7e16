"""Spacings, which choose the noise levels that a sampler visits.

To add one, write a function here, decorate it, and add it to the menu, `registry.GROUPS`.
"""

from gdm_studio.maths.spacings.beta import beta, beta57, beta_0_1, beta_sigmas
from gdm_studio.maths.spacings.formulas import exponential, karras, kl_optimal, logsnr, polyexponential
from gdm_studio.maths.spacings.optimal import OptimalTable, optimal
from gdm_studio.maths.spacings.registry import GROUPS, SpacingSpec, in_menu_order, spacing
from gdm_studio.maths.spacings.uniform import (
    lcm_50,
    leading,
    leading_1,
    linspace,
    normal,
    quadratic,
    sgm_uniform,
    simple,
    trailing,
)

SPACINGS: dict[str, SpacingSpec] = in_menu_order()

__all__ = [
    "GROUPS",
    "OptimalTable",
    "SPACINGS",
    "SpacingSpec",
    "beta",
    "beta57",
    "beta_0_1",
    "beta_sigmas",
    "exponential",
    "karras",
    "kl_optimal",
    "lcm_50",
    "leading",
    "leading_1",
    "linspace",
    "logsnr",
    "normal",
    "optimal",
    "polyexponential",
    "quadratic",
    "sgm_uniform",
    "simple",
    "spacing",
    "trailing",
]
