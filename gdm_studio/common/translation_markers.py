"""Marking of user-visible strings for translation, in modules that do not import Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping

# Function that translates a string in a context, like `QCoreApplication.translate`.
Translate = Callable[[str, str], str]


class Sentence(str):
    """English sentence of an error, with the template and the values from which it was created. The window translates
    the template in the context "Errors" (`ui.translation.error_text`). A sentence without a template is not translated.
    """

    template: str
    values: Mapping[str, str | int | float]

    def __new__(cls, text: str, template: str = "", values: Mapping[str, str | int | float] | None = None) -> Sentence:
        sentence = super().__new__(cls, text)
        sentence.template = template
        sentence.values = {} if values is None else values
        return sentence

    def with_text(self, text: str) -> Sentence:
        """Return another sentence with the same template and values, such as a shortened one."""
        return Sentence(text, self.template, self.values)


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: N802 - the name that `lupdate` searches for
    """Mark a string for translation and return it unchanged. The tool `lupdate` collects it under `context`, and the
    graphical interface translates it when it is displayed.
    """
    return text


def translatable(template: str, **values: object) -> Sentence:
    """Return the sentence of an error that the window translates: a template such as "There is no model called
    {name!r}." with its values filled in by `str.format`.

    A value may be a translatable sentence itself. Values other than strings and numbers are converted to strings.
    """
    kept = {name: value if isinstance(value, str | int | float) else str(value) for name, value in values.items()}
    return Sentence(template.format(**kept), template, kept)


def untranslated(context: str, text: str) -> str:
    """Return a string unchanged. This function replaces the translation function where the output is in English."""
    return text
