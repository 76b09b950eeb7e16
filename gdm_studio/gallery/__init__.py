"""The gallery: saved images, their search index, and the user data about them. Start with `Gallery`."""

from gdm_studio.gallery.annotations import SavedSearch, Tag
from gdm_studio.gallery.collections import Collection, DeletedCollection
from gdm_studio.gallery.gallery import Gallery
from gdm_studio.gallery.imported_folders import Source
from gdm_studio.gallery.metadata import Metadata, facts_of, read
from gdm_studio.gallery.saved_image import Picture, SaveSettings, save
from gdm_studio.gallery.search_query import find_unclear, matches_all, require_clear
from gdm_studio.gallery.search_terms import Term, insert_completion, parse_terms, remove_term
from gdm_studio.gallery.storage.trash_folder import Deletion

__all__ = [
    "Collection",
    "DeletedCollection",
    "Deletion",
    "Gallery",
    "Metadata",
    "Picture",
    "SaveSettings",
    "SavedSearch",
    "Source",
    "Tag",
    "Term",
    "facts_of",
    "find_unclear",
    "insert_completion",
    "matches_all",
    "parse_terms",
    "read",
    "remove_term",
    "require_clear",
    "save",
]
