"""Readers that extract the texts from image files of every format without decoding the pixels. Start with
`read_texts`.
"""

from gdm_studio.gallery.metadata.containers.text_chunks import EmbeddedTexts, read_texts
from gdm_studio.gallery.metadata.containers.truncation import is_truncated

__all__ = ["EmbeddedTexts", "is_truncated", "read_texts"]
