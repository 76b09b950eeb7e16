"""How much of a file is looked at: a hostile one takes no more time or memory than a large honest one."""

from __future__ import annotations

MAX_TEXT = 4 * 2**20  # bytes of one text, unpacked; real ones are under 1 MiB
MAX_TEXTS = 256
MAX_TOTAL = 12 * 2**20  # bytes of all texts of a file
MAX_CHUNKS = 200_000  # of a file: PNGs come in pieces of 8 KiB


class Damaged(Exception):
    """The file does not begin as a picture of its kind does."""
