"""Headers of files in GGUF format, in which llama.cpp, stable-diffusion.cpp and ComfyUI-GGUF store quantised weights.

The header contains typed key-value pairs, then the name, shape, type and offset of each tensor. The aligned data after
it are not read here; `Weights` maps them into memory.
"""

from __future__ import annotations

import struct
from math import prod
from pathlib import Path
from typing import IO

from gdm_studio.common.errors import ModelError
from gdm_studio.common.translation_markers import translatable
from gdm_studio.models.files.header import BLOCKS, LONGEST_NAME, Header, StoredTensor, check_no_overlap

MAGIC = b"GGUF"
# Key in `Header.metadata` that only GGUF files have: the value of general.architecture.
ARCHITECTURE = "gguf.architecture"
# Key-value pairs that are read, and their names in `Header.metadata`.
_METADATA_KEYS = {
    "general.architecture": ARCHITECTURE,
    "general.name": "modelspec.title",
    "general.author": "modelspec.author",
    "general.license": "modelspec.license",
}
# Key in `Header.metadata` of the base of the rotary frequencies, and the last components of its key in files.
ROPE_BASE = "gguf.rope_base"
_ROPE_BASE = ".rope.freq_base"
_ALIGNMENT = "general.alignment"
# Prefix of the key for the shape of a tensor that ComfyUI-GGUF has reshaped so that its rows are divisible into blocks.
_ORIGINAL_SHAPE = "comfy.gguf.orig_shape."
# Last components of a quantised weight's name, and of the name of the scale that llama.cpp can store beside it.
_WEIGHT, _SCALE = ".weight", ".scale"
# Maximum number of bytes of a header. The largest tokenizers take a third of that.
LIMIT = 32 * 2**20
# Number of bytes that are read first, which are enough for most files without a tokenizer.
_FIRST_READ = 2**20
MOST_TENSORS = 100_000
MOST_PAIRS = 100_000
# Maximum number of strings in all arrays. The largest tokenizers have a quarter of that.
MOST_STRINGS = 2**21
# Maximum number of axes of a tensor in GGML.
MOST_AXES = 4
# Maximum number of axes of a tensor before ComfyUI-GGUF has reshaped it.
MOST_ORIGINAL_AXES = 8
# Maximum number of elements along an axis.
LONGEST_AXIS = 2**40
MOST_ALIGNMENT = 2**16
# Types of values, in the notation of `struct`, by their numbers in GGUF.
_SCALARS = {
    0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d",
}  # fmt: skip
_STRING, _ARRAY = 8, 9
# Types of tensors that can be read, by their numbers in GGML.
_READABLE_TYPES = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 6: "Q5_0", 7: "Q5_1", 8: "Q8_0", 10: "Q2_K", 11: "Q3_K", 12: "Q4_K",
    13: "Q5_K", 14: "Q6_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S", 20: "IQ4_NL", 21: "IQ3_S",
    22: "IQ2_S", 23: "IQ4_XS", 24: "I8", 25: "I16", 26: "I32", 27: "I64", 28: "F64", 29: "IQ1_M", 30: "BF16",
    34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4", 40: "NVFP4",
}  # fmt: skip
# Names of other types, for error messages.
_UNREADABLE_TYPES = {9: "Q8_1", 15: "Q8_K", 41: "Q1_0"}

Shape = tuple[int, ...]
# Type, shape in the file and offset in the data section of a tensor.
_TensorInfo = tuple[int, Shape, int]


class _MoreBytesNeeded(Exception):
    """Exception raised when the header of a GGUF file continues after the bytes that were read."""


def read_gguf(path: Path, file: IO[bytes], size: int) -> Header:
    """Parse the header of an open GGUF file of `size` bytes: names, shapes and locations of its tensors, and the
    metadata.

    Shapes are in the order of torch, outermost axis first. A tensor reshaped by ComfyUI-GGUF has its original shape.
    Tensors of unsupported types are left out of `stored`. Raises ModelError.
    """
    for count in (_FIRST_READ, LIMIT):
        file.seek(0)
        data = file.read(count)
        try:
            header = _Parser(data).header()
            if max((tensor.end for tensor in header.stored.values()), default=0) > size:
                break
            check_no_overlap(header.stored.values())
            return header
        except _MoreBytesNeeded as error:
            if len(data) == size:
                break
            if count == LIMIT:
                sentence = f"has a header of more than {LIMIT // 2**20} MB, which no known model has"
                raise ModelError(f"{path.name} {sentence}; choose another file.") from error
        except (ValueError, struct.error) as error:
            raise ModelError(f"{path.name} is damaged ({error}); copy or download it again.") from error
    raise ModelError(translatable("{name} is cut short; copy or download it again.", name=path.name))


