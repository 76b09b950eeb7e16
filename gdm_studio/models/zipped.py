"""Where the members of a zip archive lie in its file: its directory alone is read, and nothing is unpacked."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import pairwise
from typing import IO, NamedTuple

from gdm_studio.models.stored import Damaged

LONGEST = 8 * 2**20  # bytes of a directory
MOST = 100_000  # members
_END, _END_64, _LOCATOR_64 = b"PK\5\6", b"PK\6\6", b"PK\6\7"
_WIDE = 0xFFFFFFFF  # in a field whose number is in an extra one of 64 bits


class Member(NamedTuple):
    """Bytes of the file."""

    begin: int
    size: int


def members(file: IO[bytes], size: int) -> dict[str, Member]:
    """All by name, of a file of that size; raises Damaged where it is damaged, compressed, or lies."""
    found: dict[str, Member] = {}
    for name, member in _listed(file, size):
        if name in found:
            raise Damaged(f"{name[:80]!r} is there twice")
        if name.startswith(("/", "\\")) or ":" in name[:3] or ".." in name.replace("\\", "/").split("/"):
            raise Damaged(f"{name[:80]!r} is a name outside of it")
        found[name] = member
    places = sorted(member for member in found.values() if member.size)
    if any(later.begin < before.begin + before.size for before, later in pairwise(places)):
        raise Damaged("parts of it lie in the same place")
    return found


def _listed(file: IO[bytes], size: int) -> Iterator[tuple[str, Member]]:
    start, length = _directory(file, size)
    if length > LONGEST:
        raise Damaged("its list of parts is too long")
    data = _read(file, start, length)
    at = 0
    for _ in range(MOST):
        if at >= length:
            return
        fields = struct.unpack_from("<4s6H3I5H2I", data, at)
        if fields[0] != b"PK\1\2":
            raise Damaged("its list of parts is damaged")
        flags, method, packed, whole, lengths, offset = fields[3], fields[4], *fields[8:10], fields[10:13], fields[16]
        name, extra = data[at + 46 :][: lengths[0]], data[at + 46 + lengths[0] :][: lengths[1]]
        at += 46 + sum(lengths)
        whole, packed, offset = _widened(extra, whole, packed, offset)
        if method or flags & 1 or packed != whole:
            raise Damaged("it is compressed, which torch never does; pack it anew without compression")
        yield name.decode(), Member(_begin(file, offset, whole, size), whole)
    raise Damaged("it has too many parts")


def _directory(file: IO[bytes], size: int) -> tuple[int, int]:
    """Where the list of members begins, and how long it is."""
    tail_at = max(0, size - 65557)  # a comment may be that long
    tail = _read(file, tail_at, size - tail_at)
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        raise Damaged("it is cut short")
    length, start = struct.unpack_from("<2I", tail, at + 12)
    if _WIDE in (length, start) or tail[max(0, at - 20) :].startswith(_LOCATOR_64):
        (end,) = struct.unpack_from("<Q", tail, at - 12)
        record = _read(file, end, 56)
        if not record.startswith(_END_64):
            raise Damaged("its list of parts is damaged")
        length, start = struct.unpack_from("<2Q", record, 40)
    if start + length > size:
        raise Damaged("it is cut short")
    return start, length


def _widened(extra: bytes, *numbers: int) -> list[int]:
    """The numbers, those that have no room in 32 bits from the extra field of 64, in their order."""
    wide: list[int] = []
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            wide = list(struct.unpack_from(f"<{length // 8}Q", extra, at + 4))
        at += 4 + length
    return [wide.pop(0) if number == _WIDE else number for number in numbers]


def _begin(file: IO[bytes], offset: int, length: int, size: int) -> int:
    """Where a member's bytes begin, behind its own header."""
    head = _read(file, offset, 30)
    if not head.startswith(b"PK\3\4"):
        raise Damaged("a part is not where its list says")
    begin = offset + 30 + sum(struct.unpack_from("<2H", head, 26))
    if begin + length > size:
        raise Damaged("it is cut short")
    return begin


def _read(file: IO[bytes], start: int, length: int) -> bytes:
    file.seek(start)
    data = file.read(length)
    if len(data) < length:
        raise Damaged("it is cut short")
    return data
