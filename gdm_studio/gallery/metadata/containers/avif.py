"""Reader of EXIF and XMP in an AVIF file, which consists of nested boxes."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from gdm_studio.common import iso_boxes
from gdm_studio.gallery.metadata.containers.metadata_blocks import MAX_TEXT

# Maximum number of pieces of one item.
_MAX_EXTENTS = 64
_XMP = "application/rdf+xml"


def read_metadata(file: BinaryIO) -> tuple[bytes, bytes]:
    """Return the EXIF and XMP of an AVIF file, each b"" if missing or damaged. Raises OSError.

    Pillow finds only metadata that is linked to the image, and some tools omit this link.
    """
    try:
        meta = iso_boxes.read_meta_box(file)
        exif, xmp = (_read_item(file, meta, kind) for kind in ("Exif", _XMP))
    except (struct.error, ValueError, OverflowError):
        return b"", b""
    return exif[4 + int.from_bytes(exif[:4], "big") :], xmp


def _read_item(file: BinaryIO, meta: dict[bytes, bytes], kind: str) -> bytes:
    """Return the content of the first item of this kind in an AVIF file, such as its EXIF data, or b""."""
    items = (item for name, item in _parse_items(meta.get(b"iinf", b"")) if name == kind)
    wanted = next(items, None)
    method, extents = _parse_locations(meta.get(b"iloc", b"")).get(-1 if wanted is None else wanted, (0, []))
    content = b""
    for start, length in extents:
        if len(content) + length > MAX_TEXT:
            return b""
        if method == 0:
            file.seek(start)
            content += file.read(length)
        elif method == 1:
            content += meta.get(b"idat", b"")[start : start + length]
    return content


def _parse_items(listed: bytes) -> Iterator[tuple[str, int]]:
    """Yield (kind, number) of each item in an AVIF file. The kind is the media type, if the item has one."""
    for name, entry in iso_boxes.iter_contents(listed[6 if listed[:1] == b"\0" else 8 :]):
        if name != b"infe" or entry[:1] not in (b"\2", b"\3"):
            continue
        layout = ">HH4s" if entry[0] == 2 else ">IH4s"
        number, _, kind = struct.unpack_from(layout, entry, 4)
        texts = entry[4 + struct.calcsize(layout) :].split(b"\0", 2)
        media = texts[1].decode("latin-1") if kind == b"mime" and len(texts) > 1 else ""
        yield media or kind.decode("latin-1"), number


def _parse_locations(listed: bytes) -> dict[int, tuple[int, list[tuple[int, int]]]]:
    """Return the locations of an AVIF file's items, as {item number: (construction method, [(start, length), …])}."""
    reader = _NumberReader(listed)
    version = reader.next(1)
    reader.next(3)
    sizes = reader.next(2)
    offset, length, base, index = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    found: dict[int, tuple[int, list[tuple[int, int]]]] = {}
    for _ in range(min(reader.next(2 if version < 2 else 4), iso_boxes.MAX_BOXES)):
        number = reader.next(2 if version < 2 else 4)
        method = reader.next(2) & 15 if version else 0
        reader.next(2)
        begin = reader.next(base)
        extents: list[tuple[int, int]] = []
        if (count := reader.next(2)) > _MAX_EXTENTS:
            raise ValueError("in too many pieces")
        for _ in range(count):
            reader.next(index if version else 0)
            extents.append((begin + reader.next(offset), reader.next(length)))
        found.setdefault(number, (method, extents))
    return found


class _NumberReader:
    """Reader of consecutive big-endian numbers in a box of an AVIF file."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._offset = 0

    def next(self, size: int) -> int:
        """Return the next big-endian number of `size` bytes. Raises ValueError at the end of the data."""
        self._offset += size
        if self._offset > len(self._content):
            raise ValueError("it ends before")
        return int.from_bytes(self._content[self._offset - size : self._offset], "big")
