"""The `parameters` text as we write it, so that every tool can read how a picture of ours was made."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from gdm_studio.gallery.metadata.facts import TOLD, facts_of, number
from gdm_studio.gallery.metadata.infotext import NEGATIVE, quoted
from gdm_studio.gallery.metadata.names import sampler_title, spacing_title
from gdm_studio.request import Request, Setting

CHUNK = "parameters"
# What no other tool has a name for goes by its title, where it says something.
_KNOWN = (
    *("prompt", "negative_prompt", "style", "model", "seed"),
    *("sampler", "spacing", "steps", "guidance_scale", "temperature"),
)
OWN = tuple(setting for setting in TOLD.values() if setting.name not in _KNOWN)


def write_text(
    request: Request, *, size: tuple[int, int], version: str, made_with: Mapping[str, str] = MappingProxyType({})
) -> str:
    """The `parameters` text of one picture of `size`; `made_with` as our own record has it."""
    size = request.size or size  # of the first pass, where there is another
    beside = facts_of(request, size)
    strength = beside.get("denoising_strength", request.strength if request.image else None)
    refiner = f"{request.refiner} [{digits}]" if (digits := made_with.get("refiner_autov2")) else request.refiner
    entries = {
        "Steps": str(request.steps),
        "Sampler": sampler_title(request.sampler),
        "Schedule type": spacing_title(request.spacing),
        "CFG scale": number(request.guidance_scale),
        "Seed": str(request.seed),
        "Size": f"{size[0]}x{size[1]}",
        "Model hash": made_with.get("model_autov2"),
        "Model": request.model,
        "VAE hash": made_with.get("vae_autov2"),
        "VAE": made_with.get("vae_file", request.vae),
        "Denoising strength": strength and number(strength),
        "Clip skip": str(beside.get("clip_skip", "")),
        "Hires upscale": "hires_upscale" in beside and number(beside["hires_upscale"]),
        "Refiner": refiner,
        "Refiner switch at": refiner and number(beside["refiner_switch"]),
        "Lora hashes": _hashes(made_with, "LoRA "),
        "TI hashes": _hashes(made_with, "embedding "),
        "Temperature": number(request.temperature),
        "Style": request.style,
        **{each.title: _written(each, each.of(request)) for each in OWN if each.of(request) != each.absent},
        **{name.capitalize(): number(value) for name, value in request.knobs.items()},
        "Version": version,
    }
    settings = ", ".join(f"{key}: {quoted(value)}" for key, value in entries.items() if value)
    negative = f"\n{NEGATIVE} {request.negative_prompt}" if request.negative_prompt else ""
    text = f"{request.prompt}{negative}\n{settings}".strip().replace("\0", "")
    return text.encode("utf-8", "replace").decode("utf-8")


def _hashes(made_with: Mapping[str, str], kind: str) -> str:
    """Of the files of a kind, by names without what A1111 takes out of them."""
    found = {name: digits for name, digits in made_with.items() if name.startswith(kind)}
    return ", ".join(f"{re.sub('[:,]', '', name.removeprefix(kind))}: {digits}" for name, digits in found.items())


def _written(setting: Setting, value: Any) -> str:
    return number(value) if setting.is_number else str(setting.plain(value))
