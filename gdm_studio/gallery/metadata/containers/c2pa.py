"""Reader of the name of the generating software in content credentials (C2PA), which consist of nested boxes.

The last manifest of the credentials is the active one. Its claim, in CBOR (RFC 8949), names the generator. Neither the
signature nor the binding to the image is verified.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

from gdm_studio.common.iso_boxes import Box, iter_boxes

# Maximum bytes of all manifests of a file. Real manifests, with thumbnails, are under 4 MiB.
MAX_MANIFESTS = 12 * 2**20
# Limits of a claim: the number of values and their nesting.
_MAX_VALUES = 1000
_MAX_DEPTH = 16
# Maximum length of the name of a program in characters.
_MAX_NAME = 120
# The flag of a description box that has a label.
_LABEL_FLAG = 2
# {CBOR length code: bytes of the number}
_LENGTH_FIELD_SIZES: Mapping[int, int] = {24: 1, 25: 2, 26: 4, 27: 8}


def find_maker(manifests: bytes) -> str:
    """Return the name and version of the software that created an image according to its content credentials, or "" if
    they are damaged or name none.
    """
    try:
        return _read_maker(manifests)
    except (ValueError, struct.error, RecursionError, OverflowError):
        return ""


def _read_maker(manifests: bytes) -> str:
    store = next((each for each in iter_boxes(manifests) if each.kind == b"jumb"), None)
    active = [each for each in _list_inner_boxes(manifests, store) if each.kind == b"jumb"][-1:] if store else []
    for each in _list_inner_boxes(manifests, active[0]) if active else ():
        if _read_label(manifests, each).startswith("c2pa.claim"):
            claim = next((box for box in _list_inner_boxes(manifests, each) if box.kind == b"cbor"), None)
            return _read_name(_CborDecoder(manifests, claim.start, claim.end).value(0)) if claim else ""
    return ""


def _read_name(claim: Any) -> str:
    """Return the name of the software that created an image, from a claim in its content credentials.

    The claim stores the name as an object with name and version, a list of such objects, or a string.
    """
    if not isinstance(claim, dict):
        return ""
    info = claim.get("claim_generator_info")
    first = info[0] if isinstance(info, list) and info else info
    parts = [first.get("name"), first.get("version")] if isinstance(first, dict) else []
    whole = " ".join(part for part in parts if isinstance(part, str)) or claim.get("claim_generator")
    shown = " ".join(whole.split())[:_MAX_NAME] if isinstance(whole, str) else ""
    return "".join(letter for letter in shown if letter.isprintable())


def _list_inner_boxes(data: bytes, box: Box) -> list[Box]:
    return list(iter_boxes(data, box.start, box.end))


def _read_label(data: bytes, box: Box) -> str:
    """Return the label of a `jumb` box in content credentials, which its first inner box contains, or "" if it has
    none.
    """
    described = next(iter_boxes(data, box.start, box.end), None) if box.kind == b"jumb" else None
    if described is None or described.kind != b"jumd" or described.end - described.start < 18:
        return ""
    if not data[described.start + 16] & _LABEL_FLAG:
        return ""
    text = data[described.start + 17 : min(described.end, described.start + 17 + _MAX_NAME)]
    return text.partition(b"\0")[0].decode("utf-8", "replace")


class _CborDecoder:
    """Decoder of CBOR data in content credentials. It rejects data larger than any real claim.

    Methods raise ValueError.
    """

    def __init__(self, data: bytes, start: int, end: int) -> None:
        self._data = data
        self._offset = start
        self._end_offset = end
        self._values_left = _MAX_VALUES

    def value(self, depth: int) -> Any:
        """Decode the next CBOR value and return it. `depth` is its nesting level."""
        self._values_left -= 1
        if self._values_left < 0 or depth > _MAX_DEPTH:
            raise ValueError("too many values")
        first = self._read_bytes(1)[0]
        major = first >> 5
        short = first & 31
        if short == 31:
            return self._decode_indefinite(major, depth)
        if short < 24:
            number = short
        elif short < 28:
            number = int.from_bytes(self._read_bytes(_LENGTH_FIELD_SIZES[short]), "big")
        else:
            raise ValueError("no such length")
        return self._decode(major, number, depth)

    def _decode(self, major: int, number: int, depth: int) -> Any:
        if major < 2:
            return number if major == 0 else -1 - number
        if major < 4:
            raw = self._read_bytes(number)
            return raw.decode("utf-8", "replace") if major == 3 else raw
        if major == 4:
            return [self.value(depth + 1) for _ in range(self._check_bound(number))]
        if major == 5:
            return dict(self._decode_pair(depth) for _ in range(self._check_bound(number)))
        # Major type 6 is a tagged value; 7 is a float or a constant, which is never a name.
        return self.value(depth + 1) if major == 6 else None

    def _decode_indefinite(self, major: int, depth: int) -> Any:
        """Decode a CBOR value of indefinite length, which ends at a break byte."""
        found: list[Any] = []
        while self._data[self._offset : self._offset + 1] != b"\xff":
            found.append(self._decode_pair(depth) if major == 5 else self.value(depth + 1))
        self._read_bytes(1)
        if major == 5:
            return dict(found)
        return "".join(part for part in found if isinstance(part, str)) if major == 3 else found

    def _decode_pair(self, depth: int) -> tuple[Any, Any]:
        name = self.value(depth + 1)
        if not isinstance(name, str | int | bytes):
            raise ValueError("no name")
        return name, self.value(depth + 1)

    def _check_bound(self, count: int) -> int:
        if count > self._values_left:
            raise ValueError("too many values")
        return count

    def _read_bytes(self, count: int) -> bytes:
        if count > self._end_offset - self._offset:
            raise ValueError("the data ends early")
        self._offset += count
        return self._data[self._offset - count : self._offset]


def join_segments(segments: list[bytes]) -> bytes:
    """Join the C2PA boxes in the APP11 segments of a JPEG. Each segment begins with "JP", the box number, a sequence
    number, and the box header.
    """
    whole: dict[int, bytearray] = {}
    for body in segments:
        if len(body) < 16 or body[:2] != b"JP":
            continue
        number, sequence = struct.unpack_from(">HI", body, 2)
        if number not in whole:
            whole[number] = bytearray(body[8:])
        elif sequence > 1:
            whole[number] += body[24 if body[8:12] == b"\0\0\0\1" else 16 :]
    return next((bytes(each) for each in whole.values() if b"c2pa" in each[:64]), b"")
