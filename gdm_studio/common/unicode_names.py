"""Comparison of names that users type, names in files, and names of files."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import TypeVar

_Value = TypeVar("_Value")


def comparable_name(name: str) -> str:
    """Return the form of a name by which it is looked up: composed characters (NFC), without case and outer spaces.

    macOS decomposes the characters of file names, and other tools write names with trailing spaces.
    """
    if name.isascii():
        return name.strip().lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).strip()


def find_by_name(found: Mapping[str, _Value], name: str) -> _Value | None:
    """Return the value with this name, or else the one whose name differs only in the Unicode form or in outer spaces.

    Returns None if there is none.
    """
    if name in found:
        return found[name]
    wanted = _normalise_spelling(name)
    return next((value for each, value in found.items() if _normalise_spelling(each) == wanted), None)


def _normalise_spelling(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip()
