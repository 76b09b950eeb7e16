"""Comparison of names that users type, names in files, and names of files."""

from __future__ import annotations

import unicodedata


def comparable_name(name: str) -> str:
    """Return the form of a name by which it is looked up: composed characters (NFC), without case and outer spaces.

    macOS decomposes the characters of file names, and other programs write names with trailing spaces.
    """
    if name.isascii():
        return name.strip().lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).strip()
