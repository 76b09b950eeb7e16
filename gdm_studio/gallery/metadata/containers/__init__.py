"""Readers of the texts in image files of every format, which do not decode the pixels. Start with `read_texts`."""

from gdm_studio.gallery.metadata.containers.texts import EmbeddedTexts, read_texts

__all__ = ["EmbeddedTexts", "read_texts"]
