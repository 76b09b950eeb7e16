"""Names of samplers and spacings in other tools, and their mapping to our names."""

from __future__ import annotations

import re
from functools import cache

from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.spacings import SPACINGS

OURS = "GDM Studio"
# {our spacing: "Schedule type" of A1111}
_TITLES = {
    "karras": "Karras",
    "exponential": "Exponential",
    "sgm_uniform": "SGM Uniform",
    "leading_1": "DDIM",
    "linspace": "Uniform",
}
# {name in other tools that is not our title, or means another spacing: our spacing}. "native" is the default of
# NovelAI's models, "betas" is from SD.Next, and "leading" has the steps_offset of Stable Diffusion's own configuration.
_SPACINGS = {
    "uniform": "normal",
    "native": "normal",
    "ddim": "leading_1",
    "ddim uniform": "leading_1",
    "betas": "beta_sigmas",
    "leading": "leading_1",
}
# Tools whose "beta" is a distribution of sigmas; in all others it is one of timesteps.
_BETA_OF_SIGMAS = ("AUTOMATIC1111", "Forge")
# {our sampler: values of its parameters that other tools use without naming them}
_IMPLIED_PARAMETERS = {"dpmpp_3m": {"curvature": 0.5}, "dpmpp_3m_sde": {"curvature": 0.5}}
# {name in other tools as normalised by `_normalise_name`: our sampler}, in addition to our own names and titles.
_OTHER_NAMES = {
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
    "dpmpp2s a": "dpmpp_2s_a",
    "dpmpp 2s ancestral": "dpmpp_2s_a",
    "dpmpp 2sa": "dpmpp_2s_a",
    "dpmpp sde brownian": "dpmpp_sde",
    "dpmppsde": "dpmpp_sde",
    "deis multistep": "deis",
    "lms discrete": "lms",
    "uni pc": "unipc",
    "uni pc bh2": "unipc",
    "unipc multistep": "unipc",
}
# {sampler: spacing that A1111 uses if no schedule type is written}. Before version 1.9, "DPM++ 2M" and
# "DPM++ 2M Karras" were different samplers.
_DEFAULT_SPACINGS = {"ddim": "leading_1", "plms": "leading_1", "lcm": "lcm_50"}
# {sampler: spacing that A1111 uses for the schedule type "Automatic"}
_AUTOMATIC_SPACINGS = _DEFAULT_SPACINGS | {
    **dict.fromkeys(("dpmpp_2m", "dpmpp_sde", "dpmpp_2s_a", "dpm2", "dpm2_a", "restart"), "karras"),
    **dict.fromkeys(("dpmpp_2m_sde", "dpmpp_3m_sde"), "exponential"),
}
# {ending of a sampler's name in old files and API requests: name of the spacing}, in addition to the names of all
# spacings. "k" is Karras in InvokeAI, and "ka" in A1111's aliases.
_SUFFIXES = {"k": "karras", "ka": "karras"}
# Values of the scheduler that leave the choice to the tool.
_NO_CHOICE = ("", "automatic", "default")
# Tools in which the ending of a sampler's name takes precedence over a scheduler.
_PREFERS_NAME = ("AUTOMATIC1111", "Forge", "reForge")


def sampler_title(name: str) -> str:
    """Return the name of one of our samplers in A1111's web UI."""
    return SAMPLERS[name].title if name in SAMPLERS else name


def spacing_title(name: str) -> str:
    """Return the name of one of our noise-level spacings in A1111's web UI."""
    return _TITLES.get(name) or (SPACINGS[name].title if name in SPACINGS else name)


def implied_params(sampler: str | None, tool: str) -> dict[str, float]:
    """Return the parameter values that our sampler needs to compute the same steps as another tool's sampler of the
    same name.
    """
    return dict(_IMPLIED_PARAMETERS.get(sampler or "", {})) if tool != OURS else {}


