"""Samplers, each a generator over `denoise(x, at) -> x0`. To add one: a file here and its name in the list below."""

from gdm_studio.maths.samplers import ddim, ddpm, dpmpp, heun
from gdm_studio.maths.samplers.spec import SAMPLERS, SamplerSpec, sampler

__all__ = ["SAMPLERS", "SamplerSpec", "sampler", "ddim", "ddpm", "dpmpp", "heun"]
