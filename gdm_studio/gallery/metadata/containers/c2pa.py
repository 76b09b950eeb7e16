"""Content credentials (C2PA): which program wrote them, out of boxes within boxes.

A store holds manifests, of which the last counts; that holds a claim, in CBOR (RFC 8949), which names its generator.
Nothing is verified: who signed it, and whether it is of this picture, is not looked at.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

from gdm_studio.gallery.metadata.containers.boxes import Box, boxes

MAX_MANIFESTS = 12 * 2**20  # bytes of all of a file's; real ones have thumbnails, and are under 4 MiB
_MAX_VALUES = 1000  # of a claim
_MAX_DEPTH = 16
_MAX_NAME = 120  # characters
_LABELLED = 2  # of a description box's toggles


def maker(manifests: bytes) -> str:
    """The program that a file's credentials name, with its version; "" where they are damaged or name none."""
    try:
        return _maker(manifests)
    except (ValueError, struct.error, RecursionError, OverflowError):
        return ""


def _maker(manifests: bytes) -> str:
    store = next((each for each in boxes(manifests) if each.kind == b"jumb"), None)
    active = [each for each in _within(manifests, store) if each.kind == b"jumb"][-1:] if store else []
    for each in _within(manifests, active[0]) if active else ():
        if _label(manifests, each).startswith("c2pa.claim"):
            claim = next((box for box in _within(manifests, each) if box.kind == b"cbor"), None)
            return _named(_Cbor(manifests, claim.start, claim.end).value(0)) if claim else ""
    return ""


def _named(claim: Any) -> str:
    """As an object of name and version, of which older claims have a list; at first, as one text of all programs."""
    if not isinstance(claim, dict):
        return ""
    info = claim.get("claim_generator_info")
    first = info[0] if isinstance(info, list) and info else info
    parts = [first.get("name"), first.get("version")] if isinstance(first, dict) else []
    whole = " ".join(part for part in parts if isinstance(part, str)) or claim.get("claim_generator")
    shown = " ".join(whole.split())[:_MAX_NAME] if isinstance(whole, str) else ""
    return "".join(letter for letter in shown if letter.isprintable())


def _within(data: bytes, box: Box) -> list[Box]:
    return list(boxes(data, box.start, box.end))


def _label(data: bytes, box: Box) -> str:
    """By which a box of boxes says, in the first of them, what it is."""
    described = next(boxes(data, box.start, box.end), None) if box.kind == b"jumb" else None
    if described is None or described.kind != b"jumd" or described.end - described.start < 18:
        return ""
    if not data[described.start + 16] & _LABELLED:
        return ""
    text = data[described.start + 17 : min(described.end, described.start + 17 + _MAX_NAME)]
    return text.partition(b"\0")[0].decode("utf-8", "replace")


class _Cbor:
    """One value, read once; raises ValueError where it is damaged or larger than a claim ever is."""

    def __init__(self, data: bytes, start: int, end: int) -> None:
        self._data, self._at, self._end, self._left = data, start, end, _MAX_VALUES

    def value(self, depth: int) -> Any:
        self._left -= 1
        if self._left < 0 or depth > _MAX_DEPTH:
            raise ValueError("too much of it")
        first = self._taken(1)[0]
        major, short = first >> 5, first & 31
        if short == 31:
            return self._open_ended(major, depth)
        number = short if short < 24 else int.from_bytes(self._taken(_LENGTHS[short]), "big") if short < 28 else None
        if number is None:
            raise ValueError("no such length")
        return self._of(major, number, depth)

    def _of(self, major: int, number: int, depth: int) -> Any:
        if major < 2:
            return number if major == 0 else -1 - number
        if major < 4:
            raw = self._taken(number)
            return raw.decode("utf-8", "replace") if major == 3 else raw
        if major == 4:
            return [self.value(depth + 1) for _ in range(self._bounded(number))]
        if major == 5:
            return dict(self._pair(depth) for _ in range(self._bounded(number)))
        return self.value(depth + 1) if major == 6 else None  # tagged, or a number or word that no name is

    def _open_ended(self, major: int, depth: int) -> Any:
        """Of parts up to a mark."""
        found: list[Any] = []
        while self._data[self._at : self._at + 1] != b"\xff":
            found.append(self._pair(depth) if major == 5 else self.value(depth + 1))
        self._taken(1)
        if major == 5:
            return dict(found)
        return "".join(part for part in found if isinstance(part, str)) if major == 3 else found

    def _pair(self, depth: int) -> tuple[Any, Any]:
        name = self.value(depth + 1)
        if not isinstance(name, str | int | bytes):
            raise ValueError("no name")
        return name, self.value(depth + 1)

    def _bounded(self, count: int) -> int:
        if count > self._left:
            raise ValueError("more of them than there can be")
        return count

    def _taken(self, count: int) -> bytes:
        if count > self._end - self._at:
            raise ValueError("it ends before")
        self._at += count
        return self._data[self._at - count : self._at]


_LENGTHS: Mapping[int, int] = {24: 1, 25: 2, 26: 4, 27: 8}  # bytes that a number takes


def joined(segments: list[bytes]) -> bytes:
    """The boxes in a JPEG's segments of type 11: each begins with "JP", two numbers, and the head of its box again."""
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
