"""Pictures made here: our own record, which holds the whole request."""

from __future__ import annotations

from gdm_studio.gallery.metadata import ours
from gdm_studio.gallery.metadata.containers import Carried
from gdm_studio.gallery.metadata.facts import Metadata
from gdm_studio.gallery.metadata.tools.base import Tool

_MARK = f"{ours.CHUNK}\0"  # before the record where a camera's maker would put notes of its own


def _matches(carried: Carried) -> bool:
    return ours.CHUNK in carried.texts or carried.text("exif:MakerNote").startswith(_MARK)


def _read(carried: Carried) -> Metadata | None:
    text = carried.text(ours.CHUNK) or carried.text("exif:MakerNote").removeprefix(_MARK)
    record = ours.Record.from_json(text)
    return record.metadata(carried.size) if record is not None else None


TOOL = Tool(ours.TOOL, _matches, _read)
