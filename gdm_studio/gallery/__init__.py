"""Pictures that have been kept: written, found again, never lost. `gallery.py` is the room's one door."""

from gdm_studio.gallery.collections import Collection, Removed
from gdm_studio.gallery.gallery import Gallery, Undo
from gdm_studio.gallery.metadata import Metadata, facts_of, read
from gdm_studio.gallery.picture import Picture, save

__all__ = ["Collection", "Gallery", "Metadata", "Picture", "Removed", "Undo", "facts_of", "read", "save"]
