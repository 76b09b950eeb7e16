"""What a tool is to the reader: how its files are told from others', and how they are read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gdm_studio.gallery.metadata.containers import Carried
from gdm_studio.gallery.metadata.facts import Metadata


@dataclass(frozen=True)
class Tool:
    """`matches` is quick and errs on the side of yes; `read` gives None for what it cannot make sense of."""

    name: str
    matches: Callable[[Carried], bool]
    read: Callable[[Carried], Metadata | None]
