"""ComfyUI: a graph of nodes, in a PNG's chunks or in one tag of EXIF or another."""

from __future__ import annotations

from gdm_studio.gallery.metadata.comfy import settings_in
from gdm_studio.gallery.metadata.containers import Carried
from gdm_studio.gallery.metadata.facts import Metadata
from gdm_studio.gallery.metadata.telling import told
from gdm_studio.gallery.metadata.tools.base import Tool

_PLACES = (
    "prompt", "workflow", "exif:Make", "exif:Model", "exif:ImageDescription", "exif:UserComment", "Comment",
    "parameters",
)  # fmt: skip


def _matches(carried: Carried) -> bool:
    texts = (carried.text(place) for place in _PLACES)
    return any("class_type" in text or '"nodes"' in text for text in texts)


def _read(carried: Carried) -> Metadata | None:
    found = settings_in(carried)
    if found is None:
        return None
    return told(carried.size, TOOL.name, found.entries, found.names, known=found.known, more=found.more)


TOOL = Tool("ComfyUI", _matches, _read)
