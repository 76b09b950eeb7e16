"""Reader for Civitai's generator. It reads the requested settings, and more settings from the ComfyUI graph in the
file.

Civitai's A1111 texts are read by `webui`.
"""

from __future__ import annotations

from typing import Any

from gdm_studio.gallery.metadata.comfy import Settings, settings_in
from gdm_studio.gallery.metadata.containers import EmbeddedTexts
from gdm_studio.gallery.metadata.conversion import build_metadata, flatten, parse_object, split_names
from gdm_studio.gallery.metadata.generation_settings import Metadata
from gdm_studio.gallery.metadata.tools.base import Tool

# {entry: field}
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
# Entries that are recognised but have no counterpart here.
_UNUSED_KEYS = split_names("""
    transformations resources workflow workflowId remixOfId aspectRatio priority engine quantity draft disablePoi
""")


def _matches(embedded: EmbeddedTexts) -> bool:
    return "extraMetadata" in embedded.texts or any('"extraMetadata"' in text for text in _find_graphs(embedded))


def _read(embedded: EmbeddedTexts) -> Metadata | None:
    inside = ((parse_object(text) or {}).get("extraMetadata") for text in _find_graphs(embedded))
    places: list[Any] = [embedded.text("extraMetadata"), *inside]
    objects = (
        each if isinstance(each, dict) else parse_object(each) for each in places if isinstance(each, str | dict)
    )
    found = next((each for each in objects if each), None)
    if found is None:
        return None
    entries = flatten(found)
    graph = (settings_in(embedded) or Settings()).without_fields(
        {_NAMES[name] for name, _ in entries if name in _NAMES}
    )
    names = _NAMES | graph.names
    return build_metadata(embedded.size, TOOL.name, entries + graph.entries, names, known=_UNUSED_KEYS, more=graph.more)


def _find_graphs(embedded: EmbeddedTexts) -> list[str]:
    return [embedded.text(name) for name in ("prompt", "exif:UserComment", "parameters")]


TOOL = Tool("Civitai", _matches, _read)
