"""Reading whatever settings a picture file carries: the one way in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gdm_studio.gallery.metadata import stealth
from gdm_studio.gallery.metadata.containers import Carried, carry
from gdm_studio.gallery.metadata.facts import Metadata
from gdm_studio.gallery.metadata.tools import TOOLS


def read(path: Path) -> Metadata:
    """The settings in a picture file; `request` is None where it has none that can be restored.

    Raises StorageError where the file cannot be read or is no picture.
    """
    carried = carry(path)
    found = _told(carried)
    if not (found and found.fields) and carried.hideout:
        texts = stealth.read(path, carried.size, carried.hideout)
        found = (texts and _told(replace(carried, texts=texts))) or found
    return replace(found or Metadata(size=carried.size), c2pa=carried.c2pa, maker=carried.maker)


def _told(carried: Carried) -> Metadata | None:
    """What the first tool that knows the file reads in it."""
    for tool in TOOLS if carried.texts else ():
        if tool.matches(carried) and (found := tool.read(carried)) is not None:
            return found
    return None
