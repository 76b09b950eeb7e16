"""Pictures that have been kept: written, found again, never lost. `gallery.py` is the room's one door."""

from gdm_studio.gallery.collections import Collection, Removed
from gdm_studio.gallery.gallery import Gallery
from gdm_studio.gallery.holding import Undo
from gdm_studio.gallery.marks import SavedSearch, Tag
from gdm_studio.gallery.metadata import Metadata, facts_of, read
from gdm_studio.gallery.picture import Picture, SaveSettings, save
from gdm_studio.gallery.query import doubts, says_nothing, understood
from gdm_studio.gallery.sources import Source
from gdm_studio.gallery.terms import Term, completed, terms, without

__all__ = [
    "Collection", "Gallery", "Metadata", "Picture", "Removed", "SaveSettings", "SavedSearch", "Source", "Tag", "Term",
    "Undo", "completed", "doubts", "facts_of", "read", "save", "says_nothing", "terms", "understood", "without",
]  # fmt: skip
