"""Reader for ComfyUI, which stores a graph of nodes in PNG chunks or EXIF tags."""

from __future__ import annotations

from gdm_studio.gallery.metadata.comfy import settings_in
from gdm_studio.gallery.metadata.containers import EmbeddedTexts
from gdm_studio.gallery.metadata.conversion import build_metadata
from gdm_studio.gallery.metadata.generation_settings import Metadata
from gdm_studio.gallery.metadata.tools.base import Tool

_PLACES = (
    "prompt",
    "workflow",
    "exif:Make",
    "exif:Model",
    "exif:ImageDescription",
    "exif:UserComment",
    "Comment",
    "parameters",
)


def _matches(embedded: EmbeddedTexts) -> bool:
    texts = (embedded.text(place) for place in _PLACES)
    return any("class_type" in text or '"nodes"' in text for text in texts)


def _read(embedded: EmbeddedTexts) -> Metadata | None:
    found = settings_in(embedded)
    if found is None:
        return None
    return build_metadata(embedded.size, TOOL.name, found.entries, found.names, known=found.known, more=found.more)


TOOL = Tool("ComfyUI", _matches, _read)
