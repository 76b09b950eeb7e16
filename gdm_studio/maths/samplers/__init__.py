"""Samplers, each a generator over `denoise(x, at) -> x0`.

To add one: a file here, its name in the list below, and the sampler's in the menu, `spec.GROUPS`.
"""

from gdm_studio.maths.samplers import (
    analytic,
    cold,
    ddim,
    ddpm,
    dpm2,
    dpmpp,
    dpmpp_single,
    edm,
    heun,
    langevin,
    lcm,
    lms,
    ode_rk45,
    pndm,
    predictor_corrector,
    restart,
    unipc,
)
from gdm_studio.maths.samplers.inversion import invert
from gdm_studio.maths.samplers.spec import GROUPS, NEEDS, SamplerSpec, check_suits, in_menu_order, sampler

SAMPLERS: dict[str, SamplerSpec] = in_menu_order()

__all__ = [
    "GROUPS",
    "NEEDS",
    "SAMPLERS",
    "SamplerSpec",
    "check_suits",
    "invert",
    "sampler",
    # the files that register themselves
    "analytic",
    "cold",
    "ddim",
    "ddpm",
    "dpm2",
    "dpmpp",
    "dpmpp_single",
    "edm",
    "heun",
    "langevin",
    "lcm",
    "lms",
    "ode_rk45",
    "pndm",
    "predictor_corrector",
    "restart",
    "unipc",
]
