"""A new picture as the bytes of a file that tells how to make it again: PNG, lossless WebP, or JPEG."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gdm_studio.gallery.metadata import a1111, ours
from gdm_studio.request import Request

FORMS = ("png", "webp", "jpeg")
_JPEG_QUALITY = 95
_LARGEST_EXIF = 65_000  # bytes: one segment of a JPEG
_EXIF_IFD, _USER_COMMENT, _SOFTWARE, _MAKER_NOTE = 0x8769, 0x9286, 0x0131, 0x927C


def encoded(rgba: np.ndarray, record: ours.Record, request: Request, *, form: str = "png") -> tuple[str, bytes]:
    """(ending of the name, content of the file) of uint8 (height, width, 3 or 4).

    Each holds the A1111 text that every tool reads, and our own record. JPEG has white where it was transparent;
    settings too long for it and WebP are saved as PNG.
    """
    height, width = rgba.shape[:2]
    version = f"{ours.TOOL} {record.app}"
    text = a1111.write_text(request, size=(width, height), version=version, made_with=record.made_with)
    picture = Image.fromarray(np.ascontiguousarray(rgba))
    if form != "png":
        exif = _exif(text, record)
        if len(exif) <= _LARGEST_EXIF:
            return ("jpg", _jpeg(picture, exif)) if form == "jpeg" else ("webp", _webp(picture, exif))
    return "png", _png(picture, text, record)


def _png(picture: Image.Image, text: str, record: ours.Record) -> bytes:
    chunks = PngInfo()
    if text.isascii():
        chunks.add_text(a1111.CHUNK, text)
    else:
        chunks.add_itxt(a1111.CHUNK, text)
    chunks.add_text(ours.CHUNK, record.to_json())
    return _saved(picture, "PNG", pnginfo=chunks)


def _webp(picture: Image.Image, exif: bytes) -> bytes:
    return _saved(picture, "WEBP", lossless=True, exact=True, quality=40, method=3, exif=exif)


def _jpeg(picture: Image.Image, exif: bytes) -> bytes:
    if picture.mode == "RGBA":
        white = Image.new("RGBA", picture.size, (255, 255, 255, 255))
        picture = Image.alpha_composite(white, picture).convert("RGB")
    return _saved(picture, "JPEG", quality=_JPEG_QUALITY, subsampling=0, exif=exif)


def _exif(text: str, record: ours.Record) -> bytes:
    """The text as A1111 writes it into these files; our record where a camera's maker puts notes of its own."""
    exif = Image.Exif()
    exif[_SOFTWARE] = f"{ours.TOOL} {record.app}"
    inside = exif.get_ifd(_EXIF_IFD)
    inside[_USER_COMMENT] = b"UNICODE\0" + text.encode("utf-16-be")
    inside[_MAKER_NOTE] = ours.CHUNK.encode() + b"\0" + record.to_json().encode()
    return exif.tobytes()


def _saved(picture: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()
