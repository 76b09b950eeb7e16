"""Memory-mapped files, and hints to the operating system about their pages."""

from __future__ import annotations

import mmap
from pathlib import Path
from weakref import WeakValueDictionary

import torch
from torch import Tensor

from gdm_studio.common.atomic_files import open_file
from gdm_studio.common.errors import ModelError, StorageError
from gdm_studio.models.files.read_errors import read_error

# Mapped files by the address of their first byte.
_MAPS: WeakValueDictionary[int, mmap.mmap] = WeakValueDictionary()


def map_file(path: Path) -> mmap.mmap:
    """Map a whole file into memory, copy-on-write, so that pages are read from the disk only when used. Raises
    ModelError.
    """
    try:
        with open_file(path) as file:
            found = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    except StorageError as error:
        raise ModelError(error.sentence) from error
    except (OSError, ValueError) as error:  # an empty file cannot be mapped
        raise read_error(
            path, error, f"{path.name} is damaged or cannot be read; copy or download it again."
        ) from error
    _MAPS[torch.frombuffer(found, dtype=torch.uint8, count=1).data_ptr()] = found
    return found


def is_mapped(tensor: Tensor) -> bool:
    """Return True if a tensor's data are part of a file that `map_file` has mapped into memory."""
    return _find_map(tensor) is not None


def read_ahead(tensor: Tensor) -> None:
    """Start reading the pages of a memory-mapped tensor from the disk before they are used.

    Reading large blocks is faster than page faults. Does nothing on systems without `madvise`.
    """
    if hasattr(mmap, "MADV_WILLNEED"):
        _advise(tensor, mmap.MADV_WILLNEED)


def forget_pages(tensor: Tensor) -> None:
    """Release the physical memory of a memory-mapped tensor. Its pages are read from the file again at the next use.

    Does nothing on systems without `madvise`, and for tensors that are not memory-mapped.
    """
    if hasattr(mmap, "MADV_DONTNEED"):
        _advise(tensor, mmap.MADV_DONTNEED)


def _advise(tensor: Tensor, advice: int) -> None:
    if (found := _find_map(tensor)) is None:
        return
    address, data = found
    offset = tensor.data_ptr() - address
    begin = offset // mmap.PAGESIZE * mmap.PAGESIZE
    end = min(offset + _span_of(tensor), len(data))
    if begin < end:
        data.madvise(advice, begin, end - begin)


def _find_map(tensor: Tensor) -> tuple[int, mmap.mmap] | None:
    """Return the memory-mapped file that contains a tensor, with the address of the file's first byte, or None."""
    if tensor.device.type != "cpu" or not tensor.numel():
        return None
    place = tensor.data_ptr()
    for address, data in list(_MAPS.items()):
        if address <= place < address + len(data):
            return address, data
    return None


def _span_of(tensor: Tensor) -> int:
    """Return the distance in bytes from the start of a tensor's first element to the end of its last."""
    steps = zip(tensor.shape, tensor.stride(), strict=True)
    return (1 + sum((size - 1) * stride for size, stride in steps)) * tensor.itemsize
