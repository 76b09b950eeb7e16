"""The errors people meet: each is one clear sentence saying what is wrong and what to do."""

from __future__ import annotations


class StudioError(Exception):
    """Base of every error shown to people; `str(error)` is the sentence, `title` a heading of a few words.

    `remedy` names what mends it: a change of the request, as in `queueing.REMEDIES`, or `accepts.CHOOSE_VAE` for the
    model of the name `model`; "" where none is known.
    """

    title = "That did not work"

    def __init__(self, sentence: str = "", *, remedy: str = "", model: str = "") -> None:
        super().__init__(sentence)
        self.remedy, self.model = remedy, model


class BadRequest(StudioError):
    """A setting is out of range or names something that does not exist."""

    title = "Check the settings"


class ModelError(StudioError):
    """A model file is missing, damaged, or not of a known family."""

    title = "The model cannot be used"


class DeviceError(StudioError):
    """The chosen device does not exist or ran out of memory beyond every remedy."""

    title = "The device cannot be used"


class NotFinite(StudioError):
    """The numbers of a picture overflowed on the way: there is nothing to see in it."""

    title = "The picture was lost in its numbers"


class StorageError(StudioError):
    """A file or folder cannot be read or written."""

    title = "The file cannot be used"


class NameTaken(StorageError):
    """Something else is called so already."""

    title = "The name is taken"
