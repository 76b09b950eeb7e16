"""What a picture file carries beside its pixels: every text under one name, whatever the file's format."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from gdm_studio.atomic import open_file, problem
from gdm_studio.gallery.metadata.containers import avif, jpeg, png, webp
from gdm_studio.gallery.metadata.containers.exif import texts_of
from gdm_studio.gallery.metadata.containers.limits import MAX_TEXT, Damaged
from gdm_studio.gallery.metadata.containers.parts import Layout, Parts
from gdm_studio.gallery.metadata.containers.xmp import texts_in
from gdm_studio.picture_file import damaged, opened

COMMENT = "Comment"  # of a JPEG or GIF; a PNG's keyword too
_SETTINGS = (
    "parameters", "exif:UserComment", "postprocessing", "extras", COMMENT, "exif:ImageDescription", "xmp:UserComment",
    "xmp:description",
)  # fmt: skip


@dataclass(frozen=True)
class Carried:
    """`texts` go by a PNG's keywords, `exif:` or `xmp:` and the tag's name, `xmp` for all of it, or "Comment"."""

    size: tuple[int, int]  # (width, height)
    texts: Mapping[str, str] = field(default_factory=dict)
    c2pa: bool = False  # it has a manifest of content credentials
    maker: str = ""  # that these name
    name: str = ""  # the file's, without its folder
    hideout: Layout | None = None  # how its pixels lie, where the settings could be hidden in them

    def text(self, *names: str) -> str:
        """The first of these texts that is there, or ""."""
        return next((text for name in names if (text := self.texts.get(name, ""))), "")

    @property
    def settings(self) -> str:
        """The text that most tools write, from wherever they put it; "" where there is none."""
        return self.text(*_SETTINGS)

    @property
    def keywords(self) -> dict[str, str]:
        """The texts that are a PNG's, or could be."""
        return {name: text for name, text in self.texts.items() if not name.startswith(("exif:", "xmp"))}


def carry(path: Path) -> Carried:
    """Reads the file's headers. Raises StorageError where it cannot be read or is no picture."""
    try:
        with open_file(path) as file:
            parts = _parts(file, path)
    except OSError as error:
        raise problem(path, error) from error
    except (Damaged, ValueError, TypeError, IndexError, OverflowError, MemoryError, struct.error) as error:
        raise damaged(path) from error
    return Carried(parts.size, _texts(parts), parts.c2pa, parts.maker, path.name, parts.layout)


def _parts(file: BinaryIO, path: Path) -> Parts:
    head = file.read(12)
    file.seek(0)
    if head.startswith(png.SIGNATURE):
        return png.read(file)
    if head.startswith(jpeg.SIGNATURE):
        return jpeg.read(file)
    if head.startswith(b"RIFF") and head[8:] == b"WEBP":
        return webp.read(file)
    return _of_another_kind(file, path)


def _of_another_kind(file: BinaryIO, path: Path) -> Parts:
    """GIF, AVIF, TIFF. Raises StorageError."""
    with opened(path, file) as image:
        found = (image.info.get(name) for name in ("exif", "xmp", "comment"))
        exif, xmp, comment = (part if isinstance(part, bytes) and len(part) <= MAX_TEXT else b"" for part in found)
        if image.format == "AVIF" and not (exif and xmp):
            exif, xmp = (known or unlinked for known, unlinked in zip((exif, xmp), avif.words(file), strict=True))
        return Parts(image.size, {COMMENT: comment.decode("utf-8", "replace")} if comment else {}, exif, xmp)


def _texts(parts: Parts) -> dict[str, str]:
    texts = dict(parts.texts)
    xmp = parts.xmp.decode("utf-8", "replace") or texts.get("XML:com.adobe.xmp", "")
    if xmp:
        texts = texts_in(xmp) | texts | {"xmp": xmp}
    return {f"exif:{name}": text for name, text in texts_of(parts.exif).items()} | texts
