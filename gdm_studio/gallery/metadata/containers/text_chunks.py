"""Texts of an image file under the same names for every format."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from gdm_studio.common.atomic_files import open_file, storage_error
from gdm_studio.common.image_file import open_image, unreadable_image_error
from gdm_studio.gallery.metadata.containers import avif, jpeg, png, webp
from gdm_studio.gallery.metadata.containers.exif import is_on_side, parse_exif, taken_at
from gdm_studio.gallery.metadata.containers.metadata_blocks import MAX_TEXT, Damaged, Layout, Parts
from gdm_studio.gallery.metadata.containers.xmp import find_texts

# The comment of a JPEG or GIF, and the PNG text with this keyword.
COMMENT = "Comment"
# Names of the texts that can contain the settings, most common first.
_SETTINGS = (
    "parameters",
    "exif:UserComment",
    "postprocessing",
    "extras",
    COMMENT,
    "exif:ImageDescription",
    "xmp:UserComment",
    "xmp:description",
)


@dataclass(frozen=True)
class EmbeddedTexts:
    """The texts in the metadata of an image file, by name.

    A name is a PNG keyword, "Comment", `xmp` for the whole packet, or a tag name prefixed with `exif:` or `xmp:`.
    """

    # (width, height) in pixels, as stored.
    size: tuple[int, int]
    texts: Mapping[str, str] = field(default_factory=dict)
    # Whether the file has content credentials, and the software that they name.
    c2pa: bool = False
    maker: str = ""
    # The name of the file, without its folder.
    name: str = ""
    # The location of pixels that may hide settings.
    layout: Layout | None = None
    # Whether the EXIF orientation exchanges width and height.
    is_on_side: bool = False
    # When a camera took the image, in seconds since 1970, or 0 if that is not stored.
    taken: float = 0.0

    def text(self, *names: str) -> str:
        """Return the first text that the image file contains under one of the given names, or ""."""
        return next((text for name in names if (text := self.texts.get(name, ""))), "")

    @property
    def settings(self) -> str:
        """The text that contains the generation settings, or "" if there is none. The tags that tools commonly use for
        it are tried in turn.
        """
        return self.text(*_SETTINGS)

    @property
    def keywords(self) -> dict[str, str]:
        """The texts of the image file by PNG keyword. Texts from EXIF and XMP are omitted, because they have no
        keyword.
        """
        return {name: text for name, text in self.texts.items() if not name.startswith(("exif:", "xmp"))}


def read_texts(path: Path, data: bytes | None = None) -> EmbeddedTexts:
    """Read all texts in the metadata of an image file, or of `data`, the content of such a file.

    Raises StorageError if the file is unreadable or not an image.
    """
    try:
        with open_file(path) if data is None else io.BytesIO(data) as file:
            parts = _read_parts(file, path)
    except OSError as error:
        raise storage_error(path, error) from error
    except (Damaged, ValueError, TypeError, IndexError, OverflowError, MemoryError, struct.error) as error:
        raise unreadable_image_error(path) from error
    return EmbeddedTexts(
        parts.size,
        _collect_texts(parts),
        parts.c2pa,
        parts.maker,
        path.name,
        parts.layout,
        is_on_side(parts.exif),
        taken_at(parts.exif),
    )


def _read_parts(file: BinaryIO, path: Path) -> Parts:
    head = file.read(12)
    file.seek(0)
    if head.startswith(png.SIGNATURE):
        return png.read(file)
    if head.startswith(jpeg.SIGNATURE):
        return jpeg.read(file)
    if head.startswith(b"RIFF") and head[8:] == b"WEBP":
        return webp.read(file)
    return _read_with_pillow(file, path)


def _read_with_pillow(file: BinaryIO, path: Path) -> Parts:
    """Read the metadata of a GIF, AVIF or TIFF file with Pillow. Raises StorageError."""
    with open_image(path, file) as image:
        found = (image.info.get(name) for name in ("exif", "xmp", "comment"))
        exif, xmp, comment = (part if isinstance(part, bytes) and len(part) <= MAX_TEXT else b"" for part in found)
        if image.format == "AVIF" and not (exif and xmp):
            unlinked_exif, unlinked_xmp = avif.read_metadata(file)
            exif = exif or unlinked_exif
            xmp = xmp or unlinked_xmp
        return Parts(image.size, {COMMENT: comment.decode("utf-8", "replace")} if comment else {}, exif, xmp)


def _collect_texts(parts: Parts) -> dict[str, str]:
    texts = dict(parts.texts)
    xmp = parts.xmp.decode("utf-8", "replace") or texts.get("XML:com.adobe.xmp", "")
    if xmp:
        texts = find_texts(xmp) | texts | {"xmp": xmp}
    return {f"exif:{name}": text for name, text in parse_exif(parts.exif).items()} | texts
