"""How a picture was made, in its file: our own record, and the A1111 text that every tool reads."""

from gdm_studio.gallery.metadata.facts import USUAL, Metadata, facts_of
from gdm_studio.gallery.metadata.reader import read

__all__ = ["USUAL", "Metadata", "facts_of", "read"]
