"""RuinedFooocus: an object in the PNG's `parameters`."""

from __future__ import annotations

from gdm_studio.gallery.metadata.containers import Carried
from gdm_studio.gallery.metadata.facts import Metadata
from gdm_studio.gallery.metadata.telling import flat, object_in, told
from gdm_studio.gallery.metadata.tools.base import Tool

_NAMES = {
    "Prompt": "prompt",
    "Negative": "negative_prompt",
    "seed": "seed",
    "steps": "steps",
    "sampler_name": "sampler",
    "scheduler": "scheduler",
    "cfg": "guidance_scale",
    "width": "width",
    "height": "height",
    "base_model_name": "model",
    "base_model_hash": "model_hash",
    "clip_skip": "clip_skip",
    "denoise": "denoising_strength",
}
_KNOWN = frozenset({"software", "loras", "start_step", "full_prompt", "full_negative", "styles", "performance"})


def _matches(carried: Carried) -> bool:
    return "RuinedFooocus" in carried.settings


def _read(carried: Carried) -> Metadata | None:
    found = object_in(carried.settings)
    return told(carried.size, TOOL.name, flat(found), _NAMES, known=_KNOWN) if found else None


TOOL = Tool("RuinedFooocus", _matches, _read)
