"""Reader of EXIF data: the texts, where tools store settings in formats other than PNG, and a photo's moment."""

from __future__ import annotations

import contextlib
import struct
from datetime import datetime

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
# When a photo was taken, or else digitised, and the offset of that time from UTC.
_MOMENTS = ((0x9003, 0x9011), (0x9004, 0x9012))
_MOMENT_TAGS = frozenset(tag for pair in _MOMENTS for tag in pair)
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
    order, main, inner = _read_directories(exif)
    found = {name: inner.get(tag) or main.get(tag) for tag, name in _NAMES.items()}
    return {name: text for name, raw in found.items() if raw and (text := _decode(name, raw, order))}


def is_on_side(exif: bytes) -> bool:
    """Return True if the EXIF orientation rotates an image by 90° or 270°, which swaps its width and height."""
    order, main, _ = _read_directories(exif)
    value = main.get(_ORIENTATION, b"")
    return len(value) == 4 and struct.unpack_from(f"{order}H", value)[0] in _ON_THE_SIDE


def taken_at(exif: bytes) -> float:
    """Return when a photo was taken, in seconds since 1970, or 0 if its EXIF data does not contain that.

    A time without an offset from UTC is local time of this computer.
    """
    _, _, inner = _read_directories(exif)
    for tag, offset_tag in _MOMENTS:
        text, offset = (inner.get(each, b"").decode("ascii", "replace").strip("\0 ") for each in (tag, offset_tag))
        with contextlib.suppress(ValueError, OverflowError, OSError):
            moment = datetime.strptime(text, "%Y:%m:%d %H:%M:%S")
            with contextlib.suppress(ValueError):
                moment = datetime.strptime(f"{text} {offset}", "%Y:%m:%d %H:%M:%S %z")
            return max(moment.timestamp(), 0.0)
    return 0.0


def _read_directories(exif: bytes) -> tuple[str, dict[int, bytes], dict[int, bytes]]:
    """Return the byte order of EXIF data, as `struct` writes it, and the tags of the main and the EXIF directory."""
    exif = exif.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None or len(exif) < 8:
        return "<", {}, {}
    main = _read_directory(exif, order, struct.unpack_from(f"{order}I", exif, 4)[0])
    pointer = main.get(_EXIF_IFD, b"")
    inner = _read_directory(exif, order, struct.unpack(f"{order}I", pointer)[0]) if len(pointer) == 4 else {}
    return order, main, inner


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
        elif (tag in _NAMES or tag in _MOMENT_TAGS) and kind in _BYTES:
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
