"""Samplers, each a generator of steps that calls `denoise(x, at) -> x0`.

To add a sampler, write a file here, add the sampler to the menu, `registry.GROUPS`, and run
`python -m tests.maths.registry_writer`, which lists it in `registry_tables`. The file itself is imported when the
sampler is first used.
"""

from gdm_studio.maths.samplers.registry import FIRST, GROUPS, NEEDS, SamplerSpec, check_suits, listed_samplers, sampler

SAMPLERS: dict[str, SamplerSpec] = listed_samplers()

__all__ = ["FIRST", "GROUPS", "NEEDS", "SAMPLERS", "SamplerSpec", "check_suits", "sampler"]
