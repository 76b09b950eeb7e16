"""Errors that are shown to the user. Each message is a sentence that says what is wrong and what to do."""

from __future__ import annotations

import struct

from gdm_studio.common.text_safety import shorten_values
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP, Sentence

# All errors that may be raised while the values of a malformed file are checked and converted.
MALFORMED = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    MemoryError,
    struct.error,
)


class StudioError(Exception):
    """Base class of errors that are shown to the user. `str(error)` is the sentence to show, with long values shortened
    (`text_safety.shorten_values`).

    `title` is a heading of a few words. `remedy` identifies a fix that the program can apply: a key of
    `jobs.queue.item.REMEDIES`, which changes the request, or `capabilities.CHOOSE_VAE` for the model `model`. It is ""
    if no fix is known.
    """

    title = QT_TRANSLATE_NOOP("Errors", "That did not work")

    def __init__(self, sentence: str = "", *, remedy: str = "", model: str = "") -> None:
        text = shorten_values(sentence)
        super().__init__(sentence.with_text(text) if isinstance(sentence, Sentence) else text)
        self.remedy = remedy
        self.model = model

    @property
    def sentence(self) -> str:
        """The sentence to show, which has a template if it is `translatable`."""
        sentence: str = self.args[0]
        return sentence


class BadRequest(StudioError):
    """Error for an invalid request, such as a setting out of range or an unknown name."""

    title = QT_TRANSLATE_NOOP("Errors", "Check the settings")


class PromptError(BadRequest):
    """Error for a prompt whose template cannot be expanded, for example because a wildcard file is missing."""

    title = QT_TRANSLATE_NOOP("Errors", "Check the prompt")


class ModelError(StudioError):
    """Error for a model file that is missing, damaged or of an unknown kind."""

    title = QT_TRANSLATE_NOOP("Errors", "The model cannot be used")


class DeviceError(StudioError):
    """Error for a device that does not exist, or that has too little memory even for the smallest batch."""

    title = QT_TRANSLATE_NOOP("Errors", "The device cannot be used")


class NotFinite(StudioError):
    """Error for an image whose values overflowed to infinity or NaN."""

    title = QT_TRANSLATE_NOOP("Errors", "The picture could not be computed")


class StorageError(StudioError):
    """Error for a file or folder that cannot be read or written."""

    title = QT_TRANSLATE_NOOP("Errors", "The file cannot be used")


class NoFileManager(StorageError):
    """Error raised when a folder cannot be shown to the user because no program can open it."""

    title = QT_TRANSLATE_NOOP("Errors", "The folder could not be opened")


class NameTaken(StorageError):
    """Error for a new name (of a collection, for example) that is already in use."""

    title = QT_TRANSLATE_NOOP("Errors", "The name is taken")
