"""Generation settings in image files: our own record, the A1111 text, and the formats of other tools."""

from gdm_studio.gallery.metadata.generation_settings import FIELD_NAMES, Metadata, facts_of
from gdm_studio.gallery.metadata.reader import read, read_copied_text

__all__ = ["FIELD_NAMES", "Metadata", "facts_of", "read", "read_copied_text"]
