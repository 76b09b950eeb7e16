"""Samplers, each a generator of steps that calls `denoise(x, at) -> x0`.

To add a sampler, write a file here, add it to the imports below, and add the sampler to the menu, `registry.GROUPS`.
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
from gdm_studio.maths.samplers.registry import GROUPS, NEEDS, SamplerSpec, check_suits, in_menu_order, sampler

SAMPLERS: dict[str, SamplerSpec] = in_menu_order()

__all__ = [
    "GROUPS",
    "NEEDS",
    "SAMPLERS",
    "SamplerSpec",
    "check_suits",
    "invert",
    "sampler",
    # Importing these files registers their samplers.
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
