"""Reading of image files in all supported formats. No other module opens image files.

Pixels that are shown, generated from or learnt from are read by `decode_rgba` alone, which applies the orientation and
the colour profile.
"""

from __future__ import annotations

import contextlib
import functools
import io
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from PIL import Image

from gdm_studio.common import atomic_files, iso_boxes, memory
from gdm_studio.common.archive_errors import IMAGE_ERRORS
from gdm_studio.common.errors import StorageError
from gdm_studio.common.lazy_import import LazyModule
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP, Sentence, translatable

if TYPE_CHECKING:
    from numpy import ndarray

# The window reads images when it is first painted, which must not wait for NumPy.
np: Any = LazyModule("numpy")

# The supported formats. Others start external programs (EPS) or are hardly ever used.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
# Suffixes of files in these formats.
SUFFIXES = (".png", ".jpg", ".jpeg", ".jfif", ".webp", ".avif", ".gif", ".bmp", ".tif", ".tiff")
# Formats of pictures that are not read, by the suffixes of their files. They are named in errors.
OTHER_FORMATS = {
    ".jxl": "JPEG XL", ".heic": "HEIC", ".heif": "HEIC", ".jp2": "JPEG 2000", ".tga": "TGA", ".ppm": "PPM",
    ".pgm": "PGM", ".psd": "Photoshop", ".ico": "Windows icon (ICO)", ".dds": "DDS", ".qoi": "QOI",
    ".exr": "floating-point (EXR)", ".svg": "vector (SVG)",
}  # fmt: skip
# Those that a folder counts, but does not name: they mostly lie beside the pictures that they were made from.
COUNTED_SUFFIXES = (".svg", ".ico")
# The maximum number of pixels, 8192x8192, which take 256 MiB when decoded.
MOST_PIXELS = 2**26
# The maximum number of pixels of a WebP image, whose decoder holds four copies of them.
MOST_OF_WEBP = 7168 * 8192
# The maximum side in pixels, which is libjpeg's limit. Decoding rows of millions of pixels takes more memory than the
# image.
LONGEST_SIDE = 65_500
# The maximum size of a file in bytes, enough for a PNG of MOST_PIXELS that cannot be compressed. Some formats are read
# completely before the image size is known.
MOST_BYTES = 280_000_000
_ORIENTATION = 0x0112
_TRANSPOSES = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# The number of pixels that are converted at a time.
_PIXELS_AT_A_TIME = 2**20
# The first bytes of a PNG.
_PNG = b"\x89PNG\r\n\x1a\n"
# The first bytes of the formats that Pillow knows from the start and tries first.
_COMMON_SIGNATURES = (_PNG, b"\xff\xd8\xff")
# Pillow's modules for the other formats.
_PLUGINS = {"WEBP": "WebPImagePlugin", "TIFF": "TiffImagePlugin", "AVIF": "AvifImagePlugin"}
# The number of a PNG's chunks that are searched for its colours, and of a JPEG's segments for its first scan.
_MOST_CHUNKS = 1000
# The marker of a JPEG's scan, whose header begins with its number of channels.
_START_OF_SCAN = 0xDA
# TIFF tags and values: the bits of a level, and whether 0 is white.
_BITS = 258
_PHOTOMETRIC = 262
_WHITE_IS_ZERO = 0
# TIFF tag and value: channels that are stored one after the other.
_PLANES = 284
_SEPARATE_PLANES = 2
_LIBTIFF_LOCK = threading.Lock()
# The first bytes of a TIFF and of a BigTIFF, in both byte orders.
_TIFF_SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
# Primaries and curves of AVIF files (ITU-T H.273) that differ from sRGB's. Others are read as sRGB's, as browsers do.
_WIDE_PRIMARIES = (9, 12)
_OTHER_CURVES = (4, 8, 16, 18)


class _UnknownRangeError(ValueError):
    """Error for an image whose level of white is unknown."""


