"""The copy of the settings that NovelAI and others hide in a picture's pixels; it survives the loss of all texts.

The lowest bit of every alpha, or of red, green and blue, is one of the message, columns before rows: 15 letters that
name the kind, the length in bits as four bytes, then the text, in gzip where the kind says "comp".
"""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np

from gdm_studio.atomic import open_file
from gdm_studio.errors import StorageError
from gdm_studio.gallery.metadata.containers.limits import MAX_TEXT
from gdm_studio.gallery.metadata.containers.parts import Layout
from gdm_studio.gallery.metadata.telling import object_in
from gdm_studio.picture_file import opened

_MAGIC = 15
_HEAD = 8 * (_MAGIC + 4)  # bits
_MAX_PIXELS = 2**24
_MAX_WIDTH = 2**14
_KINDS = {b"stealth_pnginfo": 1, b"stealth_pngcomp": 1, b"stealth_rgbinfo": 3, b"stealth_rgbcomp": 3}


def read(path: Path, size: tuple[int, int], layout: Layout) -> dict[str, str]:
    """The texts hidden in a PNG, as its chunks would have had them; none where there are none."""
    width, height = size
    if not _HEAD < width * height <= _MAX_PIXELS or width > _MAX_WIDTH:
        return {}
    if height >= 8 * _MAGIC and not _begins(path, width, layout):
        return {}
    try:
        with opened(path) as image:
            pixels = np.asarray(image)
    except StorageError:
        return {}
    if pixels.ndim != 3 or pixels.dtype != np.uint8:
        return {}
    channels = [pixels[:, :, 3:4]] if pixels.shape[2] == 4 else []
    for planes in (*channels, pixels[:, :, :3]):
        if text := _message(planes):
            return _texts(text)
    return {}


def _begins(path: Path, width: int, layout: Layout) -> bool:
    """Whether the first column begins with one of the kinds: so many rows are unpacked and no more.

    At the left edge every filter of PNG comes down to the pixel itself or its difference from the one above it,
    so that neither the rest of a row nor an image library is needed.
    """
    depth = layout.channels
    rows = _first_rows(path, width, layout)
    pixel, column = bytes(depth), bytearray()
    for row in rows:
        above = {0: bytes(depth), 1: bytes(depth), 3: bytes(value // 2 for value in pixel)}.get(row[0], pixel)
        pixel = bytes((fresh + value) % 256 for fresh, value in zip(row[1:], above, strict=True))
        column += pixel
    first = np.frombuffer(bytes(column), np.uint8).reshape(-1, depth) & 1
    return any(_bytes(bits.reshape(-1), 0, _MAGIC) in _KINDS for bits in (first[:, 3:], first[:, :3]))


def _first_rows(path: Path, width: int, layout: Layout) -> list[bytes]:
    """The beginnings of the first rows: the filter's number and a pixel; none where the file is damaged or short."""
    depth, stride = layout.channels, width * layout.channels + 1
    unpacker, rows, wanted = zlib.decompressobj(), bytearray(), 8 * _MAGIC * stride
    try:
        with open_file(path) as file:
            file.seek(layout.start)
            while len(rows) < wanted and (head := file.read(8))[4:] == b"IDAT":
                length = int.from_bytes(head[:4], "big")
                packed = file.read(min(length, 2 * wanted + 1024))  # of what does not shrink it takes a little more
                rows += unpacker.decompress(unpacker.unconsumed_tail + packed, wanted - len(rows))
                file.seek(length - len(packed) + 4, 1)
    except (OSError, StorageError, zlib.error):
        return []
    return [bytes(rows[at : at + 1 + depth]) for at in range(0, wanted, stride)] if len(rows) >= wanted else []


def _message(planes: np.ndarray) -> str:
    """The text in the lowest bits of these channels, (height, width, channels); "" where there is none."""
    height, width, depth = planes.shape
    columns = -(-_HEAD // (height * depth))
    head = _bits(planes, min(width, columns))
    kind = _bytes(head, 0, _MAGIC)
    if _KINDS.get(kind) != depth:
        return ""
    length = int.from_bytes(_bytes(head, _MAGIC, _MAGIC + 4), "big")
    if not 0 < length <= min(width * height * depth - _HEAD, 8 * MAX_TEXT):
        return ""
    bits = _bits(planes, min(width, -(-(_HEAD + length) // (height * depth))))
    return _unpacked(_bytes(bits, _MAGIC + 4, _MAGIC + 4 + length // 8), kind.endswith(b"comp"))


def _bits(planes: np.ndarray, columns: int) -> np.ndarray:
    return planes[:, :columns].transpose(1, 0, 2).reshape(-1) & 1


def _bytes(bits: np.ndarray, start: int, stop: int) -> bytes:
    return np.packbits(bits[8 * start : 8 * stop]).tobytes()


def _unpacked(raw: bytes, packed: bool) -> str:
    if packed:
        unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
        try:
            raw = unpacker.decompress(raw, MAX_TEXT)
        except zlib.error:
            return ""
        if unpacker.unconsumed_tail:
            return ""
    return raw.decode("utf-8", "replace")


def _texts(message: str) -> dict[str, str]:
    """NovelAI hides its chunks as an object; the web UI's extension the one text that is in a picture of its own."""
    chunks = object_in(message)
    if chunks is None:
        return {"parameters": message}
    texts = {str(key): value for key, value in chunks.items() if isinstance(value, str)}
    return texts or {"parameters": message}
