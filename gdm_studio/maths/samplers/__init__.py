"""Samplers, each a generator over `denoise(x, at) -> x0`. To add one: a file here and its name in the list below."""

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
from gdm_studio.maths.samplers.spec import GROUPS, NEEDS, SAMPLERS, SamplerSpec, check_suits, grouped, sampler

__all__ = [
    "GROUPS",
    "NEEDS",
    "SAMPLERS",
    "SamplerSpec",
    "check_suits",
    "grouped",
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
