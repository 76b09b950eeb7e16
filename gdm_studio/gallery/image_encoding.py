"""Encoding of a generated image with its settings as PNG, lossless WebP or JPEG."""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gdm_studio.gallery.metadata import a1111_parameters
from gdm_studio.gallery.metadata import record as ours
from gdm_studio.request.generation_request import Request

FORMATS = ("png", "webp", "jpeg")
_JPEG_QUALITY = 95
# Bytes that fit into one segment of a JPEG.
MAX_EXIF = 65_000
_EXIF_IFD = 0x8769
_USER_COMMENT = 0x9286
_SOFTWARE = 0x0131
_MAKER_NOTE = 0x927C


def encode_image(
    rgba: np.ndarray, record: ours.Record, request: Request, *, image_format: str = "png"
) -> tuple[str, bytes]:
    """Encode a generated image with its settings as a PNG, JPEG or WebP file, and return (file suffix, content).

    `rgba` is a uint8 array (height, width, 3 or 4). The settings are stored twice: as A1111 text, which other tools
    read, and as our own record. In a JPEG, transparency becomes white. If the settings are too long for JPEG or WebP,
    the image is saved as PNG.
    """
    height, width = rgba.shape[:2]
    version = f"{ours.TOOL} {record.app}"
    text = a1111_parameters.write_text(request, size=(width, height), version=version, made_with=record.made_with)
    picture = Image.fromarray(np.ascontiguousarray(rgba))
    if image_format != "png":
        exif = build_exif(text, record)
        if len(exif) <= MAX_EXIF:
            return ("jpg" if image_format == "jpeg" else image_format), encode_pixels(
                picture, image_format, {}, exif=exif
            )
    return "png", encode_pixels(picture, "png", texts_of(text, record))


def texts_of(text: str, record: ours.Record) -> dict[str, str]:
    """Return the texts in which a PNG file stores an image's settings, by keyword: the A1111 text and our record."""
    return {a1111_parameters.CHUNK: text, ours.CHUNK: record.to_json()}


def encode_pixels(
    picture: Image.Image, image_format: str, texts: Mapping[str, str], *, exif: bytes = b"", profile: bytes = b""
) -> bytes:
    """Encode an image as one of FORMATS, with EXIF data and an ICC profile if they are given. `texts` become text
    chunks of a PNG.

    WebP is lossless. In a JPEG, transparency becomes white.
    """
    options: dict[str, object] = {"exif": exif} if exif else {}
    options |= {"icc_profile": profile} if profile else {}
    if image_format == "png":
        chunks = PngInfo()
        for keyword, text in texts.items():
            (chunks.add_text if text.isascii() else chunks.add_itxt)(keyword, text)
        return _encode(picture, "PNG", pnginfo=chunks, **options)
    if image_format == "webp":
        return _encode(picture, "WEBP", lossless=True, exact=True, quality=40, method=3, **options)
    if picture.mode == "RGBA":
        white = Image.new("RGBA", picture.size, (255, 255, 255, 255))
        picture = Image.alpha_composite(white, picture).convert("RGB")
    return _encode(picture, "JPEG", quality=_JPEG_QUALITY, subsampling=0, **options)


def build_exif(text: str, record: ours.Record, exif: Image.Exif | None = None) -> bytes:
    """Return EXIF data of a saved image, with the settings as A1111 text in the user comment and as our own record in
    the maker note. They are added to `exif`, if given.
    """
    exif = Image.Exif() if exif is None else exif
    exif[_SOFTWARE] = f"{ours.TOOL} {record.app}"
    inside = exif.get_ifd(_EXIF_IFD)
    inside[_USER_COMMENT] = b"UNICODE\0" + text.encode("utf-16-be")
    inside[_MAKER_NOTE] = ours.CHUNK.encode() + b"\0" + record.to_json().encode()
    return exif.tobytes()


def _encode(picture: Image.Image, image_format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, image_format, **options)
    return buffer.getvalue()
