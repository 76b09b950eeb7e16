"""Marking of texts for translation in modules that do not import Qt."""

from __future__ import annotations

from collections.abc import Callable

# A function that translates a text in a context, like `QCoreApplication.translate`.
Translate = Callable[[str, str], str]


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: N802 - the name that `lupdate` searches for
    """Mark a text for translation and return it unchanged. The tool `lupdate` collects the text under `context`, and
    the graphical interface translates it when it is displayed.
    """
    return text


def untranslated(context: str, text: str) -> str:
    """Return a text unchanged. This function replaces the translation function where the output is in English."""
    return text
