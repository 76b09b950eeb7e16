"""Reader for Tensor.Art, which writes a JSON object into `generation_data`.

The ComfyUI graph in the file contains further settings, such as a random seed.
"""

from __future__ import annotations

from gdm_studio.gallery.metadata.comfy import Settings, settings_in
from gdm_studio.gallery.metadata.containers import EmbeddedTexts
from gdm_studio.gallery.metadata.conversion import build_metadata, flatten, parse_object
from gdm_studio.gallery.metadata.generation_settings import Metadata
from gdm_studio.gallery.metadata.tools.base import Tool

_CHUNK = "generation_data"
# {entry: field}
_NAMES = {
    "prompt": "prompt",
    "negativePrompt": "negative_prompt",
    "seed": "seed",
    "steps": "steps",
    "samplerName": "sampler",
    "ksamplerName": "sampler",
    "schedule": "scheduler",
    "cfgScale": "guidance_scale",
    "width": "width",
    "height": "height",
    "baseModel.modelFileName": "model",
    "baseModel.hash": "model_hash",
    "clipSkip": "clip_skip",
    "denoisingStrength": "denoising_strength",
    "sdVae": "vae",
    "guidance": "distilled_guidance",
}
# Entries that are recognised but have no counterpart here.
_UNUSED_KEYS = frozenset({"imageCount", "etaNoiseSeedDelta", "models", "workEngine", "sampler", "seedMode", "seed"})


def _matches(embedded: EmbeddedTexts) -> bool:
    return _CHUNK in embedded.texts


def _read(embedded: EmbeddedTexts) -> Metadata | None:
    found = parse_object(embedded.texts[_CHUNK])
    if found is None:
        return None
    entries = flatten(found)
    names = dict(_NAMES)
    if str(found.get("seed")) == "-1":
        del names["seed"]
    graph = (settings_in(embedded) or Settings()).without_fields({names[name] for name, _ in entries if name in names})
    known = _UNUSED_KEYS | {name for name, _ in entries if name.startswith(("baseModel.", "sdxl"))}
    names |= graph.names
    return build_metadata(embedded.size, TOOL.name, entries + graph.entries, names, known=known, more=graph.more)


TOOL = Tool("Tensor.Art", _matches, _read)
