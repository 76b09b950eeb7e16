"""Checkpoints, single files with the state of a training run.

A checkpoint is a file of `torch.save` whose zip comment contains the SHA-256 of the file without the comment. Versions
until 0.1.0 wrote no comment.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import torch

from gdm_studio.common.archive_errors import ARCHIVE_ERRORS
from gdm_studio.common.atomic_files import PART, open_file, open_replacement, remove_abandoned, storage_error
from gdm_studio.common.errors import StorageError

_MARK = b"gdm-studio sha256 "
_COMMENT_BYTES = len(_MARK) + 2 * hashlib.sha256().digest_size
# The last record of a zip file: its signature and number of bytes. Its last two bytes are the length of the comment.
_END, _END_BYTES = b"PK\x05\x06", 22
_CHUNK = 2**20


class _HashingFile:
    """Output file for `torch.save` that hashes the bytes written to it, and remembers an error that torch hides."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.hash = hashlib.sha256()
        self.error: OSError | None = None

    def write(self, data: Any) -> int:
        try:
            self._file.write(data)
        except OSError as error:
            self.error = error
            raise
        self.hash.update(data)
        return len(memoryview(data).cast("B"))

    def flush(self) -> None:
        self._file.flush()


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write the state of a training run to a checkpoint file, with a digest.

    The file is replaced atomically, so that a killed process leaves either the old or the new file intact. Raises
    StorageError.
    """
    with open_replacement(path) as out:
        hashing = _HashingFile(out)
        try:
            torch.save(state, hashing)  # type: ignore[arg-type]
        except (OSError, RuntimeError):
            if hashing.error is not None:
                raise hashing.error from None
            raise
        out.seek(-2, os.SEEK_END)
        out.write(_COMMENT_BYTES.to_bytes(2, "little") + _MARK + hashing.hash.hexdigest().encode())


def load_checkpoint(path: Path, remark: Callable[[str], object] = lambda sentence: None) -> dict[str, Any] | None:
    """Load the state of a training run from a checkpoint file, or return None if there is no file.

    `remark` receives a sentence for the user if the file is of an earlier version and has no digest. Temporary files
    left by a killed writer are deleted. Raises StorageError for a damaged or unreadable file.
    """
    for part in path.parent.glob(f".*{PART}"):
        remove_abandoned(part)
    if not os.path.lexists(path):
        return None
    has_digest = _check(path)
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        if not isinstance(state, dict):
            raise TypeError(f"a checkpoint contains {type(state).__name__}")
    except OSError as error:
        raise storage_error(path, error) from error
    except (RuntimeError, pickle.UnpicklingError, AssertionError, *ARCHIVE_ERRORS) as error:
        raise _build_damage_error(path) from error
    if not has_digest:
        remark(f"{path} was written by an earlier version, without a digest; only its zip checksums were verified.")
    return state


def _check(path: Path) -> bool:
    """Compare a checkpoint with its digest. Returns False for one of an earlier version that has none, whose zip
    checksums are verified instead. Raises StorageError if it is damaged or cannot be read.
    """
    with open_file(path) as file:
        try:
            size = os.fstat(file.fileno()).st_size
            file.seek(max(0, size - _COMMENT_BYTES - _END_BYTES))
            end = file.read(_COMMENT_BYTES + _END_BYTES)
            if end[-_END_BYTES:].startswith(_END) and end.endswith(b"\0\0"):
                _check_sums(path)
                return False
            mark = _COMMENT_BYTES.to_bytes(2, "little") + _MARK
            if not end.startswith(_END) or end[_END_BYTES - 2 :][: len(mark)] != mark:
                raise _build_damage_error(path)
            file.seek(0)
            found = hashlib.sha256()
            left = size - _COMMENT_BYTES - 2
            while left and (chunk := file.read(min(left, _CHUNK))):
                found.update(chunk)
                left -= len(chunk)
            found.update(b"\0\0")
        except OSError as error:
            raise storage_error(path, error) from error
    if end[_END_BYTES + len(_MARK) :] != found.hexdigest().encode():
        raise _build_damage_error(path)
    return True


def _check_sums(path: Path) -> None:
    """Verify the checksums of the zip entries, which torch does not. Raises StorageError."""
    try:
        with zipfile.ZipFile(path) as packed:
            if packed.testzip() is not None:
                raise _build_damage_error(path)
    except OSError as error:
        raise storage_error(path, error) from error
    except ARCHIVE_ERRORS as error:
        raise _build_damage_error(path) from error


def _build_damage_error(path: Path) -> StorageError:
    return StorageError(f"The checkpoint {path} is damaged and cannot be read; delete it to start again.")
