"""Interface of a reader for the image files of another tool: a test whether the tool wrote a file, and the reading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gdm_studio.gallery.metadata.containers import EmbeddedTexts
from gdm_studio.gallery.metadata.generation_settings import Metadata


@dataclass(frozen=True)
class Tool:
    """A program that writes settings into its image files, with functions to read them.

    `matches` is fast and may accept files of other tools. `read` returns None for files that it cannot read.
    """

    name: str
    matches: Callable[[EmbeddedTexts], bool]
    read: Callable[[EmbeddedTexts], Metadata | None]
