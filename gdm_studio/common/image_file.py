"""Reading of image files in all supported formats. No other module opens image files."""

from __future__ import annotations

import contextlib
import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from PIL import Image

from gdm_studio.common import atomic_files, memory
from gdm_studio.common.errors import StorageError
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP, translatable
from gdm_studio.maths.lazy_import import LazyModule

if TYPE_CHECKING:
    from numpy import ndarray

# The window reads images when it is first painted, which must not wait for NumPy.
np: Any = LazyModule("numpy")

# The supported formats. Others start external programs (EPS) or are hardly ever used.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
# The maximum number of pixels, 8192x8192, which take 256 MiB when decoded.
MOST_PIXELS = 2**26
# The maximum number of pixels of a WebP image, whose decoder holds four copies of them.
MOST_OF_WEBP = 7168 * 8192
# The maximum side in pixels, which is libjpeg's limit. Decoding rows of millions of pixels takes more memory than the
# image.
LONGEST_SIDE = 65_500
# The maximum size of a file in bytes. Some formats are read completely before the image size is known.
MOST_BYTES = 90_000_000
_FAILS = (
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    EOFError,
    MemoryError,
    OverflowError,
    RuntimeError,
    struct.error,
    zlib.error,
)
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# The number of pixels that are converted at a time.
_STRIP = 2**20


@contextlib.contextmanager
def open_image(path: Path, data: bytes | BinaryIO | None = None) -> Iterator[Image.Image]:
    """Context manager that opens an image file of any supported format. It reads the header; the pixels are decoded on
    first use.

    Pass `data` if the content of the file is already in memory. Raises StorageError, also within the block, if `path`
    is not a file, is in none of FORMATS, is damaged, has more than MOST_PIXELS, MOST_OF_WEBP or MOST_BYTES, or has a
    side longer than LONGEST_SIDE.
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
            picture = stack.enter_context(Image.open(file, formats=FORMATS))
            if picture.width * picture.height > MOST_PIXELS:
                raise Image.DecompressionBombError
            if picture.format == "WEBP" and picture.width * picture.height > MOST_OF_WEBP:
                raise _too_many_pixels_error(path, "7168x8192")
            if max(picture.size) > LONGEST_SIDE:
                raise _too_large_error(path, translatable("{count:,} pixels on a side", count=LONGEST_SIDE))
            yield picture
        except Image.DecompressionBombError as error:
            # Pillow raises this error too, above twice its limit.
            raise _too_many_pixels_error(path, "8192x8192") from error
        except OSError as error:
            raise atomic_files.storage_error(path, error) if error.errno else unreadable_image_error(path) from error
        except _FAILS as error:
            raise unreadable_image_error(path) from error


def read_rgba(path: Path) -> Image.Image:
    """Read an image file as RGBA with straight alpha, rotated by its EXIF orientation.

    Raises StorageError. For an animation, returns the first frame.
    """
    return Image.fromarray(read_rgba_array(path))


def read_rgba_array(path: Path) -> ndarray:
    """Return an image as an RGBA array (height, width, 4) of bytes, rotated by its EXIF orientation.

    The image is converted in strips, so that the peak memory use is only twice the size of the array. Raises
    StorageError.
    """
    with open_image(path) as file:
        turn = _orientation_of(file)
        rgba = np.empty((file.height, file.width, 4), np.uint8)
        for top, strip in _strips(file):
            rgba[top : top + strip.height] = np.asarray(convert_to_8_bit(strip).convert("RGBA"))
    # This frees the decoded pixels before the array is rotated.
    del file
    return np.ascontiguousarray(_rotate(rgba, turn))


def apply_orientation(picture: Image.Image) -> Image.Image:
    """Return the image rotated as its EXIF data require, or the same object if it is upright."""
    turn = _orientation_of(picture)
    return picture if turn is None else picture.transpose(turn)


def _orientation_of(picture: Image.Image) -> Image.Transpose | None:
    try:
        return _TURNS.get(picture.getexif().get(_ORIENTATION, 1))
    except (OSError, *_FAILS):
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


def _strips(picture: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """Cut an image into horizontal strips of about _STRIP pixels, so that it can be converted with little memory.

    Yields (index of the first row, strip).
    """
    rows = max(1, _STRIP // picture.width)
    for top in range(0, picture.height, rows):
        yield top, picture.crop((0, top, picture.width, min(top + rows, picture.height)))


def convert_to_8_bit(picture: Image.Image) -> Image.Image:
    """Convert a 16-bit grey image to 8 bits, which Pillow itself would do by clipping values above 255.

    Other images are returned unchanged.
    """
    if not picture.mode.startswith("I"):
        return picture
    levels = np.empty((picture.height, picture.width), np.uint8)
    for top, strip in _strips(picture):
        levels[top : top + strip.height] = (np.asarray(strip).clip(0, 65535).astype(np.uint32) + 128) // 257
    return Image.fromarray(levels)


def unreadable_image_error(path: Path) -> StorageError:
    """Return the error for an image file that cannot be decoded. If its format is known but not supported, the error
    names it.
    """
    if kind := _unread_kind(path):
        return StorageError(
            translatable(
                "{path} is a {kind} picture, which is not supported; save it as PNG, JPEG or WebP.",
                path=path,
                kind=kind,
            )
        )
    return StorageError(
        translatable("{path} is not a picture, or it is damaged; choose a PNG, JPEG or WebP file.", path=path)
    )


def _unread_kind(path: Path) -> str:
    try:
        with atomic_files.open_file(path) as file:
            head = file.read(64)
    except (OSError, StorageError):
        return ""
    if head.startswith((b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n")):
        return "JPEG XL"
    brands = head[8 : int.from_bytes(head[:4], "big")] if head[4:8] == b"ftyp" else b""
    return "HEIC" if any(brands[at : at + 3] in (b"hei", b"hev") for at in range(0, len(brands), 4)) else ""


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
