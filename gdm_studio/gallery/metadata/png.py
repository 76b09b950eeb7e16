"""The text of a PNG, read chunk by chunk without touching its pixels."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import BinaryIO

from gdm_studio.atomic import problem
from gdm_studio.errors import StorageError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MAX_TEXT = 16 * 2**20  # bytes of one text, unpacked; real ones are under 1 MiB
_MAX_TEXTS = 64
_TEXT_KINDS = {b"tEXt", b"zTXt", b"iTXt"}


def read_png(path: Path) -> tuple[tuple[int, int], dict[str, str]]:
    """((width, height), {keyword: text}) of a PNG; the first of equal keywords counts, damaged texts do not.

    Raises StorageError where the file cannot be read or does not begin as a PNG.
    """
    try:
        with open(path, "rb") as file:
            return _size(file, path), _texts(file)
    except OSError as error:
        raise problem(path, error) from error


def _size(file: BinaryIO, path: Path) -> tuple[int, int]:
    head = file.read(33)
    if len(head) < 33 or head[:8] != SIGNATURE or head[12:16] != b"IHDR":
        raise StorageError(f"{path} is not a picture, or it is damaged; choose a PNG, JPEG or WebP file.")
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def _texts(file: BinaryIO) -> dict[str, str]:
    texts: dict[str, str] = {}
    while len(texts) < _MAX_TEXTS and len(head := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        if kind == b"IEND":
            break
        if kind not in _TEXT_KINDS or length > _MAX_TEXT:
            file.seek(length + 4, 1)
            continue
        body, check = file.read(length), file.read(4)
        if len(check) == 4 and zlib.crc32(kind + body) == int.from_bytes(check, "big"):
            keyword, text = _text(kind, body)
            if keyword and text is not None:
                texts.setdefault(keyword, text)
    return texts


def _text(kind: bytes, body: bytes) -> tuple[str, str | None]:
    """(keyword, text) of a chunk; the text is None where it cannot be unpacked."""
    raw_keyword, _, rest = body.partition(b"\0")
    keyword = raw_keyword.decode("latin-1")
    if kind == b"tEXt":
        return keyword, _latin_or_utf8(rest)
    if kind == b"zTXt":
        unpacked = _unpacked(rest[1:])
        return keyword, None if unpacked is None else _latin_or_utf8(unpacked)
    packed, rest = rest[:1] == b"\1", rest[2:]
    text = rest.split(b"\0", 2)[-1]  # after language and translated keyword
    unpacked = _unpacked(text) if packed else text
    return keyword, None if unpacked is None else unpacked.decode("utf-8", "replace")


def _latin_or_utf8(raw: bytes) -> str:
    """The standard says Latin-1; several tools write UTF-8, which Latin-1 text hardly ever is by chance."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _unpacked(data: bytes) -> bytes | None:
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(data, _MAX_TEXT)
    except zlib.error:
        return None
    return None if unpacker.unconsumed_tail else unpacked
