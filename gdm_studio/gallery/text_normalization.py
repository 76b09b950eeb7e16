"""Normalisation of text for the databases and the full-text search."""

from __future__ import annotations

import re
import unicodedata

# Maximum length of the name of a tag, a collection or a saved search, in characters.
MAX_NAME = 80
# Scripts without spaces: each character becomes a word, and a word of a query a phrase of characters.
_UNSPACED = re.compile(
    r"([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af])"
)


def without_surrogates(text: str) -> str:
    """Replace the lone surrogates of a string before it is stored in a database.

    A command line can contain them, but SQLite rejects them.
    """
    return text.encode("utf-8", "replace").decode("utf-8")


def to_fulltext(text: str) -> str:
    """Convert text for full-text search. In scripts without spaces, such as Chinese, each character becomes a word."""
    return without_surrogates(_UNSPACED.sub(r" \1 ", text))


def to_single_line(name: str) -> str:
    """Convert a name typed by the user, such as a tag, to a single line of limited length.

    Double quotes become single ones, so that a search can quote the name, and characters are composed (NFC).
    """
    plain = unicodedata.normalize("NFC", name).replace('"', "'")
    return without_surrogates(" ".join(plain.split())[:MAX_NAME].strip())
