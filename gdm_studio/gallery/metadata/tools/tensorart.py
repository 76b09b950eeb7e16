"""Tensor.Art: an object in `generation_data`; the seed it drew stands in the graph alone."""

from __future__ import annotations

from gdm_studio.gallery.metadata.comfy import settings_in
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
_KNOWN = frozenset({"imageCount", "etaNoiseSeedDelta", "models", "workEngine", "sampler", "seedMode"})


def _matches(carried: Carried) -> bool:
    return _CHUNK in carried.texts


def _read(carried: Carried) -> Metadata | None:
    found = object_in(carried.texts[_CHUNK])
    if found is None:
        return None
    entries, names = flat(found), _NAMES
    graph = settings_in(carried)
    if graph is not None and str(found.get("seed")) == "-1":
        drawn = [(name, value) for name, value in graph.entries if graph.names.get(name) == "seed"]
        entries, names = [*entries, *drawn], names | {name: "seed" for name, _ in drawn}
    known = _KNOWN | {name for name, _ in entries if name.startswith(("baseModel.", "sdxl"))}
    return told(carried.size, TOOL.name, entries, names, known=known)


TOOL = Tool("Tensor.Art", _matches, _read)
