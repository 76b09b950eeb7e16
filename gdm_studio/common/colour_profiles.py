"""Conversion of image pixels to sRGB by the colour information in the file: ICC profiles, PNG chunks and EXIF."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageCms

from gdm_studio.common.archive_errors import IMAGE_ERRORS
from gdm_studio.common.lazy_import import LazyModule
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP, Sentence, translatable

if TYPE_CHECKING:
    from numpy import ndarray

np: Any = LazyModule("numpy")


@dataclass(frozen=True)
class Conversion:
    """Conversion of an image's pixels to sRGB. `rgba` converts a strip of 8-bit pixels to RGBA; `grey` is the table of
    the 65,536 levels of a grey image, uint8, or None for colours.
    """

    rgba: Callable[[Image.Image], Image.Image]
    grey: ndarray | None = None


# The maximum size of an ICC profile in bytes. Profiles of printing presses have about 2 MB.
MOST_PROFILE = 2**22
# A profile that changes no level by more than this is sRGB itself. Its variants differ by rounding.
_TOLERANCE = 2
_GREYS = frozenset({"1", "L", "LA"})
# Chromaticities (x, y) of red, green, blue and white.
_SRGB = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290)
_ADOBE_RGB = (0.64, 0.33, 0.21, 0.71, 0.15, 0.06, 0.3127, 0.3290)
_P3 = (0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.3127, 0.3290)
_REC_2020 = (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, 0.3127, 0.3290)
# Parametric curves of the ICC specification, type 3: (exponent, a, b, c, d).
_SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
_VIDEO_CURVE = (1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081)
# Primaries and transfer curves of a PNG's cICP chunk (ITU-T H.273).
_CICP_PRIMARIES = {1: _SRGB, 9: _REC_2020, 12: _P3}
_CICP_CURVES = {1: _VIDEO_CURVE, 4: (2.2,), 6: _VIDEO_CURVE, 8: (1.0,), 13: _SRGB_CURVE, 14: _VIDEO_CURVE}
# EXIF: the interoperability directory and its index. Cameras mark Adobe RGB by "R03" (DCF 2.0).
_INTEROPERABILITY = 0xA005
_INDEX = 1
_D50 = (0.9642, 1.0, 0.8249)
_BRADFORD = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))


def srgb_conversion(picture: Image.Image, cicp: bytes = b"") -> tuple[Conversion | None, Sentence | None]:
    """Return the conversion of an opened image to sRGB, or None if its colours are sRGB.

    `cicp` is the content of a PNG's cICP chunk. The second value is a remark if the colour information cannot be used,
    in which case the colours are read as sRGB.
    """
    try:
        profile = _find_profile(picture, cicp)
        if not profile:
            return None, None
        if len(profile) > MOST_PROFILE:
            raise ValueError("too large")
        return _create_conversion(profile, _colour_kind(picture.mode)), None
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError, ArithmeticError, struct.error):
        template = QT_TRANSLATE_NOOP(
            "Errors", "The colour profile of the picture cannot be used; its colours are read as sRGB."
        )
        return None, translatable(template)


def convert_from_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Return an image, RGB or RGBA with colours in sRGB, with its colours converted to an ICC profile of RGB colours.

    The profile must be one for which `srgb_conversion` returns a conversion.
    """
    target = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    transform = ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"),
        target,
        "RGB",
        "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    converted = _apply_transform(picture.convert("RGB"), transform)
    if picture.mode == "RGBA":
        converted.putalpha(picture.getchannel("A"))
    return converted


def _colour_kind(mode: str) -> str:
    """Return the kind of an image mode's colours: "GRAY", "CMYK" or "RGB"."""
    if mode in _GREYS or mode == "La" or mode[0] in "IF":
        return "GRAY"
    return "CMYK" if mode == "CMYK" else "RGB"


