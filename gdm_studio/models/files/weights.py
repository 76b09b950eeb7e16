"""Lazy, memory-mapped access to the tensors in a model's files, for every format and type."""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from math import isfinite, prod
from pathlib import Path

import torch
from torch import Tensor

from gdm_studio.common.errors import ModelError
from gdm_studio.common.translation_markers import translatable
from gdm_studio.models.files.checkpoints import Entry, read_entry, read_shards, shards_beside
from gdm_studio.models.files.header import BLOCKS, BYTES, Quantization, StoredTensor, ema_name, unreadable_error
from gdm_studio.models.files.mapped_memory import map_file
from gdm_studio.models.weight_storage.affine_quantization import is_affine
from gdm_studio.models.weight_storage.compressed_tensor import CompressedTensor, Expand, Rows, Take, widened
from gdm_studio.models.weight_storage.ggml_blocks import expand_blocks
from gdm_studio.models.weight_storage.scaled_quantization import expand_levels, read_scales, rows_of

DTYPES = {
    "BOOL": torch.bool, "U8": torch.uint8, "I8": torch.int8, "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2, "F8_E4M3FNUZ": torch.float8_e4m3fnuz, "F8_E5M2FNUZ": torch.float8_e5m2fnuz,
    "F8_E8M0": torch.float8_e8m0fnu, "I16": torch.int16, "U16": torch.uint16, "F16": torch.float16,
    "BF16": torch.bfloat16, "I32": torch.int32, "U32": torch.uint32, "F32": torch.float32, "I64": torch.int64,
    "U64": torch.uint64, "F64": torch.float64,
}  # fmt: skip
# Maximum absolute value of a weight or scale. Larger values lead to NaN; real networks stay a thousand times smaller.
LARGEST = 1e6
_FP8 = ("F8_E4M3", "F8_E5M2", "F8_E4M3FNUZ", "F8_E5M2FNUZ", "F8_E8M0")
HALVES = ("F16", "BF16")


