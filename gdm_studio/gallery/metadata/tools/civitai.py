"""Civitai's generator: what was asked for, and what that leaves open in the graph beside it.

Its A1111 text is read as all of that family is.
"""

from __future__ import annotations

from typing import Any

from gdm_studio.gallery.metadata.comfy import Settings, settings_in
from gdm_studio.gallery.metadata.containers import Carried
from gdm_studio.gallery.metadata.facts import Metadata
from gdm_studio.gallery.metadata.telling import flat, known_names, object_in, told
from gdm_studio.gallery.metadata.tools.base import Tool

_NAMES = {
    "prompt": "prompt",
    "negativePrompt": "negative_prompt",
    "seed": "seed",
    "steps": "steps",
    "sampler": "sampler",
    "cfgScale": "guidance_scale",
    "width": "width",
    "height": "height",
    "baseModel": "model",
    "clipSkip": "clip_skip",
    "denoise": "denoising_strength",
}
_KNOWN = known_names("""
    transformations resources workflow workflowId remixOfId aspectRatio priority engine quantity draft disablePoi
""")


def _matches(carried: Carried) -> bool:
    return "extraMetadata" in carried.texts or any('"extraMetadata"' in text for text in _graphs(carried))


def _read(carried: Carried) -> Metadata | None:
    inside = ((object_in(text) or {}).get("extraMetadata") for text in _graphs(carried))
    places: list[Any] = [carried.text("extraMetadata"), *inside]
    objects = (each if isinstance(each, dict) else object_in(each) for each in places if isinstance(each, str | dict))
    found = next((each for each in objects if each), None)
    if found is None:
        return None
    entries = flat(found)
    graph = (settings_in(carried) or Settings()).besides({_NAMES[name] for name, _ in entries if name in _NAMES})
    names = _NAMES | graph.names
    return told(carried.size, TOOL.name, entries + graph.entries, names, known=_KNOWN, more=graph.more)


TOOL = Tool("Civitai", _matches, _read)


def _graphs(carried: Carried) -> list[str]:
    return [carried.text(name) for name in ("prompt", "exif:UserComment", "parameters")]
