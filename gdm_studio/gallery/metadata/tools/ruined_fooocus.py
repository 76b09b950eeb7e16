"""Reader for RuinedFooocus, which writes a JSON object into the PNG text `parameters`."""

from __future__ import annotations

from gdm_studio.gallery.metadata.containers import EmbeddedTexts
from gdm_studio.gallery.metadata.conversion import build_metadata, flatten, parse_object
from gdm_studio.gallery.metadata.generation_settings import Metadata
from gdm_studio.gallery.metadata.tools.base import Tool

# {entry: field}
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
# Entries that are recognised but have no counterpart here.
_UNUSED_KEYS = frozenset({"software", "loras", "start_step", "full_prompt", "full_negative", "styles", "performance"})


def _matches(embedded: EmbeddedTexts) -> bool:
    return "RuinedFooocus" in embedded.settings


def _read(embedded: EmbeddedTexts) -> Metadata | None:
    found = parse_object(embedded.settings)
    return build_metadata(embedded.size, TOOL.name, flatten(found), _NAMES, known=_UNUSED_KEYS) if found else None


TOOL = Tool("RuinedFooocus", _matches, _read)
