"""Headers of GGUF files: names and shapes of the tensors, and a few of the key-value pairs. Reads no tensor data."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import IO

from gdm_studio.common.errors import ModelError
from gdm_studio.models.files.header import LONGEST_NAME, Header

MAGIC = b"GGUF"
# Key in `Header.metadata` that only GGUF files have: the value of general.architecture.
ARCHITECTURE = "gguf.architecture"
# Key-value pairs that are used, and their names in `Header.metadata`.
_USED = {
    "general.architecture": ARCHITECTURE,
    "general.name": "modelspec.title",
    "general.author": "modelspec.author",
    "general.license": "modelspec.license",
}
# Bytes of a header that are read. The largest tokenizers take a third of that.
LIMIT = 32 * 2**20
# Bytes that are read first, enough for most files without a tokenizer.
_FIRST = 2**20
MOST_TENSORS = 100_000
MOST_PAIRS = 100_000
# Strings in one array; the largest tokenizers have a quarter of that.
MOST_STRINGS = 2**20
# Axes of a tensor in GGML.
MOST_AXES = 4
# Elements along an axis.
LONGEST_AXIS = 2**40
# Bytes of a scalar, by the number of its type.
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_STRING, _ARRAY = 8, 9


class _Short(Exception):
    """Signal that the bytes end inside the header."""


def is_gguf(header: Header) -> bool:
    """Return whether the header is that of a GGUF file, whose tensors cannot be read."""
    return ARCHITECTURE in header.metadata


def read_gguf(path: Path, file: IO[bytes], size: int) -> Header:
    """Return the header of an open GGUF file of `size` bytes. Its `stored` is empty.

    Shapes are in the order of torch, outermost axis first. Raises ModelError.
    """
    for count in (_FIRST, LIMIT):
        file.seek(0)
        data = file.read(count)
        try:
            return _Reader(data).header()
        except _Short:
            if len(data) == size:
                break
        except (ValueError, struct.error) as error:
            raise ModelError(f"{path.name} is damaged ({error}); copy or download it again.") from error
    raise ModelError(f"{path.name} is cut short; copy or download it again.")


class _Reader:
    """Parser of the first bytes of a file. Its methods move `_at` past what they read."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = len(MAGIC)

    def header(self) -> Header:
        version = self._number("<I")
        if version not in (2, 3):
            raise ValueError(f"its version is {version}")
        tensors, pairs = self._number("<Q"), self._number("<Q")
        if tensors > MOST_TENSORS or pairs > MOST_PAIRS:
            raise ValueError("it has too many entries")
        metadata = {ARCHITECTURE: ""}
        for _ in range(pairs):
            key, value = self._string(), self._value(self._number("<I"))
            if key in _USED and isinstance(value, str):
                metadata[_USED[key]] = value
        shapes: dict[str, tuple[int, ...]] = {}
        for _ in range(tensors):
            name, shape = self._tensor()
            if shapes.setdefault(name, shape) is not shape:
                raise ValueError("a tensor occurs twice")
        if not shapes:
            raise ValueError("it has no tensors")
        return Header(shapes, metadata, bytes=self._at)

    def _tensor(self) -> tuple[str, tuple[int, ...]]:
        name = self._string()
        axes = self._number("<I")
        if axes > MOST_AXES or len(name) > LONGEST_NAME:
            raise ValueError("a tensor is malformed")
        shape = tuple(self._number("<Q") for _ in range(axes))
        if any(count > LONGEST_AXIS for count in shape):
            raise ValueError("a tensor is malformed")
        self._skip(struct.calcsize("<IQ"))  # its type and the position of its data
        return name, shape[::-1]

    def _value(self, kind: int) -> str | None:
        """Read a value and return it if it is a string."""
        if kind == _STRING:
            return self._string()
        if kind != _ARRAY:
            self._skip(self._size(kind))
            return None
        inner, count = self._number("<I"), self._number("<Q")
        if inner != _STRING:
            self._skip(self._size(inner) * count)
            return None
        if count > MOST_STRINGS:
            raise ValueError("a list is too long")
        for _ in range(count):
            self._skip(self._number("<Q"))
        return None

    def _size(self, kind: int) -> int:
        if kind not in _SIZES:
            raise ValueError(f"it has a value of the unknown type {kind}")
        return _SIZES[kind]

    def _string(self) -> str:
        begin = self._at + struct.calcsize("<Q")
        self._skip(self._number("<Q"))
        return self._data[begin : self._at].decode("utf-8", "replace")

    def _number(self, form: str) -> int:
        begin = self._at
        self._skip(struct.calcsize(form))
        (found,) = struct.unpack_from(form, self._data, begin)
        return int(found)

    def _skip(self, count: int) -> None:
        self._at += count
        if self._at > len(self._data):
            raise _Short
