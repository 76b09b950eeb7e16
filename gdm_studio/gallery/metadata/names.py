"""Samplers and spacings under the names that other tools give them."""

from __future__ import annotations

from functools import cache

from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.spacings import SPACINGS

# Ours -> A1111's "Schedule type"; the uniform ones differ in which timesteps they hold.
_TITLES = {
    "karras": "Karras",
    "exponential": "Exponential",
    "trailing": "SGM Uniform",
    "leading": "DDIM",
    "linspace": "Uniform",
}
_SPACINGS = {title.lower(): name for name, title in _TITLES.items()} | {"sgm_uniform": "trailing", "normal": "linspace"}
_OTHER_NAMES = {  # beside our own names and titles, which are mostly A1111's
    "dpm++2m": "dpmpp_2m",
    "euler ancestral": "euler_a",
    "dpm 2": "dpm2",
    "dpm 2 ancestral": "dpm2_a",
    "dpmpp 2s ancestral": "dpmpp_2s_a",
    "dpm++ 2m sde heun": "dpmpp_2m_sde",
    "uni pc": "unipc",
    "uni pc bh2": "unipc",
}
# What A1111 does where the schedule type is "Automatic" or, before 1.9, unwritten.
_AUTOMATIC = {"dpmpp_2m": "karras", "ddim": "leading"}


def sampler_title(name: str) -> str:
    """As A1111 writes it."""
    return SAMPLERS[name].title if name in SAMPLERS else name


def spacing_title(name: str) -> str:
    """As A1111 writes it."""
    return _TITLES.get(name) or (SPACINGS[name].title if name in SPACINGS else name)


def sampler_and_spacing(sampler: str, scheduler: str) -> tuple[str | None, str | None]:
    """Our names for another tool's; None for one we do not have.

    An old or terse file has the scheduler as the sampler's last word ("DPM++ 2M Karras", "euler_a karras").
    """
    named = _plain(sampler)
    stem, _, suffix = named.rpartition(" ")
    if not scheduler and suffix in _SPACINGS and stem in _samplers():
        named, scheduler = stem, suffix
    ours = _samplers().get(named)
    if scheduler.lower() in ("", "automatic"):
        return ours, _AUTOMATIC.get(ours, "linspace") if ours else None
    return ours, _SPACINGS.get(scheduler.lower()) or _spacing_by_title(scheduler)


@cache
def _samplers() -> dict[str, str]:
    named = {_plain(text): spec.name for spec in SAMPLERS.values() for text in (spec.name, spec.title)}
    return named | _OTHER_NAMES


def _plain(name: str) -> str:
    return name.lower().replace("_", " ").removeprefix("k ").removesuffix(" gpu").strip()


def _spacing_by_title(title: str) -> str | None:
    return next((spec.name for spec in SPACINGS.values() if title in (spec.title, spec.name)), None)
