"""PNG, JPEG and WebP, with or without how the picture was made."""

from __future__ import annotations

import io
from collections.abc import Mapping

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gdm_studio.gallery.export.master import Colour, over
from gdm_studio.gallery.metadata import a1111

_JPEG_QUALITY = 92
_EXIF_IFD, _USER_COMMENT = 0x8769, 0x9286


def png(picture: Image.Image, background: Colour | None = None, texts: Mapping[str, str] | None = None) -> bytes:
    """RGBA, or RGB over a background; `texts` become text chunks."""
    chunks = PngInfo()
    for keyword, text in (texts or {}).items():
        if text.isascii():
            chunks.add_text(keyword, text)
        else:
            chunks.add_itxt(keyword, text)
    return _saved(over(picture, background), "PNG", pnginfo=chunks)


def jpeg(picture: Image.Image, background: Colour, texts: Mapping[str, str] | None = None) -> bytes:
    """Colours at full resolution (4:4:4), since icons are all edges."""
    return _saved(
        over(picture, background), "JPEG", quality=_JPEG_QUALITY, subsampling=0, optimize=True, exif=_exif(texts)
    )


def webp(picture: Image.Image, background: Colour | None = None, texts: Mapping[str, str] | None = None) -> bytes:
    """Lossless: for drawings that is smaller than JPEG, and exact."""
    return _saved(over(picture, background), "WEBP", lossless=True, method=4, exif=_exif(texts))


def _saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def _exif(texts: Mapping[str, str] | None) -> bytes:
    """The text that every tool reads, as the user comment; nothing where there is none."""
    text = (texts or {}).get(a1111.CHUNK, "")
    if not text:
        return b""
    exif = Image.Exif()
    exif.get_ifd(_EXIF_IFD)[_USER_COMMENT] = b"UNICODE\0" + text.encode("utf-16-be", "replace")
    return exif.tobytes()
