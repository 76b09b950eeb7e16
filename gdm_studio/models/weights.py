"""The tensors of a model's files: each mapped from the disk when it is asked for, whatever the format and the kind."""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator, Mapping
from math import prod
from pathlib import Path

import torch
from torch import Tensor

from gdm_studio.atomic import open_file
from gdm_studio.errors import ModelError, StorageError
from gdm_studio.models.checkpoints import Entry, read_entry
from gdm_studio.models.stored import BYTES, FP8_MARK, FP8_SCALE, Header, Stored, averaged

DTYPES = {
    "BOOL": torch.bool, "U8": torch.uint8, "I8": torch.int8, "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2, "I16": torch.int16, "U16": torch.uint16, "F16": torch.float16,
    "BF16": torch.bfloat16, "I32": torch.int32, "U32": torch.uint32, "F32": torch.float32, "I64": torch.int64,
    "U64": torch.uint64, "F64": torch.float64,
}  # fmt: skip


class Weights(Mapping[str, Tensor]):
    """The weights of an entry, or of one `part` of a folder of components ("unet"), by name.

    What is got is as it is stored, on the CPU, over the file's own pages: nothing is read before it is used, and
    writing into it changes no file. `read` gives another kind of numbers. With `ema` a whole model's U-Net has its
    averaged weights, where the file keeps both. Raises ModelError where two files have the same name.
    """

    def __init__(self, entry: Entry, part: str = "", *, ema: bool = False) -> None:
        self._maps: dict[str, mmap.mmap] = {}
        self._folder, self._headers = entry.folder, entry.headers
        self._file_of: dict[str, str] = {}
        for file, header in entry.headers.items():
            for name in header.shapes if file.startswith(f"{part}/" if part else "") else ():
                if self._file_of.setdefault(name, file) != file:
                    raise ModelError(f"{file} and {self._file_of[name]} both have {name[:80]!r}; download them again.")
        self._ema = ema

    def __iter__(self) -> Iterator[str]:
        return iter(self._file_of)

    def __len__(self) -> int:
        return len(self._file_of)

    def __contains__(self, name: object) -> bool:
        return name in self._file_of

    def __getitem__(self, name: str) -> Tensor:
        header, at = self._place(name)
        return self._mapped(self._file_of[name], header.stored[at])

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Of all, by name."""
        return {name: self._headers[file].shapes[name] for name, file in self._file_of.items()}

    def read(self, name: str, dtype: torch.dtype, device: torch.device | str = "cpu") -> Tensor:
        """That weight in `dtype`: as it is stored where that is so, else a copy. Fp8 is multiplied by its scale."""
        tensor = self[name]
        if (scale := self._scale(name)) is not None:
            return (tensor.to(device, torch.float32) * scale.to(device, torch.float32)).to(dtype)
        return tensor.to(device, dtype)

    def expect(self, name: str) -> None:
        """Has the system begin to read that weight from the disk, before it is used: many at once are read sooner than
        each page as it is missed. Where a system knows no such thing, nothing.
        """
        header, at = self._place(name)
        stored = header.stored[at]
        begin = stored.begin // mmap.PAGESIZE * mmap.PAGESIZE
        data = self._map(self._file_of[name])
        if begin < stored.end <= len(data) and hasattr(mmap, "MADV_WILLNEED"):
            data.madvise(mmap.MADV_WILLNEED, begin, stored.end - begin)

    def check(self) -> None:
        """Reads all of it; raises ModelError where a number is none (NaN) or infinite, which makes black pictures."""
        for name, file in self._file_of.items():
            tensor = self[name]
            wide = tensor.float() if tensor.itemsize == 1 and tensor.is_floating_point() else tensor
            if wide.is_floating_point() and not wide.isfinite().all():
                raise ModelError(f"{file} is damaged: {name[:80]!r} holds what is no finite number; download it again.")

    def _place(self, name: str) -> tuple[Header, str]:
        header = self._headers[self._file_of[name]]
        return header, averaged(name) if self._ema and averaged(name) in header.stored else name

    def _scale(self, name: str) -> Tensor | None:
        header, beside = self._headers[self._file_of[name]], name.removesuffix(".weight") + FP8_SCALE[0]
        if beside in header.stored and name.endswith(".weight") and FP8_MARK in header.stored:
            return self._mapped(self._file_of[name], header.stored[beside])
        return None

    def _mapped(self, file: str, stored: Stored) -> Tensor:
        dtype = DTYPES[stored.dtype]
        if not prod(stored.shape):
            return torch.empty(stored.shape, dtype=dtype)
        count = (stored.end - stored.begin) // BYTES[stored.dtype]
        data, begin = self._map(file), stored.begin
        if stored.end > len(data):
            raise ModelError(f"{file} is cut short; copy or download it again.")
        if begin % BYTES[stored.dtype]:  # of the old format, whose numbers begin anywhere
            data, begin = bytearray(memoryview(data)[begin : stored.end]), 0  # type: ignore[assignment]
        flat = torch.frombuffer(data, dtype=dtype, count=count, offset=begin)
        if stored.strides is None:
            return flat.view(stored.shape)
        return flat.as_strided(stored.shape, stored.strides)

    def _map(self, file: str) -> mmap.mmap:
        if file not in self._maps:
            self._maps[file] = mapped(self._folder / file)
        return self._maps[file]


def check_files(files: Iterable[Path]) -> None:
    """Reads all of these; raises ModelError for the first that holds what is no finite number."""
    for file in files:
        Weights(read_entry(file)).check()


def mapped(path: Path) -> mmap.mmap:
    """The whole file, its pages read when they are used and copied when they are written. Raises ModelError."""
    try:
        with open_file(path) as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    except StorageError as error:
        raise ModelError(str(error)) from error
    except (OSError, ValueError) as error:  # an empty one cannot be mapped
        raise ModelError(f"{path.name} is damaged or cannot be read; copy or download it again.") from error
