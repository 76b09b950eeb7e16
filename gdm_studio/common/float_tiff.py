"""Reader of TIFF files with colours in floats of 32 bits, which Pillow reads only in grey.

In the file, the row of a colour image looks like a row of grey levels that is three or four times as long. A copy of
the file is described that way and given to Pillow.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

# The first bytes of a TIFF: byte order and version.
_BYTE_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
_MAX_ENTRIES = 200
# TIFF tags.
_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 256, 257, 258, 259, 262
_ORIENTATION, _SAMPLES, _PLANES, _PREDICTOR, _TILE_WIDTH, _EXTRA, _FORMAT = 274, 277, 284, 317, 322, 338, 339
# Values of the tags: no compression, LZW, Deflate in two spellings; red, green and blue; floats.
_COMPRESSIONS = (1, 5, 8, 32946)
_RGB = 2
_GREY = 1
_FLOAT = 3
# {meaning of the fourth channel: mode of Pillow}
_ALPHA = {1: "RGBa", 2: "RGBA"}
# A tag that no program reads, in place of tags that do not hold for the copy.
_IGNORED_TAG = 65000
# {type of a tag: its format in `struct`}
_TYPES = {3: "H", 4: "I"}


@dataclass(frozen=True)
class FloatColours:
    """A TIFF whose colours are floats. `data` is a copy with its levels as a grey image, `channels` times as wide."""

    data: bytes
    size: tuple[int, int]
    channels: int
    # Mode of Pillow for the colours: "RGB", "RGBA" or, with premultiplied alpha, "RGBa".
    mode: str
    # EXIF orientation, 1 if upright.
    orientation: int


def find_float_colours(data: bytes) -> FloatColours | None:
    """Describe a TIFF with three or four channels of interleaved floats, or return None for any other file.

    Raises struct.error or KeyError for a damaged file.
    """
    order = _BYTE_ORDERS.get(data[:4], "")
    if not order:
        return None
    (start,) = struct.unpack_from(f"{order}I", data, 4)
    entries = dict(_iter_entries(data, order, start))
    values = {tag: _read_values(data, order, at) for tag, at in entries.items()}
    channels = _single(values, _SAMPLES, 1)
    if not (
        channels in (3, 4)
        and values.get(_BITS) == (32,) * channels
        and values.get(_FORMAT) == (_FLOAT,) * channels
        and _single(values, _PHOTOMETRIC) == _RGB
        and _single(values, _COMPRESSION, 1) in _COMPRESSIONS
        and _single(values, _PLANES, 1) == 1
        and _single(values, _PREDICTOR, 1) == 1
    ):
        return None
    width, height = _single(values, _WIDTH), _single(values, _HEIGHT)
    copy = bytearray(data)
    changes = {_WIDTH: width * channels, _BITS: 32, _PHOTOMETRIC: _GREY, _SAMPLES: 1, _FORMAT: _FLOAT}
    if _TILE_WIDTH in entries:
        changes[_TILE_WIDTH] = _single(values, _TILE_WIDTH) * channels
    for tag, value in changes.items():
        struct.pack_into(f"{order}HHII", copy, entries[tag], tag, 4, 1, value)
    for tag in (_ORIENTATION, _EXTRA):
        if tag in entries:
            struct.pack_into(f"{order}H", copy, entries[tag], _IGNORED_TAG)
    mode = _ALPHA.get(_single(values, _EXTRA), "RGB") if channels == 4 else "RGB"
    return FloatColours(bytes(copy), (width, height), channels, mode, _single(values, _ORIENTATION, 1))


def _iter_entries(data: bytes, order: str, start: int) -> Iterator[tuple[int, int]]:
    """Yield (tag, offset) of each entry in a directory of a TIFF."""
    (count,) = struct.unpack_from(f"{order}H", data, start)
    for place in range(min(count, _MAX_ENTRIES)):
        at = start + 2 + 12 * place
        yield struct.unpack_from(f"{order}H", data, at)[0], at


def _read_values(data: bytes, order: str, at: int) -> tuple[int, ...]:
    """Return the integers of the entry at offset `at` of a TIFF, at most four, or () for other types."""
    _, kind, count = struct.unpack_from(f"{order}HHI", data, at)
    if kind not in _TYPES or not 1 <= count <= 4:
        return ()
    layout = f"{order}{count}{_TYPES[kind]}"
    place = at + 8
    if struct.calcsize(layout) > 4:
        (place,) = struct.unpack_from(f"{order}I", data, place)
    return struct.unpack_from(layout, data, place)


def _single(values: dict[int, tuple[int, ...]], tag: int, default: int = 0) -> int:
    found = values.get(tag, ())
    return found[0] if len(found) == 1 else default