def _find_profile(picture: Image.Image, cicp: bytes) -> bytes:
    """Return the ICC profile that describes the colours of an opened image, or b"" for sRGB.

    If a PNG has several descriptions, the order of its specification decides: cICP, iCCP, sRGB, gAMA with cHRM.
    """
    info = picture.info
    if picture.mode == "LAB":
        return b""
    if len(cicp) == 4:
        primaries, curve = _CICP_PRIMARIES.get(cicp[0]), _CICP_CURVES.get(cicp[1])
        if primaries is None or curve is None:
            raise ValueError("high dynamic range, or unknown")
        return _create_profile(picture.mode, primaries, curve)
    if "icc_profile" in info:
        if not isinstance(info["icc_profile"], bytes):
            raise ValueError("damaged")
        if info["icc_profile"]:
            return info["icc_profile"]
    if "srgb" in info:
        return b""
    if gamma := info.get("gamma"):
        return _create_gamma_profile(picture.mode, float(gamma), info.get("chromaticity"))
    if picture.format in ("JPEG", "MPO", "TIFF") and _colour_kind(picture.mode) == "RGB" and _is_adobe_rgb(picture):
        return matrix_profile(_ADOBE_RGB, (2.19921875,))
    return b""


def _create_gamma_profile(mode: str, gamma: float, chromaticity: object) -> bytes:
    """Return the ICC profile of a PNG's gAMA and cHRM chunks, or b"" if they describe sRGB, whose curve is about 1/2.2.

    Raises ValueError if their values are impossible.
    """
    primaries = _SRGB
    if isinstance(chromaticity, tuple) and len(chromaticity) == 8:
        # The chunk begins with white.
        primaries = (*chromaticity[2:], *chromaticity[:2])
    is_srgb = max(abs(a - b) for a, b in zip(primaries, _SRGB, strict=True)) < 0.002
    if is_srgb and abs(gamma - 1 / 2.2) < 0.012:
        return b""
    if not 0.1 <= gamma <= 10:
        raise ValueError("absurd gamma")
    return _create_profile(mode, primaries, (1 / gamma,))


def _create_profile(mode: str, primaries: tuple[float, ...], curve: tuple[float, ...]) -> bytes:
    if _colour_kind(mode) != "GRAY":
        return matrix_profile(primaries, curve)
    return b"" if curve == _SRGB_CURVE else grey_profile(curve)


def _is_adobe_rgb(picture: Image.Image) -> bool:
    try:
        index = picture.getexif().get_ifd(_INTEROPERABILITY).get(_INDEX)
    except (OSError, *IMAGE_ERRORS):
        return False
    return index in ("R03", b"R03", "R03\0", b"R03\0")


@lru_cache(maxsize=8)
def _create_conversion(profile: bytes, kind: str) -> Conversion | None:
    """Return the conversion of an image with a profile, or None if the profile is sRGB.

    `kind` is the kind of the image's colours. Raises PyCMSError, or ValueError if the profile is for another kind of
    colours.
    """
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    space = source.profile.xcolor_space.strip()
    if source.profile.device_class not in ("scnr", "mntr", "prtr", "spac"):
        raise ValueError("no profile of a device")
    if space == "GRAY" and kind == "GRAY":
        return _create_grey_conversion(source)
    if space == "CMYK" and kind == "CMYK":
        transform = _build_transform(source, "CMYK", "RGB")
        return Conversion(lambda strip: _apply_transform(strip, transform).convert("RGBA"))
    if space != "RGB" or kind == "CMYK":
        raise ValueError("the profile of other colours")
    transform = _build_transform(source, "RGBA", "RGBA")
    levels = [0, 32, 64, 96, 128, 160, 192, 224, 255]
    cube = np.stack(np.meshgrid(levels, levels, levels, [255]), -1).reshape(1, -1, 4)
    greys = np.arange(256)[None, :, None].repeat(4, 2)
    greys[..., 3] = 255
    probe = np.concatenate([cube, greys], 1).astype(np.uint8)
    changed = np.asarray(ImageCms.applyTransform(Image.fromarray(probe), transform))
    if np.abs(changed.astype(int) - probe).max() <= _TOLERANCE:
        return None
    if kind == "GRAY":
        # A colour profile in a grey image applies only to its greys.
        return _create_grey_table(np.interp(np.arange(65536) / 257, np.arange(256), changed[0, -256:, 1]))
    return Conversion(lambda strip: _apply_transform(strip.convert("RGBA"), transform))


def _create_grey_conversion(source: ImageCms.ImageCmsProfile) -> Conversion | None:
    ramp = Image.fromarray(np.arange(65536, dtype=np.uint16)[None])
    # Green is used, since a grey of the profile may differ from neutral by rounding in sRGB.
    return _create_grey_table(
        np.asarray(ImageCms.applyTransform(ramp, _build_transform(source, "I;16", "RGB")))[0, :, 1]
    )


