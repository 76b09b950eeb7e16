"""Draw Things: an object in the user comment of its XMP."""

from __future__ import annotations

from typing import Any

from gdm_studio.gallery.metadata.containers import Carried
from gdm_studio.gallery.metadata.containers.xmp import element
from gdm_studio.gallery.metadata.facts import Metadata
from gdm_studio.gallery.metadata.telling import flat, known_names, lora, object_in, told
from gdm_studio.gallery.metadata.tools.base import Tool

_NAMES = {
    "c": "prompt",
    "uc": "negative_prompt",
    "seed": "seed",
    "steps": "steps",
    "sampler": "sampler",
    "scale": "guidance_scale",
    "size": "size",
    "model": "model",
    "strength": "denoising_strength",
}
_KNOWN = known_names("seed_mode shift lora version profile mask_blur hires_fix upscaler refiner")


def _matches(carried: Carried) -> bool:
    return "Draw Things" in carried.text("xmp")


def _read(carried: Carried) -> Metadata | None:
    found = object_in(element(carried.texts["xmp"], "UserComment"))
    if found is None:
        return None
    entries = flat(found)
    known = _KNOWN | {name for name, _ in entries if name.startswith("v2.")}
    listed: Any = found.get("lora")
    loras = [lora(each.get("model"), each.get("weight")) for each in listed or [] if isinstance(each, dict)]
    return told(carried.size, TOOL.name, entries, _NAMES, known=known, more={"loras": loras} if loras else {})


TOOL = Tool("Draw Things", _matches, _read)
