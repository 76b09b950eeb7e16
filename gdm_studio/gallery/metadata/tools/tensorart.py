"""Tensor.Art: an object in `generation_data`; what that leaves open, such as the seed it drew, stands in the graph."""

from __future__ import annotations

from gdm_studio.gallery.metadata.comfy import Settings, settings_in
from gdm_studio.gallery.metadata.containers import Carried
from gdm_studio.gallery.metadata.facts import Metadata
from gdm_studio.gallery.metadata.telling import flat, object_in, told
from gdm_studio.gallery.metadata.tools.base import Tool

_CHUNK = "generation_data"
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
_KNOWN = frozenset({"imageCount", "etaNoiseSeedDelta", "models", "workEngine", "sampler", "seedMode", "seed"})


def _matches(carried: Carried) -> bool:
    return _CHUNK in carried.texts


def _read(carried: Carried) -> Metadata | None:
    found = object_in(carried.texts[_CHUNK])
    if found is None:
        return None
    entries, names = flat(found), dict(_NAMES)
    if str(found.get("seed")) == "-1":
        del names["seed"]
    graph = (settings_in(carried) or Settings()).besides({names[name] for name, _ in entries if name in names})
    known = _KNOWN | {name for name, _ in entries if name.startswith(("baseModel.", "sdxl"))}
    names |= graph.names
    return told(carried.size, TOOL.name, entries + graph.entries, names, known=known, more=graph.more)


TOOL = Tool("Tensor.Art", _matches, _read)
