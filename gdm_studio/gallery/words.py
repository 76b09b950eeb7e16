"""Text as the databases and the full-text search take it."""

from __future__ import annotations

import re

LONGEST_NAME = 80  # characters of a tag, a collection, a saved search
# Scripts written without spaces: each character becomes a word, and a word of the query a phrase of them.
_UNSPACED = re.compile(
    r"([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af])"
)


def storable(text: str) -> str:
    """SQLite takes no lone surrogates, which a command line can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def indexed(text: str) -> str:
    """`text` as the full-text table takes it."""
    return storable(_UNSPACED.sub(r" \1 ", text))


def on_one_line(name: str) -> str:
    """A name that people give, on one line, such that it can stand in quotation marks in a search."""
    return storable(" ".join(name.replace('"', "'").split())[:LONGEST_NAME].strip())
