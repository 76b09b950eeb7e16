"""PNG, JPEG and WebP export, with or without the generation settings."""

from __future__ import annotations

import io
from collections.abc import Mapping

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gdm_studio.common.colour_profiles import srgb_profile
from gdm_studio.common.errors import BadRequest
from gdm_studio.gallery.export.export_source import Colour, on_background
from gdm_studio.gallery.metadata import a1111_parameters

_JPEG_QUALITY = 92
# Largest image in pixels whose JPEG gets optimised Huffman tables, which need all coefficients in memory.
_MAX_OPTIMISED = 2**24
# Largest WebP in pixels. Lossless compression takes 32 bytes of memory per pixel.
_MAX_WEBP = 2**24
# Largest side of a WebP in pixels, a limit of the format.
_MAX_WEBP_SIDE = 16_383
# The rendering intent in a PNG's sRGB chunk.
_PERCEPTUAL = b"\0"
_EXIF_IFD = 0x8769
_USER_COMMENT = 0x9286


def encode_png(picture: Image.Image, background: Colour | None = None, texts: Mapping[str, str] | None = None) -> bytes:
    """Encode an exported image as PNG: RGBA, or RGB if a background is given. `texts` become text chunks."""
    chunks = PngInfo()
    chunks.add(b"sRGB", _PERCEPTUAL)
    for keyword, text in (texts or {}).items():
        if text.isascii():
            chunks.add_text(keyword, text)
        else:
            chunks.add_itxt(keyword, text)
    return _encode(on_background(picture, background), "PNG", pnginfo=chunks)


def encode_jpeg(picture: Image.Image, background: Colour, texts: Mapping[str, str] | None = None) -> bytes:
    """Encode an exported image as JPEG on a background colour, without chroma subsampling (4:4:4), which would blur
    edges.
    """
    optimise = picture.width * picture.height <= _MAX_OPTIMISED
    return _encode(
        on_background(picture, background),
        "JPEG",
        quality=_JPEG_QUALITY,
        subsampling=0,
        optimize=optimise,
        exif=_build_exif(texts),
        icc_profile=srgb_profile(),
    )


def encode_webp(
    picture: Image.Image, background: Colour | None = None, texts: Mapping[str, str] | None = None
) -> bytes:
    """Encode an exported image as lossless WebP, which is smaller than JPEG for drawings.

    `texts` become EXIF. Raises BadRequest if the image is too large.
    """
    if picture.width * picture.height > _MAX_WEBP or max(picture.size) > _MAX_WEBP_SIDE:
        raise BadRequest(
            f"The picture is too large for WebP, which allows {_MAX_WEBP:,} pixels and {_MAX_WEBP_SIDE:,} per side; "
            "choose a smaller size, or PNG."
        )
    return _encode(
        on_background(picture, background),
        "WEBP",
        lossless=True,
        method=4,
        exif=_build_exif(texts),
        icc_profile=srgb_profile(),
    )


def _encode(picture: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def _build_exif(texts: Mapping[str, str] | None) -> bytes:
    """Return EXIF data for an exported image, with the A1111 text as user comment.

    Returns b"" if `texts` has no such text.
    """
    text = (texts or {}).get(a1111_parameters.CHUNK, "")
    if not text:
        return b""
    exif = Image.Exif()
    exif.get_ifd(_EXIF_IFD)[_USER_COMMENT] = b"UNICODE\0" + text.encode("utf-16-be", "replace")
    return exif.tobytes()
