"""Reader of EXIF, XMP and comments in a JPEG file, which are stored in segments before the pixels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from gdm_studio.gallery.metadata.containers.c2pa import find_maker, join_segments
from gdm_studio.gallery.metadata.containers.metadata_blocks import MAX_TOTAL, Damaged, Parts

SIGNATURE = b"\xff\xd8"
_EXIF = b"Exif\0\0"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_COM = 0xFE
_APP1 = 0xE1
_APP11 = 0xEB
_SOS = 0xDA
_EOI = 0xD9
# Start-of-frame markers, whose segments contain the image size.
_SIZE_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Markers without a segment.
_MARKERS_WITHOUT_LENGTH = frozenset((0x01, *range(0xD0, 0xD8)))
_MAX_SEGMENTS = 4096


def read(file: BinaryIO) -> Parts:
    """Read the metadata in a JPEG file, such as EXIF, comments and XMP. The pixels are not read. Raises Damaged and
    OSError.
    """
    size: tuple[int, int] | None = None
    texts: dict[str, str] = {}
    exif = b""
    xmp = b""
    total = 0
    boxes: list[bytes] = []
    for _, marker, length in _iterate_segments(file):
        if marker in _SIZE_MARKERS:
            body = file.read(5)
            size = size or (int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big"))
        elif marker in (_APP1, _APP11, _COM) and total < MAX_TOTAL:
            body = file.read(max(0, length - 2))
            total += len(body)
            if marker == _COM:
                keyword, text = _split_comment(body)
                texts.setdefault(keyword, text)
            elif marker == _APP11:
                boxes.append(body)
            elif body.startswith(_EXIF):
                # EXIF longer than a segment continues in the next one.
                exif += body[len(_EXIF) :]
            elif body.startswith(_XMP):
                xmp = xmp or body[len(_XMP) :]
    if size is None or 0 in size:
        raise Damaged
    manifests = join_segments(boxes)
    return Parts(size, texts, exif, xmp, bool(manifests), find_maker(manifests))


def metadata_end(file: BinaryIO) -> int:
    """Return the offset in a JPEG file at which the segments before the pixels end. Raises OSError."""
    return max((at + 2 + max(2, length) for at, _, length in _iterate_segments(file)), default=2)


def _iterate_segments(file: BinaryIO) -> Iterator[tuple[int, int, int]]:
    """Yield the position, the marker and the length of each segment before the first scan. The file is then at the
    content of the segment.
    """
    at = 2
    for _ in range(_MAX_SEGMENTS):
        file.seek(at)
        head = file.read(4)
        if len(head) < 4 or head[0] != 0xFF or head[1] in (_SOS, _EOI):
            return
        marker = head[1]
        length = int.from_bytes(head[2:], "big")
        if marker == 0xFF or marker in _MARKERS_WITHOUT_LENGTH:
            at += 1 if marker == 0xFF else 2
            continue
        yield at, marker, length
        at += 2 + max(2, length)


def _split_comment(body: bytes) -> tuple[str, str]:
    """Return (name, text) of a JPEG comment. stable-diffusion.cpp writes a PNG keyword and a zero
    byte before the text.
    """
    text = body.rstrip(b"\0").decode("utf-8", "replace")
    keyword, zero, rest = text.partition("\0")
    return (keyword, rest) if zero and keyword.isidentifier() else ("Comment", text)
