"""Reader for Hugging Face Spaces that run Diffusers, which write a JSON object into the PNG text `parameters`."""

from __future__ import annotations

from gdm_studio.gallery.metadata.containers import EmbeddedTexts
from gdm_studio.gallery.metadata.conversion import build_metadata, flatten, parse_object
from gdm_studio.gallery.metadata.generation_settings import Metadata
from gdm_studio.gallery.metadata.tools.base import Tool

# {entry: field}
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
# Entries that are recognised but have no counterpart here.
_UNUSED_KEYS = frozenset({"style_preset", "use_upscaler", "add_quality_tags", "quality_tags"})


def _matches(embedded: EmbeddedTexts) -> bool:
    return '"num_inference_steps"' in embedded.text("parameters")


def _read(embedded: EmbeddedTexts) -> Metadata | None:
    found = parse_object(embedded.texts["parameters"])
    return build_metadata(embedded.size, TOOL.name, flatten(found), _NAMES, known=_UNUSED_KEYS) if found else None


TOOL = Tool("Hugging Face Space", _matches, _read)
