"""Reader of settings that NovelAI and other tools hide in the pixels of a PNG, where they survive metadata removal.

The message is in the lowest bits of alpha, or of red, green and blue, column by column. It consists of a mark of 15
letters, four bytes with the length in bits, and the text. The text is gzip-compressed if the mark ends with "comp".
"""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np

from gdm_studio.common.atomic_files import open_file
from gdm_studio.common.errors import StorageError
from gdm_studio.common.image_file import open_image
from gdm_studio.gallery.metadata.containers.metadata_blocks import MAX_TEXT, Layout
from gdm_studio.gallery.metadata.conversion import parse_object

# Bytes of the mark, and bits of the mark and the length together.
_MAGIC = 15
_HEAD = 8 * (_MAGIC + 4)
_MAX_PIXELS = 2**24
_MAX_WIDTH = 2**14
# {mark: number of channels whose bits form the message}
_KINDS = {b"stealth_pnginfo": 1, b"stealth_pngcomp": 1, b"stealth_rgbinfo": 3, b"stealth_rgbcomp": 3}


def read(path: Path, size: tuple[int, int], layout: Layout) -> dict[str, str]:
    """Return the metadata texts that a tool hid in the lowest bits of a PNG's pixels, as {PNG keyword: text}, or {} if
    there are none.
    """
    width, height = size
    if not _HEAD < width * height <= _MAX_PIXELS or width > _MAX_WIDTH:
        return {}
    if height >= 8 * _MAGIC and not _has_mark(path, width, layout):
        return {}
    try:
        with open_image(path) as image:
            pixels = np.asarray(image)
    except StorageError:
        return {}
    if pixels.ndim != 3 or pixels.dtype != np.uint8:
        return {}
    channels = [pixels[:, :, 3:4]] if pixels.shape[2] == 4 else []
    for planes in (*channels, pixels[:, :, :3]):
        if text := _read_message(planes):
            return _split_texts(text)
    return {}


def _has_mark(path: Path, width: int, layout: Layout) -> bool:
    """Return True if the first pixel column of a PNG begins with the signature of hidden metadata.

    Only the rows needed for this are decompressed. At the left edge, every PNG filter stores the pixel itself or its
    difference from the pixel above. The first column can therefore be decoded on its own.
    """
    depth = layout.channels
    rows = _read_first_rows(path, width, layout)
    pixel = bytes(depth)
    column = bytearray()
    for row in rows:
        above = {0: bytes(depth), 1: bytes(depth), 3: bytes(value // 2 for value in pixel)}.get(row[0], pixel)
        pixel = bytes((fresh + value) % 256 for fresh, value in zip(row[1:], above, strict=True))
        column += pixel
    first = np.frombuffer(bytes(column), np.uint8).reshape(-1, depth) & 1
    return any(_pack_bytes(bits.reshape(-1), 0, _MAGIC) in _KINDS for bits in (first[:, 3:], first[:, :3]))


def _read_first_rows(path: Path, width: int, layout: Layout) -> list[bytes]:
    """Decompress the first rows of a PNG and return (filter type, first pixel) of each, or [] if the file is damaged or
    too short.
    """
    depth = layout.channels
    stride = width * layout.channels + 1
    unpacker = zlib.decompressobj()
    rows = bytearray()
    wanted = 8 * _MAGIC * stride
    try:
        with open_file(path) as file:
            file.seek(layout.start)
            while len(rows) < wanted and (head := file.read(8))[4:] == b"IDAT":
                length = int.from_bytes(head[:4], "big")
                # Data that does not compress takes a little more than its own size.
                packed = file.read(min(length, 2 * wanted + 1024))
                rows += unpacker.decompress(unpacker.unconsumed_tail + packed, wanted - len(rows))
                file.seek(length - len(packed) + 4, 1)
    except (OSError, StorageError, zlib.error):
        return []
    return [bytes(rows[at : at + 1 + depth]) for at in range(0, wanted, stride)] if len(rows) >= wanted else []


def _read_message(planes: np.ndarray) -> str:
    """Return the text that is hidden in the lowest bits of an image's pixel values (height, width, channels), or "" if
    there is none.
    """
    height, width, depth = planes.shape
    columns = -(-_HEAD // (height * depth))
    head = _extract_bits(planes, min(width, columns))
    kind = _pack_bytes(head, 0, _MAGIC)
    if _KINDS.get(kind) != depth:
        return ""
    length = int.from_bytes(_pack_bytes(head, _MAGIC, _MAGIC + 4), "big")
    if not 0 < length <= min(width * height * depth - _HEAD, 8 * MAX_TEXT):
        return ""
    bits = _extract_bits(planes, min(width, -(-(_HEAD + length) // (height * depth))))
    return _decompress(_pack_bytes(bits, _MAGIC + 4, _MAGIC + 4 + length // 8), kind.endswith(b"comp"))


def _extract_bits(planes: np.ndarray, columns: int) -> np.ndarray:
    return planes[:, :columns].transpose(1, 0, 2).reshape(-1) & 1


def _pack_bytes(bits: np.ndarray, start: int, stop: int) -> bytes:
    return np.packbits(bits[8 * start : 8 * stop]).tobytes()


def _decompress(raw: bytes, packed: bool) -> str:
    if packed:
        unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
        try:
            raw = unpacker.decompress(raw, MAX_TEXT)
        except zlib.error:
            return ""
        if unpacker.unconsumed_tail:
            return ""
    return raw.decode("utf-8", "replace")


def _split_texts(message: str) -> dict[str, str]:
    """Convert the text that was hidden in an image's pixels to separate metadata texts, as {PNG keyword: text}.

    NovelAI hides all its PNG chunks; A1111's extension hides `parameters`.
    """
    chunks = parse_object(message)
    if chunks is None:
        return {"parameters": message}
    texts = {str(key): value for key, value in chunks.items() if isinstance(value, str)}
    return texts or {"parameters": message}