class _Parser:
    """Parser for the header of a GGUF file, given the file's first bytes. Each method reads at the current offset,
    `_offset`, and advances it.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._offset = len(MAGIC)
        self._metadata = {ARCHITECTURE: ""}
        self._alignment = 32
        self._strings_left = MOST_STRINGS
        # Original shapes of reshaped tensors, by name.
        self._shapes: dict[str, Shape] = {}

    def header(self) -> Header:
        version = self._read_number("<I")
        if version not in (2, 3):
            raise ValueError(f"its version is {version}")
        tensors, pairs = self._read_number("<Q"), self._read_number("<Q")
        if tensors > MOST_TENSORS or pairs > MOST_PAIRS:
            raise ValueError("it has too many entries")
        for _ in range(pairs):
            self._read_pair()
        described: dict[str, _TensorInfo] = {}
        for _ in range(tensors):
            name, tensor = self._read_tensor()
            if described.setdefault(name, tensor) is not tensor:
                raise ValueError("a tensor occurs twice")
        if not described:
            raise ValueError("it has no tensors")
        return self._create_header(described)

    def _create_header(self, described: dict[str, _TensorInfo]) -> Header:
        start = -(-self._offset // self._alignment) * self._alignment
        shapes = {}
        stored = {}
        unreadable = {}
        for name, (kind, shape, offset) in described.items():
            shapes[name] = self._shapes.get(name, shape)
            if prod(shapes[name]) != prod(shape):
                raise ValueError("the original shape of a tensor has another size")
            if kind not in _READABLE_TYPES:
                unreadable[name] = _UNREADABLE_TYPES.get(kind, f"number {kind}")
                continue
            dtype = _READABLE_TYPES[kind]
            if dtype in BLOCKS and (not shape or shape[-1] % BLOCKS[dtype][0]):
                raise ValueError("a tensor is not divisible into blocks")
            if dtype in BLOCKS and name.endswith(_WEIGHT) and name.removesuffix(_WEIGHT) + _SCALE in described:
                # Without the scale, the weights would be wrong.
                unreadable[name] = f"{dtype} with a separate scale"
                continue
            stored[name] = StoredTensor(dtype, shapes[name], start + offset)
        return Header(shapes, self._metadata, stored, self._offset, unreadable)

    def _read_pair(self) -> None:
        key = self._read_string()
        value = self._read_value(self._read_number("<I"), wanted=key.startswith(_ORIGINAL_SHAPE))
        if key in _METADATA_KEYS and isinstance(value, str):
            self._metadata[_METADATA_KEYS[key]] = value
        elif key.endswith(_ROPE_BASE) and isinstance(value, float):
            self._metadata[ROPE_BASE] = repr(value)
        elif key == _ALIGNMENT:
            if type(value) is not int or not 0 < value <= MOST_ALIGNMENT or value % 8:
                raise ValueError("its alignment is impossible")
            self._alignment = value
        elif key.startswith(_ORIGINAL_SHAPE):
            if not isinstance(value, tuple):
                raise ValueError("the original shape of a tensor is malformed")
            self._shapes[key.removeprefix(_ORIGINAL_SHAPE)] = value

    def _read_tensor(self) -> tuple[str, _TensorInfo]:
        name = self._read_string()
        axes = self._read_number("<I")
        if axes > MOST_AXES or len(name) > LONGEST_NAME:
            raise ValueError("a tensor is malformed")
        shape = tuple(self._read_number("<Q") for _ in range(axes))
        kind, offset = self._read_number("<I"), self._read_number("<Q")
        if any(count > LONGEST_AXIS for count in shape):
            raise ValueError("a tensor is malformed")
        return name, (kind, shape[::-1], offset)

    def _read_value(self, kind: int, *, wanted: bool = False) -> str | float | Shape | None:
        """Read one metadata value of a GGUF header. Returns a string, a number or, if `wanted`, an array of integers
        as a shape. Other values are skipped, and None is returned.
        """
        if kind == _STRING:
            return self._read_string()
        if kind == _ARRAY:
            return self._read_array(wanted=wanted)
        form = self._format_of(kind)
        if form == "<?":
            self._skip(struct.calcsize(form))
            return None
        return self._read_float(form) if form in ("<f", "<d") else self._read_number(form)

    def _read_array(self, *, wanted: bool) -> Shape | None:
        inner, count = self._read_number("<I"), self._read_number("<Q")
        if inner == _STRING:
            self._strings_left -= count
            if self._strings_left < 0:
                raise ValueError("its lists are too long")
            for _ in range(count):
                self._skip(self._read_number("<Q"))
            return None
        form = self._format_of(inner)
        if not wanted:
            self._skip(struct.calcsize(form) * count)
            return None
        if count > MOST_ORIGINAL_AXES or form in ("<f", "<d", "<?"):
            raise ValueError("the original shape of a tensor is malformed")
        shape = tuple(self._read_number(form) for _ in range(count))
        if not all(0 <= axis <= LONGEST_AXIS for axis in shape):
            raise ValueError("the original shape of a tensor is malformed")
        return shape

    def _format_of(self, kind: int) -> str:
        if kind not in _SCALARS:
            raise ValueError(f"it has a value of the unknown type {kind}")
        return _SCALARS[kind]

    def _read_string(self) -> str:
        begin = self._offset + struct.calcsize("<Q")
        self._skip(self._read_number("<Q"))
        return self._data[begin : self._offset].decode("utf-8", "replace")

    def _read_number(self, form: str) -> int:
        begin = self._offset
        self._skip(struct.calcsize(form))
        (found,) = struct.unpack_from(form, self._data, begin)
        return int(found)

    def _read_float(self, form: str) -> float:
        begin = self._offset
        self._skip(struct.calcsize(form))
        (found,) = struct.unpack_from(form, self._data, begin)
        return float(found)

    def _skip(self, count: int) -> None:
        self._offset += count
        if self._offset > len(self._data):
            raise _MoreBytesNeeded
