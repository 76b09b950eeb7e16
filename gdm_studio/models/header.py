"""The header of a file of weights, read without torch: names, shapes, kinds of numbers, metadata."""

from __future__ import annotations

import json
import os
import struct
from pathlib import Path
from typing import IO, Any

from gdm_studio.atomic import open_file
from gdm_studio.errors import ModelError, StorageError
from gdm_studio.models.pickled import is_pickled, read_pickled
from gdm_studio.models.stored import BYTES, MOST_AXES, Damaged, Header, Stored, check_apart

__all__ = ["Header", "read_header", "strict_json"]

LIMIT = 8 * 2**20  # bytes of a header: those of the largest models have one, and JSON takes thirty times as many
_POINTER = b"version https://git-lfs"
_JUNK = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError, struct.error)


def read_header(path: Path) -> Header:
    """The header of the file, whatever it is called; raises ModelError where it is missing, damaged or something else.

    It may be safetensors, or a checkpoint of torch's, which is a pickle: nothing that one asks for is run.
    """
    try:
        with open_file(path) as file:
            size = os.fstat(file.fileno()).st_size
            head = file.read(8)
            if head + file.read(len(_POINTER) - 8) == _POINTER:
                sentence = "only points to the file that git-lfs keeps; fetch that by `git lfs pull`, or download it."
                raise ModelError(f"{path.name} {sentence}")
            file.seek(8)
            if is_pickled(head):
                return read_pickled(path, file, size)
            return _read(path, file, head, size)
    except StorageError as error:
        raise ModelError(str(error)) from error
    except OSError as error:
        raise ModelError(f"{path.name} cannot be read ({error.strerror}); check its disk, or copy it again.") from error


def _read(path: Path, file: IO[bytes], head: bytes, size: int) -> Header:
    try:
        (length,) = struct.unpack("<Q", head)
        if not 2 <= length <= LIMIT:
            raise ValueError(length)
        entries = strict_json(file.read(length))
        metadata = entries.pop("__metadata__", {})
        if not isinstance(metadata, dict) or not all(isinstance(text, str) for text in metadata.values()):
            raise TypeError(metadata)
        tensors = {_name(name): _tensor(entry, 8 + length) for name, entry in entries.items()}
    except ModelError as error:
        raise ModelError(f"{path.name} {error}") from error
    except _JUNK as error:
        raise ModelError(f"{path.name} is no file of weights, or a damaged one; choose another file.") from error
    if max((tensor.end for tensor in tensors.values()), default=0) > size:
        raise ModelError(f"{path.name} is cut short; copy or download it again.")
    try:
        check_apart(tensors.values())
    except Damaged as error:
        raise ModelError(f"{path.name} is damaged: {error}; copy or download it again.") from error
    return Header.of(tensors, metadata)


def _name(name: str) -> str:
    name.encode()  # raises ValueError for half a letter, which could be neither shown nor written
    return name


def _tensor(entry: dict[str, Any], start: int) -> Stored:
    dtype, shape, (begin, end) = entry["dtype"], tuple(entry["shape"]), entry["data_offsets"]
    if any(type(count) is not int or count < 0 for count in (*shape, begin, end)) or len(shape) > MOST_AXES:
        raise ValueError(entry)
    if not isinstance(dtype, str) or dtype not in BYTES:
        raise ModelError(f"has numbers of the kind {str(dtype)[:20]!r}, which are not known here; choose another file.")
    tensor = Stored(dtype, shape, start + begin)
    if tensor.size != end - begin:
        raise ValueError(entry)
    return tensor


def strict_json(data: bytes | str) -> Any:
    """What JSON says, if it says one thing: raises ValueError for NaN, infinities, and a key that is there twice."""
    return json.loads(data, object_pairs_hook=_each_once, parse_constant=_refused)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _refused(name: str) -> float:
    raise ValueError(f"{name} is no number")
