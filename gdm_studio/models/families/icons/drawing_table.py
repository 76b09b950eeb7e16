"""Files of memorised training images ("drawings"). This module does not import torch, so that these files can be read
while torch is imported.
"""

from __future__ import annotations

import json
import lzma
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save

from gdm_studio.common.atomic_files import write
from gdm_studio.common.decompression import unpack
from gdm_studio.common.json_reader import parse_json

# Maximum size in bytes of all components, when decompressed.
MOST = 2**27


@dataclass(frozen=True, eq=False)
class DrawingTable:
    """Content of a file of n memorised training images, each given by K components of its latents.

    `rows` (n, L) int16 are the token ids of each drawing's style and name, and `components` (n, K) int8 are in units of
    `step`. The drawings of a name are blended only from the styles with the indices `blended`, if there are any.
    """

    rows: NDArray[np.int16]
    components: NDArray[np.int8]
    step: float
    blended: tuple[int, ...]


def write_table(path: Path, table: DrawingTable, **facts: str) -> None:
    """Save a table as a safetensors file, with `facts` in its header. Raises StorageError if it cannot be written.

    Most components are zero. The others are marked by flags, one bit for each component, and stored separately.
    """
    flags = table.components != 0
    packed = {"flags": np.packbits(flags, axis=1), "values": table.components[flags]}
    metadata = facts | {"recall": json.dumps([table.components.shape[1], table.step, table.blended])}
    write(path, save({"rows": table.rows} | {name: _pack(array) for name, array in packed.items()}, metadata))


def read_table(path: Path) -> DrawingTable:
    """Read a file that `write_table` has saved. Files of earlier versions contain all components, zeros included.

    Raises ValueError, TypeError, LookupError, OSError or SafetensorError for an invalid file.
    """
    with safe_open(path, "np") as file:
        width, step, blended = parse_json(file.metadata()["recall"], max_depth=2)
        names = {"components", "flags", "values"} & {*file.keys()}
        try:
            rows, packed = file.get_tensor("rows"), {name: file.get_tensor(name) for name in names}
        except AttributeError as error:  # NumPy has no type for some tensors, such as those of 8-bit floats
            raise ValueError("the tensors have an invalid type") from error
    if rows.dtype != np.int16 or type(width) is not int or not 0 < len(rows) * width <= MOST:
        raise ValueError("the components have an invalid type or size")
    if "components" in packed:
        components = _unpack(packed["components"], len(rows) * width).reshape(width, len(rows)).T
    else:
        components = _unpack_sparse(packed["flags"], packed["values"], len(rows), width)
    return DrawingTable(rows, np.ascontiguousarray(components), float(step), tuple(blended))


def _pack(array: NDArray[np.generic]) -> NDArray[np.uint8]:
    return np.frombuffer(lzma.compress(np.ascontiguousarray(array).tobytes(), preset=9), np.uint8)


def _unpack(packed: NDArray[np.uint8], size: int) -> NDArray[np.int8]:
    """Decompress exactly `size` bytes. Raises ValueError if the content has another size."""
    return np.frombuffer(unpack(packed.tobytes(), size), np.int8)


def _unpack_sparse(flags: NDArray[np.uint8], values: NDArray[np.uint8], count: int, width: int) -> NDArray[np.int8]:
    """Return the components (count, width) from their compressed flags and the compressed values that are not zero."""
    rows = _unpack(flags, count * -(-width // 8)).view(np.uint8).reshape(count, -1)
    is_stored = np.unpackbits(rows, axis=1, count=width).view(bool)
    components = np.zeros((count, width), np.int8)
    components[is_stored] = _unpack(values, int(is_stored.sum()))
    return components
