"""Files of memorised training images ("drawings"), unpacked one style at a time. This module does not import torch."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save

from gdm_studio.common.atomic_files import write
from gdm_studio.common.decompression import inflate, unpack
from gdm_studio.common.errors import ModelError
from gdm_studio.common.json_reader import parse_json

# Maximum size in bytes of all components, when decompressed.
MOST = 2**27


@dataclass(frozen=True, eq=False)
class DrawingTable:
    """Table of n memorised training images, each given by K = `width` components of its latents.

    `rows` (n, L) int16 are the token ids of each drawing's style and name, and components are int8 in units of `step`.
    The drawings of a name are blended only from the styles with the indices `blended`, if there are any. An image needs
    the drawings of one style or a few, so `unpack` returns the components (K, m) of the m drawings in one style.
    """

    rows: NDArray[np.int16]
    width: int
    step: float
    blended: tuple[int, ...]
    unpack: Callable[[int], NDArray[np.int8]]
    _unpacked_rows: dict[int, NDArray[np.int8]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, rows: NDArray[np.int16], components: NDArray[np.int8], step: float, blended: Sequence[int]
    ) -> DrawingTable:
        """Create a table from the components (n, K) of its drawings."""

        def unpack(style: int) -> NDArray[np.int8]:
            return np.ascontiguousarray(components[rows[:, 0] == style].T)

        return cls(rows, components.shape[1], step, tuple(blended), unpack)

    @cached_property
    def styles(self) -> list[int]:
        """Styles of the drawings, by token id."""
        return [int(style) for style in np.unique(self.rows[:, 0])]

    def places(self, style: int) -> NDArray[np.intp]:
        """Return the rows of the drawings in a style."""
        return np.flatnonzero(self.rows[:, 0] == style)

    def of_style(self, style: int) -> NDArray[np.int8]:
        """Return the components (K, m) of the m drawings in a style, in the order of their rows. Raises ModelError if
        the file is damaged.
        """
        if (found := self._unpacked_rows.get(style)) is None:
            self._unpacked_rows[style] = found = self.unpack(style)
        return found

    def components(self, places: NDArray[np.intp]) -> NDArray[np.int8]:
        """Return the components (m, K) of the drawings in the given rows. Raises ModelError if the file is damaged."""
        found = np.empty((len(places), self.width), np.int8)
        styles = self.rows[places, 0]
        for style in np.unique(styles):
            wanted = styles == style
            found[wanted] = self.of_style(int(style))[:, np.searchsorted(self.places(style), places[wanted])].T
        return found


def write_table(path: Path, table: DrawingTable, **facts: str) -> None:
    """Save a table as a safetensors file, with `facts` in its header. Raises StorageError if it cannot be written.

    Most components are zero. The others are marked by flags, one bit for each component, and stored separately. Both
    are compressed by style and component, since drawings of one style have similar leading components. Huffman codes
    alone are smaller than xz here, and are decompressed several times as fast.
    """
    groups, flags, values = [], [], []
    for style in table.styles:
        components = table.of_style(style)
        is_stored = components != 0
        flags.append(_deflate(np.packbits(is_stored)))
        values.append(_deflate(components[is_stored]))
        groups.append([style, len(flags[-1]), len(values[-1])])
    header = {"recall": json.dumps([table.width, table.step, table.blended]), "groups": json.dumps(groups)}
    packed = {"flags": b"".join(flags), "values": b"".join(values)}
    tensors = {name: np.frombuffer(data, np.uint8) for name, data in packed.items()}
    write(path, _with_sorted_header(save({"rows": table.rows} | tensors, facts | header)))


def read_table(path: Path) -> DrawingTable:
    """Read a file that `write_table` has saved. Components are unpacked when they are needed.

    Files of earlier versions contain the components of all styles as one xz stream, the earliest of them with zeros.
    Raises ValueError, TypeError, LookupError, OSError or SafetensorError for an invalid file.
    """
    with safe_open(path, "np") as file:
        metadata = file.metadata()
        width, step, blended = parse_json(metadata["recall"], max_depth=2)
        names = {"components", "flags", "values"} & {*file.keys()}
        try:
            rows, packed = file.get_tensor("rows"), {name: file.get_tensor(name) for name in names}
        except AttributeError as error:  # NumPy has no type for some tensors, such as those of 8-bit floats
            raise ValueError("the tensors have an invalid type") from error
    if rows.dtype != np.int16 or rows.ndim != 2 or type(width) is not int or not 0 < len(rows) * width <= MOST:
        raise ValueError("the components have an invalid type or size")
    if "groups" in metadata:
        groups = parse_json(metadata["groups"], max_depth=2)
        unpack_style = _group_unpacker(path.name, rows, width, groups, packed["flags"], packed["values"])
        return DrawingTable(rows, width, float(step), tuple(blended), unpack_style)
    if "components" in packed:
        components = _unpack(packed["components"], len(rows) * width).reshape(width, len(rows)).T
    else:
        components = _unpack_sparse(packed["flags"], packed["values"], len(rows), width)
    return DrawingTable.of(rows, components, float(step), blended)


def _group_unpacker(
    name: str,
    rows: NDArray[np.int16],
    width: int,
    groups: Sequence[tuple[int, int, int]],
    flags: NDArray[np.uint8],
    values: NDArray[np.uint8],
) -> Callable[[int], NDArray[np.int8]]:
    """Return a function that unpacks the components (K, m) of a style from the file `name`. `groups` are (style, bytes
    of flags, bytes of values) in the order of the file. Raises ValueError if they do not describe the content.
    """
    styles, *sizes = zip(*groups, strict=True)
    ends = [list(accumulate(column)) for column in sizes]
    is_whole = all(type(size) is int and size > 0 for column in sizes for size in column)
    if not is_whole or [column[-1] for column in ends] != [flags.nbytes, values.nbytes]:
        raise ValueError("the components have an invalid size")
    if list(styles) != np.unique(rows[:, 0]).tolist():
        raise ValueError("the components are of other styles")
    starts = [[0, *column] for column in ends]

    def unpack_style(style: int) -> NDArray[np.int8]:
        place = styles.index(style)
        count = int((rows[:, 0] == style).sum())
        packed_flags, packed_values = (
            part[start[place] : start[place + 1]].tobytes() for part, start in zip((flags, values), starts, strict=True)
        )
        try:
            bits = np.frombuffer(inflate(packed_flags, -(-width * count // 8)), np.uint8)
            is_stored = np.unpackbits(bits, count=width * count).view(bool).reshape(width, count)
            components = np.zeros((width, count), np.int8)
            components[is_stored] = np.frombuffer(inflate(packed_values, int(is_stored.sum())), np.int8)
        except ValueError as error:
            raise ModelError(f"{name} is damaged; copy or download the model again.") from error
        return components

    return unpack_style


def _with_sorted_header(content: bytes) -> bytes:
    """Sort the header of a safetensors file, so that the same table always gives the same file."""
    length = int.from_bytes(content[:8], "little")
    header = json.dumps(json.loads(content[8 : 8 + length]), sort_keys=True, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header + content[8 + length :]


def _deflate(array: NDArray[np.generic]) -> bytes:
    """Compress an array by Huffman codes."""
    packer = zlib.compressobj(9, memLevel=9, strategy=zlib.Z_HUFFMAN_ONLY)
    return packer.compress(array.tobytes()) + packer.flush()


def _unpack(packed: NDArray[np.uint8], size: int) -> NDArray[np.int8]:
    """Decompress exactly `size` bytes of xz. Raises ValueError if the content has another size."""
    return np.frombuffer(unpack(packed.tobytes(), size), np.int8)


def _unpack_sparse(flags: NDArray[np.uint8], values: NDArray[np.uint8], count: int, width: int) -> NDArray[np.int8]:
    """Return the components (count, width) from their compressed flags and the compressed values that are not zero."""
    rows = _unpack(flags, count * -(-width // 8)).view(np.uint8).reshape(count, -1)
    is_stored = np.unpackbits(rows, axis=1, count=width).view(bool)
    components = np.zeros((count, width), np.int8)
    components[is_stored] = _unpack(values, int(is_stored.sum()))
    return components