def sampler_and_spacing(
    sampler: str, scheduler: str, tool: str, *, is_api: bool = False
) -> tuple[str | None, str | None]:
    """Translate another tool's sampler and scheduler to our names for the sampler and the spacing. Each is None if we
    have no equivalent.

    The scheduler may be part of the sampler's name, as in "DPM++ 2M Karras" and "euler_a karras". With `is_api`, the
    names are those of a request instead of a file.
    """
    scheduler = scheduler.strip()
    named = _normalise_name(sampler)
    written = scheduler or sampler
    ours = _build_sampler_table().get(named)
    if ours is None:
        ours, ending = _split_ending(named)
        if ending and (scheduler.lower() in _NO_CHOICE or tool in _PREFERS_NAME):
            scheduler = ending
    if scheduler.lower() in _NO_CHOICE:
        defaults = _AUTOMATIC_SPACINGS if is_api or scheduler.lower() == "automatic" else _DEFAULT_SPACINGS
        return ours, defaults.get(ours, "normal") if ours else None
    # Nodes of ComfyUI write A1111 texts with their own names, which are in lower case.
    of_sigmas = tool in _BETA_OF_SIGMAS and _normalise_name(scheduler) == "beta" and (is_api or not written.islower())
    return ours, "beta_sigmas" if of_sigmas else _build_spacing_table(own=tool == OURS).get(_normalise_name(scheduler))


def find_sampler(name: str) -> str | None:
    """Return our name for a sampler by its name in any program, or None if we have no equivalent."""
    named = _normalise_name(name)
    # Diffusers writes the names of its classes.
    return _build_sampler_table().get(named) or _build_class_table().get(
        named.replace(" ", "").removesuffix("scheduler")
    )


def find_spacing(name: str) -> str | None:
    """Return our name for a spacing by its name in any program, or None if we have no equivalent."""
    return _build_spacing_table(own=False).get(_normalise_name(name))


def has_spacing_in_name(sampler: str) -> bool:
    """Return True if the name of another tool's sampler ends with a spacing, as in "DPM++ 2M Karras"."""
    named = _normalise_name(sampler)
    return named not in _build_sampler_table() and _split_ending(named)[0] is not None


def _split_ending(named: str) -> tuple[str | None, str]:
    """Split the normalised name of a sampler that ends with a spacing, as in "dpmpp 2m karras", into our sampler and
    the spacing's name.
    """
    words = named.split(" ")
    for count in range(1, len(words)):
        stem, ending = " ".join(words[:count]), " ".join(words[count:])
        ending = _SUFFIXES.get(ending, ending)
        if stem in _build_sampler_table() and ending in _build_spacing_table(own=False):
            return _build_sampler_table()[stem], ending
    return None, ""


@cache
def _build_sampler_table() -> dict[str, str]:
    named = {_normalise_name(text): spec.name for spec in SAMPLERS.values() for text in (spec.name, spec.title)}
    return named | _OTHER_NAMES


@cache
def _build_class_table() -> dict[str, str]:
    return {name.replace(" ", ""): ours for name, ours in _build_sampler_table().items()}


@cache
def _build_spacing_table(*, own: bool) -> dict[str, str]:
    ours = {_normalise_name(text): spec.name for spec in SPACINGS.values() for text in (spec.name, spec.title)}
    ours |= {_normalise_name(title): name for name, title in _TITLES.items()}
    return ours if own else ours | _SPACINGS


def _normalise_name(name: str) -> str:
    """Normalise the name of a sampler before it is looked up: lower case, single spaces, "pp" for "++", without the
    affixes "k_", "_gpu" and "Scheduler".
    """
    # Krita writes "Euler a - euler_a".
    name = name.strip()[:80].lower()
    name = name.partition(" - ")[2] or name
    name = " ".join(re.split(r"[\s_\-]+", name.replace("++", "pp")))
    return name.removeprefix("k ").removeprefix("sample ").removesuffix(" gpu").removesuffix(" scheduler").strip()
