"""A picture in a file of any kind, read as people see it: upright, in colour, with alpha. The one way to open one."""

from __future__ import annotations

import contextlib
import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image

from gdm_studio import atomic, memory
from gdm_studio.errors import StorageError

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")  # others start programs (EPS) or are hardly ever met
MOST_PIXELS = 2**26  # 8192x8192: 256 MiB when it is decoded
MOST_BYTES = 90_000_000  # of a file: some kinds are read whole before their size is known
_FAILS = (
    SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, EOFError, MemoryError,
    OverflowError, RuntimeError, struct.error, zlib.error,
)  # fmt: skip
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_STRIP = 2**20  # pixels that are converted at a time


@contextlib.contextmanager
def opened(path: Path, data: bytes | BinaryIO | None = None) -> Iterator[Image.Image]:
    """The picture in a file, or in what was read of it, to be decoded in the block: its header alone is known as yet.

    Raises StorageError, also for what goes wrong in the block: where `path` is no file, is none of FORMATS, is damaged,
    or has more than MOST_PIXELS or MOST_BYTES.
    """
    source = io.BytesIO(data) if isinstance(data, bytes) else data
    with contextlib.ExitStack() as held:
        file = held.enter_context(io.BufferedReader(atomic.open_file(path))) if source is None else source
        try:
            if file.seek(0, io.SEEK_END) > MOST_BYTES:
                raise _too_much(path, f"than {memory.in_words(MOST_BYTES)}")
            file.seek(0)
            held.enter_context(warnings.catch_warnings(action="ignore"))  # of damaged tags
            picture = held.enter_context(Image.open(file, formats=FORMATS))
            if picture.width * picture.height > MOST_PIXELS:
                raise Image.DecompressionBombError
            yield picture
        except Image.DecompressionBombError as error:  # Pillow's own, of more than twice as many
            raise _too_much(path, "pixels than 8192x8192") from error
        except OSError as error:
            raise atomic.problem(path, error) if error.errno else damaged(path) from error
        except _FAILS as error:
            raise damaged(path) from error


def read_rgba(path: Path) -> Image.Image:
    """RGBA, straight alpha, turned as its camera was held; of an animation the first picture. Raises StorageError."""
    with opened(path) as file:
        picture = in_eight_bits(upright(file))
        if picture.mode == "RGBA":
            picture.load()
            return picture  # a conversion would copy it
        return picture.convert("RGBA")


def upright(picture: Image.Image) -> Image.Image:
    """The picture turned as its camera was held; itself where there is nothing to turn."""
    try:
        turn = _TURNS.get(picture.getexif().get(_ORIENTATION, 1))
    except (OSError, *_FAILS):  # a damaged note beside a picture that is not
        turn = None
    return picture if turn is None else picture.transpose(turn)


def in_eight_bits(picture: Image.Image) -> Image.Image:
    """Grey of 16 bits in 8: Pillow would cut off all that is brighter than 255 of 65535."""
    if not picture.mode.startswith("I"):
        return picture
    levels = np.empty((picture.height, picture.width), np.uint8)
    rows = max(1, _STRIP // picture.width)
    for top in range(0, picture.height, rows):
        strip = picture.crop((0, top, picture.width, min(top + rows, picture.height)))
        levels[top : top + rows] = (np.asarray(strip).clip(0, 65535).astype(np.uint32) + 128) // 257
    return Image.fromarray(levels)


def damaged(path: Path) -> StorageError:
    """What to say of a file that cannot be decoded; of kinds that are known by sight, which it is."""
    if kind := _unread_kind(path):
        return StorageError(f"{path} is a {kind} picture, which cannot be opened here; save it as PNG, JPEG or WebP.")
    return StorageError(f"{path} is not a picture, or it is damaged; choose a PNG, JPEG or WebP file.")


def _unread_kind(path: Path) -> str:
    try:
        with atomic.open_file(path) as file:
            head = file.read(64)
    except (OSError, StorageError):
        return ""
    if head.startswith((b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n")):
        return "JPEG XL"
    brands = head[8 : int.from_bytes(head[:4], "big")] if head[4:8] == b"ftyp" else b""
    return "HEIC" if any(brands[at : at + 3] in (b"hei", b"hev") for at in range(0, len(brands), 4)) else ""


def _too_much(path: Path, limit: str) -> StorageError:
    return StorageError(f"{path} has more {limit}, which is the most that is opened; choose a smaller copy of it.")
