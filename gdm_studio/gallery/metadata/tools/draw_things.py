"""Reader for Draw Things, which writes a JSON object into the user comment of the XMP packet."""

from __future__ import annotations

from gdm_studio.gallery.metadata.containers import EmbeddedTexts
from gdm_studio.gallery.metadata.containers.xmp import find_element
from gdm_studio.gallery.metadata.conversion import build_metadata, flatten, lora_entry, parse_object, split_names
from gdm_studio.gallery.metadata.generation_settings import Metadata
from gdm_studio.gallery.metadata.tools.base import Tool

# {entry: field}
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
# Entries that are recognised but have no counterpart here.
_UNUSED_KEYS = split_names("seed_mode shift lora version profile mask_blur hires_fix upscaler refiner")


def _matches(embedded: EmbeddedTexts) -> bool:
    return "Draw Things" in embedded.text("xmp")


def _read(embedded: EmbeddedTexts) -> Metadata | None:
    found = parse_object(find_element(embedded.texts["xmp"], "UserComment"))
    if found is None:
        return None
    entries = flatten(found)
    known = _UNUSED_KEYS | {name for name, _ in entries if name.startswith("v2.")}
    # Otherwise, "scale" is the input of a network with distilled guidance.
    is_guided = ("v2.speedUpWithGuidanceEmbed", False) in entries
    names = _NAMES | ({"v2.guidanceEmbed": "distilled_guidance"} if is_guided else {})
    listed = found.get("lora")
    objects = [each for each in listed[:64] if isinstance(each, dict)] if isinstance(listed, list) else []
    loras = [lora_entry(each.get("model"), each.get("weight")) for each in objects]
    return build_metadata(embedded.size, TOOL.name, entries, names, known=known, more={"loras": loras} if loras else {})


TOOL = Tool("Draw Things", _matches, _read)
