"""Errors from reading model files, which distinguish damaged content from disk and permission problems."""

from __future__ import annotations

from pathlib import Path

from gdm_studio.common.atomic_files import storage_error
from gdm_studio.common.errors import ModelError, StorageError


def read_error(path: Path, error: BaseException, damaged: str) -> ModelError:
    """Return the error to show if a model's file could not be read. Disk problems and missing permissions are reported
    as such; `damaged` is the sentence for a missing file and for any other error.
    """
    cause = error.__cause__ if isinstance(error, StorageError) else error
    if isinstance(error, StorageError) and cause is not None and not isinstance(cause, FileNotFoundError):
        return ModelError(error.sentence)
    if isinstance(cause, OSError) and cause.errno and not isinstance(cause, FileNotFoundError):
        file = Path(cause.filename) if isinstance(cause.filename, str) else path
        return ModelError(storage_error(file, cause).sentence)
    return ModelError(damaged)
