"""The texts in EXIF: tools that write no PNG put their settings into one tag or another of it."""

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
_BYTES = (1, 2, 6, 7)  # kinds of values that are strings of bytes
_MAX_ENTRIES = 512


def texts_of(exif: bytes) -> dict[str, str]:
    """{name: text} of the tags above, of the main directory and of that of the exposure; damaged ones left out."""
    exif = exif.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None or len(exif) < 8:
        return {}
    main = _directory(exif, order, struct.unpack_from(f"{order}I", exif, 4)[0])
    pointer = main.get(_EXIF_IFD, b"")
    inner = _directory(exif, order, struct.unpack(f"{order}I", pointer)[0]) if len(pointer) == 4 else {}
    found = {name: inner.get(tag) or main.get(tag) for tag, name in _NAMES.items()}
    return {name: text for name, raw in found.items() if raw and (text := _decoded(name, raw, order))}


def _directory(exif: bytes, order: str, at: int) -> dict[int, bytes]:
    """{tag: its value as the file has it}."""
    values: dict[int, bytes] = {}
    if not 0 < at <= len(exif) - 2:
        return values
    (count,) = struct.unpack_from(f"{order}H", exif, at)
    for entry in range(min(count, _MAX_ENTRIES)):
        place = at + 2 + 12 * entry
        if place + 12 > len(exif):
            break
        tag, kind, length = struct.unpack_from(f"{order}HHI", exif, place)
        if tag == _EXIF_IFD:
            values[tag] = exif[place + 8 : place + 12]
        elif tag in _NAMES and kind in _BYTES:
            start = place + 8 if length <= 4 else struct.unpack_from(f"{order}I", exif, place + 8)[0]
            values[tag] = exif[start : start + length]
    return values


def _decoded(name: str, raw: bytes, order: str) -> str:
    charset, text = raw[:8], raw[8:]
    if name == _USER_COMMENT and charset in _CHARSETS:
        if charset == b"UNICODE\0":
            return text.decode(_unicode(text, order), "replace").strip("\0\ufeff")
        return text.decode(_CHARSETS[charset], "replace").strip("\0")
    try:
        return raw.decode("utf-8").strip("\0")
    except UnicodeDecodeError:
        return raw.decode("latin-1").strip("\0")


_CHARSETS = {b"UNICODE\0": "", b"ASCII\0\0\0": "utf-8", b"JIS\0\0\0\0\0": "iso2022_jp", bytes(8): "utf-8"}


def _unicode(text: bytes, order: str) -> str:
    """The A1111 family writes big-endian whatever the file says, SwarmUI little: the zeros in Latin letters tell."""
    high, low = text[0:4096:2].count(0), text[1:4096:2].count(0)
    if high == low == 0:
        return "utf-8" if _is_utf8(text) else {"<": "utf-16-le", ">": "utf-16-be"}[order]
    return "utf-16-le" if low > high else "utf-16-be"


def _is_utf8(text: bytes) -> bool:
    try:
        return bool(text.decode("utf-8"))
    except UnicodeDecodeError:
        return False
