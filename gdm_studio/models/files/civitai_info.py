"""Notes beside weight files (NAME.civitai.info), written by tools that download models.

All values are untrusted text. Only the entries that are needed are read.
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gdm_studio.common.errors import StorageError
from gdm_studio.models.files.checkpoints import Stamp, is_weights_name, read_json_object

ENDINGS = (".civitai.info", ".civitai.json")
# Maximum number of bytes of a note. The description of a model with all its images takes a hundredth of that.
LONGEST = 2**20
# Maximum number of characters of an entry.
MOST = 8000
SOLD, NOT_SOLD = "pictures may be sold", "non-commercial: pictures may not be sold"
_PERMISSIONS = (
    ("allowNoCredit", "no credit asked for", "its author is to be credited"),
    ("allowDerivatives", "may be merged", "may not be merged"),
    ("allowDifferentLicense", "", "merges keep these terms"),
)


@dataclass(frozen=True)
class Note:
    """Values from a .civitai.info file, which a download tool has written beside a model. They are unfiltered; missing
    values are "". Lists are joined by commas.
    """

    title: str = ""
    # Kind of model that an add-on is for, such as "SDXL 1.0" or "Pony".
    made_for: str = ""
    triggers: str = ""
    tags: str = ""
    author: str = ""
    date: str = ""
    summary: str = ""
    # Permissions that the model's page states, or "" if it states none.
    licence: str = ""


NOTHING = Note()


def find_note(path: str, stamp: Callable[[str], Stamp | None]) -> str:
    """Return the path of the .civitai.info file beside a weight file, or "" if there is none. `stamp` returns the size
    and modification time of a path, or None if it does not exist.
    """
    stem = os.path.splitext(path)[0]
    found = (stem + ending for ending in ENDINGS if is_weights_name(path) and stamp(stem + ending) is not None)
    return next(found, "")


def read_note(path: str) -> Note:
    """Read a .civitai.info file. The result is empty if the file is missing, damaged or too long."""
    try:
        note = read_json_object(Path(path), LONGEST)
    except (StorageError, OSError, ValueError, TypeError, RecursionError):
        return NOTHING
    model, creator = (each if isinstance(each, dict) else {} for each in (note.get("model"), note.get("creator")))
    return Note(
        title=_read_string(model.get("name")) or _read_string(note.get("name")),
        made_for=_read_string(note.get("baseModel")),
        triggers=_join_list(note.get("trainedWords")),
        tags=_join_list(note.get("tags")) or _join_list(model.get("tags")),
        author=_read_string(creator.get("username")),
        date=_read_string(note.get("publishedAt")) or _read_string(note.get("createdAt")),
        summary=html.unescape(re.sub(r"<[^<>]*>", " ", _read_string(note.get("description")))),
        licence=_describe_permissions(note) or _describe_permissions(model),
    )


def _describe_permissions(page: dict[str, Any]) -> str:
    """Return the permissions that a model's author grants on its web page, such as commercial use of the images, as
    clauses of a sentence.
    """
    clauses = []
    uses = page.get("allowCommercialUse")
    if isinstance(uses, str | list):
        # The value is one of None, Image, Rent and Sell, each of which includes the previous ones. In newer files it is
        # a list of permissions, which may be written as a string in braces.
        is_one = isinstance(uses, str) and uses.isalpha()
        allowed = uses != "None" if is_one else "Image" in re.findall(r"\w+", _read_string(uses) or _join_list(uses))
        clauses.append(SOLD if allowed else NOT_SOLD)
    for name, yes, no in _PERMISSIONS:
        if isinstance(answer := page.get(name), bool):
            clauses.append(yes if answer else no)
    return "; ".join(filter(None, clauses))


def _read_string(value: Any) -> str:
    return value[:MOST] if isinstance(value, str) else ""


def _join_list(value: Any) -> str:
    return ", ".join(_read_string(each) for each in value[:64])[:MOST] if isinstance(value, list) else ""
