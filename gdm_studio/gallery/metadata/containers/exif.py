"""Reader of the texts in EXIF data, where tools store settings in formats other than PNG."""

from __future__ import annotations

import struct

_EXIF_IFD = 0x8769
_USER_COMMENT = "UserComment"
_NAMES = {
    0x010D: "DocumentName",
    0x010E: "ImageDescription",
    0x010F: "Make",
    0x0110: "Model",
    0x0131: "Software",
    0x927C: "MakerNote",
    0x9286: _USER_COMMENT,
}
# Types of values that are byte strings.
_BYTES = (1, 2, 6, 7)
_MAX_ENTRIES = 512
_ORIENTATION = 0x0112
# Orientations in which width and height are exchanged.
_ON_THE_SIDE = (5, 6, 7, 8)


def parse_exif(exif: bytes) -> dict[str, str]:
    """Return the texts in EXIF data that can contain settings, as {tag name: text} for the tags in _NAMES.

    Damaged tags are left out.
    """
    exif = exif.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None or len(exif) < 8:
        return {}
    main = _read_directory(exif, order, struct.unpack_from(f"{order}I", exif, 4)[0])
    pointer = main.get(_EXIF_IFD, b"")
    inner = _read_directory(exif, order, struct.unpack(f"{order}I", pointer)[0]) if len(pointer) == 4 else {}
    found = {name: inner.get(tag) or main.get(tag) for tag, name in _NAMES.items()}
    return {name: text for name, raw in found.items() if raw and (text := _decode(name, raw, order))}


def is_on_side(exif: bytes) -> bool:
    """Return True if the EXIF orientation rotates an image by 90° or 270°, which swaps its width and height."""
    exif = exif.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None or len(exif) < 8:
        return False
    value = _read_directory(exif, order, struct.unpack_from(f"{order}I", exif, 4)[0]).get(_ORIENTATION, b"")
    return len(value) == 4 and struct.unpack_from(f"{order}H", value)[0] in _ON_THE_SIDE


def _read_directory(exif: bytes, order: str, at: int) -> dict[int, bytes]:
    """Return the tags of the EXIF directory at offset `at`, as {tag number: raw value}."""
    values: dict[int, bytes] = {}
    if not 0 < at <= len(exif) - 2:
        return values
    (count,) = struct.unpack_from(f"{order}H", exif, at)
    for entry in range(min(count, _MAX_ENTRIES)):
        place = at + 2 + 12 * entry
        if place + 12 > len(exif):
            break
        tag, kind, length = struct.unpack_from(f"{order}HHI", exif, place)
        if tag in (_EXIF_IFD, _ORIENTATION):
            values[tag] = exif[place + 8 : place + 12]
        elif tag in _NAMES and kind in _BYTES:
            start = place + 8 if length <= 4 else struct.unpack_from(f"{order}I", exif, place + 8)[0]
            values[tag] = exif[start : start + length]
    return values


def _decode(name: str, raw: bytes, order: str) -> str:
    charset = raw[:8]
    text = raw[8:]
    if name == _USER_COMMENT and charset in _CHARSETS:
        if charset == b"UNICODE\0":
            return text.decode(_detect_encoding(text, order), "replace").strip("\0\ufeff")
        return text.decode(_CHARSETS[charset], "replace").strip("\0")
    try:
        return raw.decode("utf-8").strip("\0")
    except UnicodeDecodeError:
        return raw.decode("latin-1").strip("\0")


_CHARSETS = {b"UNICODE\0": "", b"ASCII\0\0\0": "utf-8", b"JIS\0\0\0\0\0": "iso2022_jp", bytes(8): "utf-8"}


def _detect_encoding(text: bytes, order: str) -> str:
    """Return the encoding of a string in EXIF data. The byte order is detected from the zero bytes of Latin letters.

    A1111 writes big-endian UTF-16 and SwarmUI writes little-endian UTF-16, regardless of the byte order of the file.
    """
    high = text[0:4096:2].count(0)
    low = text[1:4096:2].count(0)
    if high == low == 0:
        return "utf-8" if _is_utf8(text) else {"<": "utf-16-le", ">": "utf-16-be"}[order]
    return "utf-16-le" if low > high else "utf-16-be"


def _is_utf8(text: bytes) -> bool:
    try:
        return bool(text.decode("utf-8"))
    except UnicodeDecodeError:
        return False