class Weights(Mapping[str, Tensor]):
    """Read-only mapping from weight names to tensors, for all files of a model or for one `part` ("unet") of a
    diffusers folder.

    A tensor has its stored type and is memory-mapped on the CPU: it is read when used, and writing to it does not
    change the file. Quantised weights are returned in fp32, or in their stored form by the method `compressed`. `read`
    converts the type. With `ema`, the averaged weights of the U-Net are returned instead, if a whole model's file
    contains them. Raises ModelError if two files have a tensor of the same name.
    """

    def __init__(self, entry: Entry, part: str = "", *, ema: bool = False) -> None:
        self._maps: dict[str, mmap.mmap] = {}
        self._folder = entry.folder
        self._headers = entry.headers
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
        if (compressed := self.compressed(name)) is not None:
            return compressed.expanded()
        return self._read_mapped(self._file_of[name], self._locate(name))

    def compressed(self, name: str) -> CompressedTensor | None:
        """Return a quantised weight in its stored form, to be expanded to fp32 at each use. Returns None for weights
        that are not quantised.
        """
        file = self._file_of[name]
        header = self._headers[file]
        stored = self._locate(name)
        if not prod(stored.shape):
            return None
        if stored.dtype in BLOCKS:
            expand = partial(_expand_blocks, stored.dtype)
            by_rows: Take = partial(_select_block_rows, expand, stored.shape[0])
            return CompressedTensor([self._read_blocks(file, stored)], expand, stored.shape, take=by_rows)
        if (found := header.quantized.get(name)) is not None:
            # Not every device supports fp8, so the bytes are decoded at each use.
            files = [self._find_file(part, file) for part in found.parts]
            levels, *scales = (self._headers[at].stored[part] for at, part in zip(files, found.parts, strict=True))
            levels = levels._replace(dtype="U8") if levels.dtype in _FP8 else levels
            if "columns" in found.numbers:
                scales = [scale._replace(dtype="U8") if scale.dtype in _FP8 else scale for scale in scales]
            parts = [self._read_mapped(at, each) for at, each in zip(files, (levels, *scales), strict=True)]
            self._check_scales(file, name, found, parts)
            of_levels: Take = partial(_select_level_rows, found)
            return CompressedTensor(parts, partial(expand_levels, found), found.shape, take=of_levels)
        return None

    def compact(self, name: str, dtype: torch.dtype, device: torch.device) -> CompressedTensor | None:
        """Return a weight in a form that uses less memory and is expanded at each use, or None if that would save no
        memory.

        It saves memory for quantised weights and, on a CPU, for 16-bit weights that are used in fp32. The weight refers
        to the memory-mapped file, whose pages the system can release.
        """
        if (compressed := self.compressed(name)) is not None:
            return compressed
        if device.type != "cpu" or dtype != torch.float32 or self._locate(name).dtype not in HALVES:
            return None
        return widened(self[name])

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of every weight by name, without reading the weights."""
        return {name: self._headers[file].shapes[name] for name, file in self._file_of.items()}

    def read(self, name: str, dtype: torch.dtype, device: torch.device | str = "cpu") -> Tensor:
        """Return a weight as a tensor of type `dtype`. It is not copied if the file stores it in that type."""
        return self[name].to(device, dtype)

    def expect(self, name: str) -> None:
        """Start reading a weight from the disk, shortly before it is used.

        Reading large blocks is faster than page faults. Does nothing on systems without `madvise`.
        """
        stored = self._locate(name)
        begin = stored.begin // mmap.PAGESIZE * mmap.PAGESIZE
        data = self._map(self._file_of[name])
        if begin < stored.end <= len(data) and hasattr(mmap, "MADV_WILLNEED"):
            data.madvise(mmap.MADV_WILLNEED, begin, stored.end - begin)

    def check(self) -> None:
        """Read all weights of the model. Raises ModelError if any of them contains NaN or infinity, which would make
        images black.
        """
        for name, file in self._file_of.items():
            tensor = self[name]
            if not tensor.is_floating_point() or not tensor.numel():
                continue
            if not tensor.isfinite().all():
                raise ModelError(f"{file} is damaged: {name[:80]!r} contains NaN or infinity; download it again.")
            # Numbers of any size may be stored beside a network's weights, such as the tables of a schedule.
            if name.endswith((".weight", ".bias")) and not is_possible(tensor):
                raise self._flaw_error(file, name, "numbers of more than a million")

    def _locate(self, name: str) -> StoredTensor:
        """Return the location of a weight in its file. If averages are requested and present, return the location of
        its moving average instead. Raises ModelError for unsupported formats.
        """
        file = self._file_of[name]
        stored = self._headers[file].stored
        chosen = ema_name(name) if self._ema and ema_name(name) in stored else name
        if chosen not in stored and chosen in self._headers[file].quantized:
            chosen = self._headers[file].quantized[chosen].parts[0]
        if chosen not in stored or chosen in self._headers[file].unreadable:
            raise unreadable_error(file, self._headers[file].unreadable.get(chosen, "an unknown format"))
        return stored[chosen]

    def _check_scales(self, file: str, name: str, quantization: Quantization, parts: Sequence[Tensor]) -> None:
        """Raise ModelError if the scales of a quantised weight are NaN, infinite or larger than in any network, or if
        all of them are 0 and its levels are not.
        """
        scales = read_scales(quantization, parts)
        if not all(map(is_possible, scales)) or not abs(quantization.numbers.get("offset", 0)) <= LARGEST:
            raise self._flaw_error(file, name, "scales of NaN, infinity or more than a million")
        is_plain = "block" not in quantization.numbers and len(parts) > 1
        factors = (*parts[1:2], *(parts[2:] if is_affine(quantization) else ()))
        is_zero = is_plain and not any(bool(each.float().any()) for each in factors)
        if is_zero and bool((parts[0].view(torch.uint8) & 127).any()):
            raise self._flaw_error(file, name, "a scale of 0")

    def _flaw_error(self, file: str, name: str, flaw: str) -> ModelError:
        return ModelError(f"{file} is damaged: {name[:80]!r} has {flaw}; download it again.")

    def _find_file(self, part: str, file: str) -> str:
        """Return the file that contains a part of a quantised weight: `file`, or another shard of the same model."""
        if part in self._headers[file].stored:
            return file
        folder = file.rpartition("/")[0]
        return next(
            name
            for name, header in self._headers.items()
            if part in header.stored and name.rpartition("/")[0] == folder
        )

    def _read_blocks(self, file: str, stored: StoredTensor) -> Tensor:
        """Return the data of a block-quantised weight as a byte tensor of shape (blocks, bytes per block)."""
        whole = StoredTensor("U8", (stored.size,), stored.begin)
        return self._read_mapped(file, whole).view(-1, BLOCKS[stored.dtype][1])

    def _read_mapped(self, file: str, stored: StoredTensor) -> Tensor:
        if not prod(stored.shape):
            is_quantized = stored.dtype in BLOCKS or stored.dtype in _FP8
            return torch.empty(stored.shape, dtype=torch.float32 if is_quantized else DTYPES[stored.dtype])
        dtype = DTYPES[stored.dtype]
        count = (stored.end - stored.begin) // BYTES[stored.dtype]
        data = self._map(file)
        begin = stored.begin
        if stored.end > len(data):
            raise ModelError(translatable("{name} is cut short; copy or download it again.", name=file))
        if begin % BYTES[stored.dtype]:  # the old format does not align its tensors
            data, begin = bytearray(memoryview(data)[begin : stored.end]), 0  # type: ignore[assignment]
        flat = torch.frombuffer(data, dtype=dtype, count=count, offset=begin)
        if stored.strides is None:
            return flat.view(stored.shape)
        return flat.as_strided(stored.shape, stored.strides)

    def _map(self, file: str) -> mmap.mmap:
        if file not in self._maps:
            self._maps[file] = map_file(self._folder / file)
        return self._maps[file]


def _expand_blocks(kind: str, parts: tuple[Tensor, ...], out: Tensor) -> None:
    expand_blocks(kind, parts[0], out)


def _select_block_rows(
    expand: Expand, total: int, parts: tuple[Tensor, ...], rows: Rows
) -> tuple[list[Tensor], Expand] | None:
    if len(parts[0]) % total:
        return None
    return [parts[0].unflatten(0, (total, -1))[rows].flatten(0, 1)], expand


def _select_level_rows(
    quantization: Quantization, parts: tuple[Tensor, ...], rows: Rows
) -> tuple[Sequence[Tensor], Expand] | None:
    found = rows_of(quantization, parts, rows)
    if found is None:
        return None
    of_rows, taken = found
    return taken, partial(expand_levels, of_rows)


def open_weights(files: Iterable[Path], *, ema: bool = False) -> dict[Path, Weights]:
    """Open the weight files of a network, and return the weights by file.

    All shards of a model have one mapping, since parts of a quantised weight may be in different shards.
    """
    models: dict[tuple[Path, ...], Weights] = {}
    found = {}
    for file in dict.fromkeys(files):
        shards = shards_beside(file)
        if shards not in models:
            models[shards] = Weights(read_shards(shards) if len(shards) > 1 else read_entry(file), ema=ema)
        found[file] = models[shards]
    return found


def check_files(files: Iterable[Path]) -> None:
    """Read all weights of the given files. Raises ModelError for the first file that contains NaN or infinity."""
    for weights in {id(each): each for each in open_weights(files).values()}.values():
        weights.check()


def is_possible(values: Tensor) -> bool:
    """Return True if all values are finite and of a size that a network may have."""
    wide = values.float() if values.itemsize == 1 else values
    return not values.numel() or bool(wide.abs().amax() <= LARGEST)


def read_scalar(values: Tensor) -> float:
    """Return the number in a tensor of one element, of any type and shape, such as the alpha of a LoRA. Raises
    ValueError if there are other elements or the number is not finite.
    """
    if values.numel() != 1:
        raise ValueError(f"{values.numel()} numbers")
    number = float(values.reshape(()).item())
    if not isfinite(number):
        raise ValueError(f"{number}")
    return number
