"""Parts of an image file that can contain text, and limits for reading them."""

from __future__ import annotations

from dataclasses import dataclass, field

# Limits in bytes of one decompressed text and of all texts of a file, so that a malicious file cannot take much time
# or memory. Real texts are under 1 MiB.
MAX_TEXT = 4 * 2**20
MAX_TOTAL = 12 * 2**20
MAX_TEXTS = 256
# PNG files have chunks of about 8 KiB.
MAX_CHUNKS = 200_000


class Damaged(Exception):
    """Error raised if the start of an image file does not match its format."""


@dataclass(frozen=True)
class Layout:
    """Layout of a PNG file with 8-bit channels and no interlacing: the number of channels, and the position of the
    pixels in the file.
    """

    channels: int
    # Offset of the first pixel chunk in bytes.
    start: int


@dataclass(frozen=True)
class Parts:
    """Metadata read from an image file: its size, texts, and EXIF and XMP blocks."""

    # (width, height) in pixels.
    size: tuple[int, int]
    texts: dict[str, str] = field(default_factory=dict)
    exif: bytes = b""
    xmp: bytes = b""
    # True if the file has content credentials.
    c2pa: bool = False
    # The software that the content credentials name.
    maker: str = ""
    layout: Layout | None = None
