"""The segments of a JPEG before its pixels: EXIF, XMP, comments."""

from __future__ import annotations

from typing import BinaryIO

from gdm_studio.gallery.metadata.containers.c2pa import joined, maker
from gdm_studio.gallery.metadata.containers.limits import MAX_TOTAL, Damaged
from gdm_studio.gallery.metadata.containers.parts import Parts

SIGNATURE = b"\xff\xd8"
_EXIF = b"Exif\0\0"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_COM, _APP1, _APP11, _SOS, _EOI = 0xFE, 0xE1, 0xEB, 0xDA, 0xD9
_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE = frozenset((0x01, *range(0xD0, 0xD8)))  # markers without a segment
_MAX_SEGMENTS = 4096


def read(file: BinaryIO) -> Parts:
    """Stops at the pixels. Raises Damaged, OSError."""
    size: tuple[int, int] | None = None
    texts: dict[str, str] = {}
    exif, xmp, total = b"", b"", 0
    boxes: list[bytes] = []
    at = 2
    for _ in range(_MAX_SEGMENTS):
        file.seek(at)
        head = file.read(4)
        if len(head) < 4 or head[0] != 0xFF or head[1] in (_SOS, _EOI):
            break
        marker, length = head[1], int.from_bytes(head[2:], "big")
        if marker == 0xFF or marker in _BARE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker in _SIZES:
            body = file.read(5)
            size = size or (int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big"))
        elif marker in (_APP1, _APP11, _COM) and total < MAX_TOTAL:
            body = file.read(max(0, length - 2))
            total += len(body)
            if marker == _COM:
                keyword, text = _comment(body)
                texts.setdefault(keyword, text)
            elif marker == _APP11:
                boxes.append(body)
            elif body.startswith(_EXIF):
                exif += body[len(_EXIF) :]  # one that is longer than a segment goes on in the next
            elif body.startswith(_XMP):
                xmp = xmp or body[len(_XMP) :]
        at += 2 + max(2, length)
    if size is None or 0 in size:
        raise Damaged
    manifests = joined(boxes)
    return Parts(size, texts, exif, xmp, bool(manifests), maker(manifests))


def _comment(body: bytes) -> tuple[str, str]:
    """(name, text): stable-diffusion.cpp puts a PNG's keyword and a zero before the text."""
    text = body.rstrip(b"\0").decode("utf-8", "replace")
    keyword, zero, rest = text.partition("\0")
    return (keyword, rest) if zero and keyword.isidentifier() else ("Comment", text)
