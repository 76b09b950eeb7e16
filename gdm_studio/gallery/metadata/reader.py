"""Reader of the generation settings in image files of all supported tools."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gdm_studio.gallery.metadata import stealth
from gdm_studio.gallery.metadata.a1111_parameters import CHUNK, COMMON_KEYS, parse_text
from gdm_studio.gallery.metadata.containers import EmbeddedTexts, read_texts
from gdm_studio.gallery.metadata.generation_settings import Metadata
from gdm_studio.gallery.metadata.record import LATEST
from gdm_studio.gallery.metadata.tools import TOOLS


def read(path: Path) -> Metadata:
    """Read the generation settings in an image file that any supported tool wrote.

    `request` is None if no settings can be restored. Raises StorageError if the file is unreadable or not an image.
    """
    embedded = read_texts(path)
    found = _read_texts(embedded)
    if not (found and found.fields) and embedded.layout:
        texts = stealth.read(path, embedded.size, embedded.layout)
        found = (texts and _read_texts(replace(embedded, texts=texts))) or found
    found = found or Metadata(size=embedded.size)
    size = found.size
    if embedded.is_on_side and size == embedded.size:
        # Images are shown upright.
        size = size[::-1]
    # Images of this program have their own time.
    created = found.created or min(embedded.taken, LATEST)
    return replace(found, size=size, created=created, c2pa=embedded.c2pa, maker=embedded.maker)


def read_copied_text(text: str) -> Metadata | None:
    """Read generation settings that were copied as text in the form of A1111's `parameters`. Returns None for any other
    text, also for one with fewer than three common settings, which may be a prompt.
    """
    found = parse_text(text)
    if found is None or len(COMMON_KEYS.intersection(map(str.lower, found.entries))) < 3:
        return None
    return _read_texts(EmbeddedTexts(size=(0, 0), texts={CHUNK: text}))


def _read_texts(embedded: EmbeddedTexts) -> Metadata | None:
    """Try the readers of all supported tools on the texts of an image file.

    Return the settings from the first one that recognises the texts, or None.
    """
    for tool in TOOLS if embedded.texts else ():
        if tool.matches(embedded) and (found := tool.read(embedded)) is not None:
            return found
    return None
