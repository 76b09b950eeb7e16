"""The `parameters` text as we write it, so that every tool can read how a picture of ours was made."""

from __future__ import annotations

from typing import Any

from gdm_studio.gallery.metadata.facts import TOLD, number
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


def write_text(request: Request, *, size: tuple[int, int], version: str) -> str:
    """The `parameters` text of one picture of `size`."""
    entries = {
        "Steps": str(request.steps),
        "Sampler": sampler_title(request.sampler),
        "Schedule type": spacing_title(request.spacing),
        "CFG scale": number(request.guidance_scale),
        "Seed": str(request.seed),
        "Size": f"{size[0]}x{size[1]}",
        "Model": request.model,
        "VAE": request.vae,
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


def _written(setting: Setting, value: Any) -> str:
    return number(value) if setting.is_number else str(setting.plain(value))
