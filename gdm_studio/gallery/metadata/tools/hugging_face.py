"""Spaces of Hugging Face that run Diffusers: an object in the PNG's `parameters`."""

from __future__ import annotations

from gdm_studio.gallery.metadata.containers import Carried
from gdm_studio.gallery.metadata.facts import Metadata
from gdm_studio.gallery.metadata.telling import flat, object_in, told
from gdm_studio.gallery.metadata.tools.base import Tool

_NAMES = {
    "prompt": "prompt",
    "negative_prompt": "negative_prompt",
    "seed": "seed",
    "num_inference_steps": "steps",
    "sampler": "sampler",
    "guidance_scale": "guidance_scale",
    "resolution": "size",
    "Model": "model",
    "Model hash": "model_hash",
}
_KNOWN = frozenset({"style_preset", "use_upscaler", "add_quality_tags", "quality_tags"})


def _matches(carried: Carried) -> bool:
    return '"num_inference_steps"' in carried.text("parameters")


def _read(carried: Carried) -> Metadata | None:
    found = object_in(carried.texts["parameters"])
    return told(carried.size, TOOL.name, flat(found), _NAMES, known=_KNOWN) if found else None


TOOL = Tool("Hugging Face Space", _matches, _read)