def is_picture_name(path: Path | str) -> bool:
    """Return True if a file has the suffix of a picture, also of one in a format that is not read. Files of a folder
    that cannot be read are then reported instead of being left out.
    """
    return str(path).lower().endswith((*SUFFIXES, *(OTHER_FORMATS.keys() - {*COUNTED_SUFFIXES})))


@contextlib.contextmanager
def open_image(
    path: Path, data: bytes | BinaryIO | None = None, *, may_shrink: bool = False, least_side: int = LONGEST_SIDE
) -> Iterator[Image.Image]:
    """Context manager that opens an image file of any supported format. It reads the header; the pixels are decoded on
    first use.

    Pass `data` if the content of the file is already in memory. If `may_shrink`, which is enough to show an image, a
    JPEG is decoded at the smallest of half, a quarter or an eighth of its size at which both sides have `least_side`
    pixels. One of more than MOST_PIXELS is at least halved, unless its decoder needs memory for all of them. Raises
    StorageError, also within the block, if `path` is not a file, is in none of FORMATS, is damaged, has more than
    MOST_PIXELS, MOST_OF_WEBP or MOST_BYTES, or has a side longer than LONGEST_SIDE.
    """
    source = io.BytesIO(data) if isinstance(data, bytes) else data
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(io.BufferedReader(atomic_files.open_file(path))) if source is None else source
        try:
            if file.seek(0, io.SEEK_END) > MOST_BYTES:
                raise _too_large_error(path, memory.format_bytes(MOST_BYTES))
            file.seek(0)
            # Pillow warns about damaged tags.
            stack.enter_context(warnings.catch_warnings(action="ignore"))
            picture = stack.enter_context(_open(file))
            is_large = picture.width * picture.height > MOST_PIXELS
            if may_shrink and (not is_large or _is_decoded_by_rows(picture, file)):
                width, height = (max(min(least_side, side // (1 + is_large)), 1) for side in picture.size)
                picture.draft("RGB", (width, height))
            if picture.width * picture.height > MOST_PIXELS:
                raise Image.DecompressionBombError
            if picture.format == "WEBP" and picture.width * picture.height > MOST_OF_WEBP:
                raise _too_many_pixels_error(path, "7168x8192")
            if max(picture.size) > LONGEST_SIDE:
                raise _too_large_error(path, translatable("{count:,} pixels on a side", count=LONGEST_SIDE))
            yield picture
        except _UnknownRangeError as error:
            template = QT_TRANSLATE_NOOP(
                "Errors", "{path} has levels from {low} to {high}, whose white is unknown; save it with levels 0 to 1."
            )
            low, high = error.args
            raise StorageError(translatable(template, path=path, low=f"{low:g}", high=f"{high:g}")) from error
        except Image.DecompressionBombError as error:
            # Pillow raises this error too, above twice its limit.
            raise _too_many_pixels_error(path, "8192x8192") from error
        except OSError as error:
            raise atomic_files.storage_error(path, error) if error.errno else unreadable_image_error(path) from error
        except IMAGE_ERRORS as error:
            raise unreadable_image_error(path) from error


@functools.cache
def register_formats() -> None:
    """Import Pillow's modules for FORMATS. Otherwise Pillow imports those for all of its formats, when it first meets
    one that is less common than PNG or JPEG.
    """
    Image.preinit()
    for name in FORMATS:
        if name not in Image.OPEN:
            # Earlier versions of Pillow have no module for AVIF.
            with contextlib.suppress(ImportError):
                import_module(f"PIL.{_PLUGINS[name]}")


def _open(file: BinaryIO) -> Image.Image:
    """Open an image file with Pillow. A PNG that Pillow cannot open with its colour profile, since that is damaged or
    larger than 1 MiB, is opened without it, and the profile is added.
    """
    if not file.read(len(_PNG)).startswith(_COMMON_SIGNATURES):
        register_formats()
    file.seek(0)
    try:
        picture = Image.open(file, formats=FORMATS)
        return _open_by_libtiff(file) if _has_deep_planes(picture) else picture
    except (OSError, *IMAGE_ERRORS):
        file.seek(0)
        start = file.read(len(_PNG))
        if start.startswith(_TIFF_SIGNATURES) and (found := _open_float_colours(file)) is not None:
            return found
        if start != _PNG or (profile := _find_chunk(file, b"iCCP")) is None:
            raise
        at, length = profile
        file.seek(0)
        data = file.read()
        picture = Image.open(io.BytesIO(data[:at] + data[at + 12 + length :]), formats=FORMATS)
        picture.info["icc_profile"] = _unpack_profile(data[at + 8 : at + 8 + length])
        return picture


def _open_float_colours(file: BinaryIO) -> Image.Image | None:
    """Read a TIFF with colours in floats as an upright image with 8 bits per channel. Returns None for other files."""
    from gdm_studio.common.float_tiff import find_float_colours

    file.seek(0)
    colours = find_float_colours(file.read())
    if colours is None:
        return None
    width, height = colours.size
    if width * height * colours.channels > MOST_PIXELS:
        raise Image.DecompressionBombError
    grey = Image.open(io.BytesIO(colours.data), formats=("TIFF",))
    low, high = _find_levels(grey)
    rgb = np.empty((height, width, len(colours.mode)), np.uint8)
    for top, strip in _iter_strips(grey):
        levels = np.asarray(strip).reshape(-1, width, colours.channels)[..., : len(colours.mode)]
        scaled = (np.nan_to_num(levels, posinf=high, neginf=low) - low) / (high - low)
        rgb[top : top + strip.height] = (scaled.clip(0, 1) * 255).round()
    picture = Image.frombytes(colours.mode, colours.size, rgb.tobytes())
    turn = _TRANSPOSES.get(colours.orientation)
    picture = picture if turn is None else picture.transpose(turn)
    if profile := grey.info.get("icc_profile"):
        picture.info["icc_profile"] = profile
    return picture


def _has_deep_planes(picture: Image.Image) -> bool:
    """Return True for a TIFF of several channels, each stored on its own with more than 8 bits and not compressed.
    Pillow's own decoder reads such levels as bytes.
    """
    tags = getattr(picture, "tag_v2", {})
    return (
        tags.get(_PLANES) == _SEPARATE_PLANES
        and max(tags.get(_BITS, (8,))) > 8
        and any(tile[0] == "raw" for tile in getattr(picture, "tile", ()))
    )


def _open_by_libtiff(file: BinaryIO) -> Image.Image:
    """Open a TIFF so that libtiff decodes it, as Pillow lets it do only for all files or for compressed ones."""
    # The window does not wait for this module when it is first painted.
    from PIL import TiffImagePlugin

    file.seek(0)
    with _LIBTIFF_LOCK:
        # Other threads that open a TIFF at the same time get libtiff too, which reads the same pixels.
        TiffImagePlugin.READ_LIBTIFF = True
        try:
            return Image.open(file, formats=FORMATS)
        finally:
            TiffImagePlugin.READ_LIBTIFF = False


def _unpack_profile(chunk: bytes) -> bytes | None:
    """Return the colour profile in a PNG's iCCP chunk, at most MOST_PROFILE bytes, or None if it is damaged."""
    from gdm_studio.common.colour_profiles import MOST_PROFILE

    packed = chunk[chunk.find(b"\0") + 1 :]
    unpacking = zlib.decompressobj()
    try:
        profile = unpacking.decompress(packed[1:], MOST_PROFILE) if packed.startswith(b"\0") else b""
    except zlib.error:
        return None
    return profile if unpacking.eof else None


def _find_chunk(file: BinaryIO, kind: bytes) -> tuple[int, int] | None:
    """Return the offset of a PNG chunk before the pixels and the length of its content, or None."""
    at = len(_PNG)
    for _ in range(_MOST_CHUNKS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8 or head[4:] == b"IDAT":
            return None
        length = int.from_bytes(head[:4])
        if head[4:] == kind:
            return at, length
        at += 12 + length
    return None


def _is_decoded_by_rows(picture: Image.Image, file: BinaryIO) -> bool:
    """Return True for an opened JPEG that is not progressive and whose first scan has all channels. For others, libjpeg
    stores the coefficients of all pixels, which take several times their memory.
    """
    if picture.format not in ("JPEG", "MPO") or "progressive" in picture.info:
        return False
    place = file.tell()
    file.seek(2)
    try:
        for _ in range(_MOST_CHUNKS):
            head = file.read(5)
            if len(head) < 5 or head[0] != 0xFF:
                return False
            if head[1] == _START_OF_SCAN:
                return head[4] == len(picture.getbands())
            file.seek(int.from_bytes(head[2:4]) - 3, io.SEEK_CUR)
        return False
    finally:
        file.seek(place)


def read_rgba(
    path: Path,
    data: bytes | BinaryIO | None = None,
    *,
    remarks: list[Sentence] | None = None,
    may_shrink: bool = False,
) -> Image.Image:
    """Read an image file as RGBA with straight alpha, upright and in sRGB, as `decode_rgba` does.

    Raises StorageError.
    """
    return Image.fromarray(read_rgba_array(path, data, remarks=remarks, may_shrink=may_shrink))


def read_rgba_array(
    path: Path,
    data: bytes | BinaryIO | None = None,
    *,
    remarks: list[Sentence] | None = None,
    may_shrink: bool = False,
) -> ndarray:
    """Return an image file as an RGBA array (height, width, 4) of bytes, upright and in sRGB, as `decode_rgba` does.

    `data` and `may_shrink` are those of `open_image`. Raises StorageError.
    """
    with open_image(path, data, may_shrink=may_shrink) as file:
        rgba, turn = _decode(file, remarks)
    # This frees the decoded pixels before the array is rotated.
    del file
    return np.ascontiguousarray(_rotate(rgba, turn))


def decode_rgba(picture: Image.Image, remarks: list[Sentence] | None = None) -> ndarray:
    """Decode an image opened by `open_image`, within its block, as an RGBA array (height, width, 4) of bytes with
    straight alpha, upright and in sRGB. For an animation, return the first frame.

    The EXIF orientation and the colour profile are applied exactly once. Remarks about colour information that cannot
    be used are added to `remarks`.

    The image is converted in strips, so that the peak memory use is only twice the size of the array.
    """
    rgba, turn = _decode(picture, remarks)
    return np.ascontiguousarray(_rotate(rgba, turn))


def _decode(picture: Image.Image, remarks: list[Sentence] | None) -> tuple[ndarray, Image.Transpose | None]:
    """Decode an opened image as RGBA in sRGB, and return it with the rotation that makes it upright."""
    # This loads the colour engine, which opening a file for its metadata does not need.
    from gdm_studio.common import colour_profiles

    cicp = _read_cicp(picture)
    # Pillow turns a TIFF itself when it is loaded, and a PNG may have its EXIF data after the pixels.
    picture.load()
    turn = None if picture.format == "TIFF" else _read_orientation(picture)
    conversion, remark = colour_profiles.srgb_conversion(picture, cicp)
    if remark is not None and remarks is not None:
        remarks.append(remark)
    is_deep = picture.mode[0] in "IF"
    low, high = _find_levels(picture) if is_deep else (0.0, 255.0)
    rgba = np.empty((picture.height, picture.width, 4), np.uint8)
    for top, strip in _iter_strips(picture):
        part = rgba[top : top + strip.height]
        if is_deep:
            levels = np.asarray(strip)
            scaled = (np.nan_to_num(levels.astype(np.float32), posinf=high, neginf=low) - low) / (high - low)
            scaled = (scaled.clip(0, 1) * 65535).round().astype(np.uint16)
            table = None if conversion is None else conversion.grey
            grey = (scaled.astype(np.uint32) + 128) // 257 if table is None else table[scaled]
            part[..., :3] = grey[..., None]
            clear = picture.info.get("transparency")
            part[..., 3] = np.where(levels == clear, 0, 255) if isinstance(clear, int) else 255
        else:
            strip = strip.convert({"La": "LA", "RGBa": "RGBA"}.get(strip.mode, strip.mode))
            part[:] = np.asarray(strip.convert("RGBA") if conversion is None else conversion.rgba(strip))
    return rgba, turn


def _find_levels(picture: Image.Image) -> tuple[float, float]:
    """Return the levels of black and white in a grey image with more than 8 bits.

    The levels of a 16-bit image are fixed. Integers of 32 bits have 8 or 16 used bits, and floats are 0 … 1 or such
    integers; the highest level decides between them. Raises _UnknownRangeError if the range cannot be determined.
    """
    tags = getattr(picture, "tag_v2", {})
    white = 0.0
    if picture.mode.startswith("I;16"):
        bits = tags.get(_BITS, (16,))[0]
        white = 2.0 ** min(max(bits, 1), 16) - 1
    elif picture.format == "PNG":
        white = 65535.0
    else:
        lows, highs = [], []
        for _, strip in _iter_strips(picture):
            levels = np.asarray(strip)
            if (finite := levels[np.isfinite(levels)]).size:
                lows.append(float(finite.min()))
                highs.append(float(finite.max()))
        low, high = min(lows, default=0.0), max(highs, default=0.0)
        # Filters overshoot, by up to a tenth. A picture with bytes of at most 2 would be black.
        is_unit = picture.mode == "F" and high <= 2
        white = 1.0 if is_unit else 255.0 if high <= 280 else 65535.0
        if low < -0.1 * high or high > 1.1 * white and not is_unit or picture.mode == "F" and 2 < high < 16:
            raise _UnknownRangeError(low, high)
    return (white, 0.0) if tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO else (0.0, white)


def _read_cicp(picture: Image.Image) -> bytes:
    """Return the content of a PNG's cICP chunk, or the like of an AVIF, which Pillow does not read, or b""."""
    file = getattr(picture, "fp", None)
    if file is None or picture.format not in ("PNG", "AVIF"):
        return b""
    at = file.tell()
    try:
        if picture.format == "AVIF":
            return b"" if picture.info.get("icc_profile") else _read_avif_cicp(file)
        found = _find_chunk(file, b"cICP")
        if found is None or found[1] != 4:
            return b""
        file.seek(found[0] + 8)
        return bytes(file.read(4))
    finally:
        file.seek(at)


def _read_avif_cicp(file: BinaryIO) -> bytes:
    """Return the colours of an AVIF in the form of a PNG's cICP chunk, or b"" if they are those of sRGB or damaged."""
    try:
        meta = iso_boxes.read_meta_box(file)
        properties = dict(iso_boxes.iter_contents(meta.get(b"iprp", b""))).get(b"ipco", b"")
        found = [body for kind, body in iso_boxes.iter_contents(properties) if kind == b"colr" and body[:4] == b"nclx"]
    except (ValueError, struct.error):
        return b""
    colours = found[0] if found else b""
    if len(colours) < 11:
        return b""
    primaries, curve = struct.unpack(">HH", colours[4:8])
    primaries = primaries if primaries in _WIDE_PRIMARIES else 1
    curve = curve if curve in _OTHER_CURVES else 13
    return b"" if (primaries, curve) == (1, 13) else bytes([primaries, curve, 0, 1])


def apply_orientation(picture: Image.Image) -> Image.Image:
    """Return the image rotated as its EXIF data require, or the same object if it is upright."""
    turn = _read_orientation(picture)
    return picture if turn is None else picture.transpose(turn)


def _read_orientation(picture: Image.Image) -> Image.Transpose | None:
    try:
        return _TRANSPOSES.get(picture.getexif().get(_ORIENTATION, 1))
    except (OSError, *IMAGE_ERRORS):
        # The EXIF data are damaged, but the image may be intact.
        return None


def _rotate(rgba: ndarray, turn: Image.Transpose | None) -> ndarray:
    """Return a rotated or mirrored view of an image array. `turn` is a constant of `Image.Transpose`, or None for no
    change.
    """
    match turn:
        case Image.Transpose.FLIP_LEFT_RIGHT:
            return rgba[:, ::-1]
        case Image.Transpose.FLIP_TOP_BOTTOM:
            return rgba[::-1]
        case Image.Transpose.ROTATE_180:
            return rgba[::-1, ::-1]
        case Image.Transpose.TRANSPOSE:
            return rgba.swapaxes(0, 1)
        case Image.Transpose.TRANSVERSE:
            return rgba[::-1, ::-1].swapaxes(0, 1)
        case Image.Transpose.ROTATE_90:
            return np.rot90(rgba)
        case Image.Transpose.ROTATE_270:
            return np.rot90(rgba, -1)
    return rgba


def _iter_strips(picture: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """Cut an image into horizontal strips of about _PIXELS_AT_A_TIME pixels, which are converted one at a time.

    Yields (index of the first row, strip).
    """
    rows = max(1, _PIXELS_AT_A_TIME // picture.width)
    for top in range(0, picture.height, rows):
        yield top, picture.crop((0, top, picture.width, min(top + rows, picture.height)))


def unreadable_image_error(path: Path) -> StorageError:
    """Return the error for an image file that cannot be decoded. If its format is known but not supported, the error
    names it.
    """
    if kind := _detect_unsupported_kind(path):
        return StorageError(
            translatable(
                "{path} is a {kind} picture, which is not supported; save it as PNG, JPEG or WebP.",
                path=path,
                kind=kind,
            )
        )
    if _read_head(path).startswith(_TIFF_SIGNATURES):
        template = QT_TRANSLATE_NOOP(
            "Errors", "{path} is a TIFF that is damaged or of an unsupported kind; save it as PNG, or with 8 bits."
        )
        return StorageError(translatable(template, path=path))
    return StorageError(
        translatable("{path} is not a picture, or it is damaged; choose a PNG, JPEG or WebP file.", path=path)
    )


def _read_head(path: Path) -> bytes:
    """Return the first bytes of a file, or b"" if it cannot be read."""
    try:
        with atomic_files.open_file(path) as file:
            return file.read(64)
    except (OSError, StorageError):
        return b""


def _detect_unsupported_kind(path: Path) -> str:
    head = _read_head(path)
    if head.startswith((b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n")):
        return "JPEG XL"
    brands = head[8 : int.from_bytes(head[:4], "big")] if head[4:8] == b"ftyp" else b""
    is_heic = any(brands[at : at + 3] in (b"hei", b"hev") for at in range(0, len(brands), 4))
    return "HEIC" if is_heic else OTHER_FORMATS.get(path.suffix.lower(), "")


def _too_large_error(path: Path, limit: str) -> StorageError:
    template = QT_TRANSLATE_NOOP(
        "Errors", "{path} has more than {limit}, which is the limit; choose a smaller copy of it."
    )
    return StorageError(translatable(template, path=path, limit=limit))


def _too_many_pixels_error(path: Path, limit: str) -> StorageError:
    template = QT_TRANSLATE_NOOP(
        "Errors", "{path} has more pixels than {limit}, which is the limit; choose a smaller copy of it."
    )
    return StorageError(translatable(template, path=path, limit=limit))
