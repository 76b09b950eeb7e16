"""The pieces of a picture file that can hold words."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Layout:
    """How the pixels of a PNG lie in its file: as many channels of 8 bits, row by row, from these chunks on."""

    channels: int
    start: int  # byte of the file at which the first chunk of pixels begins


@dataclass(frozen=True)
class Parts:
    size: tuple[int, int]
    texts: dict[str, str] = field(default_factory=dict)
    exif: bytes = b""
    xmp: bytes = b""
    c2pa: bool = False
    maker: str = ""  # that the content credentials name
    layout: Layout | None = None
