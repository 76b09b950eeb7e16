"""Samplers and spacings under the names that other tools give them."""

from __future__ import annotations

import re
from functools import cache

from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.spacings import SPACINGS

OURS = "GDM Studio"
# Ours -> A1111's "Schedule type", where it has the same.
_TITLES = {
    "karras": "Karras",
    "exponential": "Exponential",
    "sgm_uniform": "SGM Uniform",
    "leading_1": "DDIM",
    "linspace": "Uniform",
}
_SPACINGS = {  # other tools' words that are not our titles, or mean another one
    "uniform": "normal",
    "native": "normal",  # NovelAI's word for the model's own
    "ddim": "leading_1",
    "ddim uniform": "leading_1",
    "betas": "beta_sigmas",  # SD.Next's word
    "leading": "leading_1",  # with the steps_offset that Stable Diffusion's own files of settings have
}
_BETA_OF_SIGMAS = ("AUTOMATIC1111", "Forge")  # the others have that of timesteps
# What other tools do where ours has a setting and theirs has none.
_UNSAID = {"dpmpp_3m": {"curvature": 0.5}, "dpmpp_3m_sde": {"curvature": 0.5}}
_OTHER_NAMES = {  # as `_plain` leaves them; beside our own names and titles, which are mostly A1111's
    "euler ancestral": "euler_a",
    "euler ancestral discrete": "euler_a",
    "euler discrete": "euler",
    "eulera": "euler_a",
    "eulerancestral": "euler_a",
    "heun discrete": "heun",
    "dpm 2": "dpm2",
    "dpm2": "dpm2",
    "kdpm 2": "dpm2",
    "kdpm2 discrete": "dpm2",
    "dpm 2 ancestral": "dpm2_a",
    "dpm2 ancestral": "dpm2_a",
    "dpm 2 a": "dpm2_a",
    "kdpm 2 a": "dpm2_a",
    "kdpm2 ancestral discrete": "dpm2_a",
    "dpmpp2m": "dpmpp_2m",
    "dpm pp 2m": "dpmpp_2m",
    "dpm solver multistep": "dpmpp_2m",
    "dpmsolver multistep": "dpmpp_2m",
    "dpmsolverpp": "dpmpp_2m",
    "dpmpp 2m 1s": "dpmpp_2m",
    "dpmpp2mv2": "dpmpp_2m",
    "dpmpp2s a": "dpmpp_2s_a",
    "dpmpp 2s ancestral": "dpmpp_2s_a",
    "dpmpp 2sa": "dpmpp_2s_a",
    "dpmpp 2m sde heun": "dpmpp_2m_sde",
    "dpmpp sde brownian": "dpmpp_sde",
    "dpmppsde": "dpmpp_sde",
    "deis multistep": "deis",
    "lms discrete": "lms",
    "uni pc": "unipc",
    "uni pc bh2": "unipc",
    "unipc multistep": "unipc",
}
# What A1111 does where no schedule type is written: before 1.9 "DPM++ 2M" was another sampler than "DPM++ 2M Karras".
_UNWRITTEN = {"ddim": "leading_1", "plms": "leading_1", "lcm": "lcm_50"}
# And where it is "Automatic".
_AUTOMATIC = _UNWRITTEN | {
    **dict.fromkeys(("dpmpp_2m", "dpmpp_sde", "dpmpp_2s_a", "dpm2", "dpm2_a", "restart"), "karras"),
    **dict.fromkeys(("dpmpp_2m_sde", "dpmpp_3m_sde"), "exponential"),
}
# A spacing as the last word of a sampler's name, in old or terse files; "k" is InvokeAI's Karras.
_SUFFIXES = ("sgm uniform", "karras", "exponential", "polyexponential", "beta", "simple", "normal", "trailing", "k")


def sampler_title(name: str) -> str:
    """As A1111 writes it."""
    return SAMPLERS[name].title if name in SAMPLERS else name


def spacing_title(name: str) -> str:
    """As A1111 writes it."""
    return _TITLES.get(name) or (SPACINGS[name].title if name in SPACINGS else name)


def unsaid_knobs(sampler: str | None, tool: str) -> dict[str, float]:
    """The settings of our sampler of that name with which it is the one in files of `tool`, which do not name them."""
    return dict(_UNSAID.get(sampler or "", {})) if tool != OURS else {}


def sampler_and_spacing(sampler: str, scheduler: str, tool: str) -> tuple[str | None, str | None]:
    """Our names for those of `tool`; None for one we do not have.

    An old or terse file has the scheduler as the sampler's last word ("DPM++ 2M Karras", "euler_a karras").
    """
    named, said = _plain(sampler), scheduler or sampler
    ours = _samplers().get(named)
    for suffix in _SUFFIXES if ours is None else ():
        stem = named.removesuffix(f" {suffix}")
        if stem != named and stem in _samplers():
            ours, scheduler = _samplers()[stem], scheduler or ("karras" if suffix == "k" else suffix)
            break
    if scheduler.lower() in ("", "automatic", "default"):
        usual = _AUTOMATIC if scheduler.lower() == "automatic" else _UNWRITTEN
        return ours, usual.get(ours, "normal") if ours else None
    # ComfyUI's words, which its nodes write into texts like A1111's, are in small letters
    of_sigmas = tool in _BETA_OF_SIGMAS and _plain(scheduler) == "beta" and not said.islower()
    return ours, "beta_sigmas" if of_sigmas else _spacings(own=tool == OURS).get(_plain(scheduler))


@cache
def _samplers() -> dict[str, str]:
    named = {_plain(text): spec.name for spec in SAMPLERS.values() for text in (spec.name, spec.title)}
    return named | _OTHER_NAMES


@cache
def _spacings(*, own: bool) -> dict[str, str]:
    ours = {_plain(text): spec.name for spec in SPACINGS.values() for text in (spec.name, spec.title)}
    ours |= {_plain(title): name for name, title in _TITLES.items()}
    return ours if own else ours | _SPACINGS


def _plain(name: str) -> str:
    """Lower case, words apart, "++" as "pp", without what the tools put before and behind: k_, _gpu, Scheduler."""
    name = name[:80].lower().partition(" - ")[2] or name[:80].lower()  # Krita's "Euler a - euler_a"
    name = " ".join(re.split(r"[\s_\-]+", name.replace("++", "pp")))
    return name.removeprefix("k ").removeprefix("sample ").removesuffix(" gpu").removesuffix(" scheduler").strip()