def _create_grey_table(levels: ndarray) -> Conversion | None:
    """Return the conversion of grey levels by a table of 65,536 levels, or None if it changes nothing."""
    table = levels.round().astype(np.uint8)
    bytes_of = table[::257]
    if np.abs(bytes_of.astype(int) - np.arange(256)).max() <= _TOLERANCE:
        return None
    points = [*bytes_of.tolist()] * 3 + list(range(256))
    return Conversion(lambda strip: strip.convert("RGBA").point(points), table)


def _apply_transform(picture: Image.Image, transform: ImageCms.ImageCmsTransform) -> Image.Image:
    converted = ImageCms.applyTransform(picture, transform)
    # None is returned only for a conversion in place.
    assert converted is not None
    return converted


def _build_transform(source: ImageCms.ImageCmsProfile, mode: str, result: str) -> ImageCms.ImageCmsTransform:
    return ImageCms.buildTransform(
        source,
        ImageCms.createProfile("sRGB"),
        mode,
        result,
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """Return an ICC profile of sRGB, to be embedded in exported files."""
    return matrix_profile(_SRGB, _SRGB_CURVE, name="sRGB")


def matrix_profile(chromaticities: tuple[float, ...], curve: tuple[float, ...], *, name: str = "RGB") -> bytes:
    """Return an ICC profile (version 4) of an RGB space.

    `chromaticities` are x and y of red, green, blue and white; `curve` is a parametric curve of the specification: an
    exponent, or five numbers of type 3. Raises ValueError if no such space exists.
    """
    red, green, blue, white = (_chromaticity_to_xyz(*chromaticities[at : at + 2]) for at in (0, 2, 4, 6))
    primaries = np.array([red, green, blue]).T
    if abs(np.linalg.det(primaries)) < 1e-6:
        raise ValueError("the primaries are on a line")
    columns = primaries * np.linalg.solve(primaries, white)
    cones = np.array(_BRADFORD)
    adapted = np.linalg.inv(cones) @ np.diag((cones @ _D50) / (cones @ white)) @ cones
    columns = adapted @ columns
    if not np.abs(columns).max() < 100:
        raise ValueError("absurd primaries")
    primaries_of = {tag: _encode_number(*columns[:, at]) for at, tag in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))}
    chad = {b"chad": b"sf32\0\0\0\0" + _encode_fixed(*adapted.ravel())}
    curves = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _encode_curve(curve))
    return _write_profile(b"RGB ", name, chad | primaries_of | curves)


def grey_profile(curve: tuple[float, ...], *, name: str = "Grey") -> bytes:
    """Return an ICC profile (version 4) of greys with a parametric curve, as in `matrix_profile`."""
    return _write_profile(b"GRAY", name, {b"kTRC": _encode_curve(curve)})


def _write_profile(space: bytes, name: str, tags: dict[bytes, bytes]) -> bytes:
    """Return the file of an ICC profile with the given tags."""
    text = name.encode("utf-16-be")
    words = b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(text), 28) + text
    tags = {b"desc": words, b"cprt": words, b"wtpt": _encode_number(*_D50), **tags}
    table = struct.pack(">I", len(tags))
    body = b""
    start = 128 + 4 + 12 * len(tags)
    for tag, data in tags.items():
        table += struct.pack(">4sII", tag, start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    head = struct.pack(">I4sI4s4s4s", start + len(body), b"", 0x04300000, b"mntr", space, b"XYZ ")
    head += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + bytes(28) + _encode_fixed(*_D50)
    return head.ljust(128, b"\0") + table + body


def _encode_curve(curve: tuple[float, ...]) -> bytes:
    return b"para\0\0\0\0" + struct.pack(">HH", 3 if len(curve) == 5 else 0, 0) + _encode_fixed(*curve)


def _encode_number(*xyz: float) -> bytes:
    return b"XYZ \0\0\0\0" + _encode_fixed(*xyz)


def _chromaticity_to_xyz(x: float, y: float) -> ndarray:
    """Return the XYZ colour of a chromaticity at luminance 1. Raises ValueError if y is not positive."""
    if not (0 <= x <= 1 and 0 < y <= 1):
        raise ValueError("no chromaticity")
    return np.array([x / y, 1.0, (1 - x - y) / y])


def _encode_fixed(*values: float) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))
