"""Marking of texts for translation in modules that do not import Qt."""

from __future__ import annotations

from collections.abc import Callable

# A function that translates a text in a context, like `QCoreApplication.translate`.
Translate = Callable[[str, str], str]


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: N802 - the name that `lupdate` searches for
    """Return a text unchanged, and mark it for translation. `lupdate` collects the text under `context`. The window
    translates it when it shows it.
    """
    return text


def untranslated(context: str, text: str) -> str:
    """Return a text unchanged. Used instead of the translation function for English output."""
    return text
