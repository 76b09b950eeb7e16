"""Reader for GDM Studio's own record with the complete request."""

from __future__ import annotations

from gdm_studio.gallery.metadata import record as ours
from gdm_studio.gallery.metadata.containers import EmbeddedTexts
from gdm_studio.gallery.metadata.generation_settings import Metadata
from gdm_studio.gallery.metadata.tools.base import Tool

# Precedes the record in the EXIF maker note.
_MARK = f"{ours.CHUNK}\0"


def _matches(embedded: EmbeddedTexts) -> bool:
    return ours.CHUNK in embedded.texts or embedded.text("exif:MakerNote").startswith(_MARK)


def _read(embedded: EmbeddedTexts) -> Metadata | None:
    text = embedded.text(ours.CHUNK) or embedded.text("exif:MakerNote").removeprefix(_MARK)
    record = ours.Record.from_json(text)
    return record.metadata(embedded.size) if record is not None else None


TOOL = Tool(ours.TOOL, _matches, _read)
