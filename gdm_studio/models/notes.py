"""Notes beside a file of weights, NAME.civitai.info: what programs that fetch models write down of them.

All of it is a stranger's text, and no more of it is read than there is use for.
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gdm_studio.errors import StorageError
from gdm_studio.models.checkpoints import Stamp, is_weights, read_object

ENDINGS = (".civitai.info", ".civitai.json")
LONGEST = 2**20  # bytes of a note: pages of a model with all their pictures take a hundredth of that
MOST = 8000  # characters of anything
SOLD, NOT_SOLD = "pictures may be sold", "non-commercial: pictures may not be sold"
_ANSWERS = (
    ("allowNoCredit", "no credit asked for", "its author is to be credited"),
    ("allowDerivatives", "may be merged", "may not be merged"),
    ("allowDifferentLicense", "", "merges keep these terms"),
)


@dataclass(frozen=True)
class Note:
    """As it stands there, control characters and all; "" for what is not said. Lists have commas between."""

    title: str = ""
    made_for: str = ""  # "SDXL 1.0", "Pony"
    triggers: str = ""
    tags: str = ""
    author: str = ""
    date: str = ""
    summary: str = ""
    licence: str = ""  # what the page of a model allows, in a sentence each; "" where it says nothing of that


NOTHING = Note()


def note_beside(path: str, stamp: Callable[[str], Stamp | None]) -> str:
    """The path of the note beside the file at that path, by the stamps that files have; "" where there is none."""
    stem = os.path.splitext(path)[0]
    found = (stem + ending for ending in ENDINGS if is_weights(path) and stamp(stem + ending) is not None)
    return next(found, "")


def read_note(path: str) -> Note:
    """What the note says; nothing where it is damaged, too long or no file."""
    try:
        told = read_object(Path(path), LONGEST)
    except (StorageError, OSError, ValueError, TypeError, RecursionError):
        return NOTHING
    model, creator = (each if isinstance(each, dict) else {} for each in (told.get("model"), told.get("creator")))
    return Note(
        title=_text(model.get("name")) or _text(told.get("name")),
        made_for=_text(told.get("baseModel")),
        triggers=_list(told.get("trainedWords")),
        tags=_list(told.get("tags")) or _list(model.get("tags")),
        author=_text(creator.get("username")),
        date=_text(told.get("publishedAt")) or _text(told.get("createdAt")),
        summary=html.unescape(re.sub(r"<[^<>]*>", " ", _text(told.get("description")))),
        licence=_allowed(told) or _allowed(model),
    )


def _allowed(told: dict[str, Any]) -> str:
    """What a page allows, by the four answers that its author gives there."""
    said = []
    uses = told.get("allowCommercialUse")
    if isinstance(uses, str | list):
        # one of None, Image, Rent, Sell, each with those before it; later a list, or one in braces, of what is allowed
        is_one = isinstance(uses, str) and uses.isalpha()
        allowed = uses != "None" if is_one else "Image" in re.findall(r"\w+", _text(uses) or _list(uses))
        said.append(SOLD if allowed else NOT_SOLD)
    for name, yes, no in _ANSWERS:
        if isinstance(answer := told.get(name), bool):
            said.append(yes if answer else no)
    return "; ".join(filter(None, said))


def _text(value: Any) -> str:
    return value[:MOST] if isinstance(value, str) else ""


def _list(value: Any) -> str:
    return ", ".join(_text(each) for each in value[:64])[:MOST] if isinstance(value, list) else ""
