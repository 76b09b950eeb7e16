"""The user comment of a JPEG or WebP: where tools that write no PNG put their settings."""

from __future__ import annotations

import struct
import warnings
from pathlib import Path

from PIL import Image

from gdm_studio.atomic import problem
from gdm_studio.errors import StorageError

_EXIF_IFD, _USER_COMMENT = 0x8769, 0x9286


def read_comment(path: Path) -> tuple[tuple[int, int], str]:
    """((width, height), user comment or "") of a picture of any format. Raises StorageError."""
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path) as image:  # of damaged tags
            return image.size, _comment(image)
    except (SyntaxError, ValueError, TypeError, KeyError, IndexError, struct.error, EOFError) as error:
        raise _damaged(path) from error
    except (Image.DecompressionBombError, Image.UnidentifiedImageError) as error:
        raise _damaged(path) from error
    except OSError as error:
        raise problem(path, error) if error.errno else _damaged(path) from error


def _comment(image: Image.Image) -> str:
    exif = image.getexif()
    raw = exif.get_ifd(_EXIF_IFD).get(_USER_COMMENT) or exif.get(_USER_COMMENT) or b""
    if not isinstance(raw, bytes):
        return str(raw)
    charset, text = raw[:8], raw[8:]
    if charset == b"UNICODE\0":
        return text.decode(_utf16_order(text), "replace")
    return (text if charset in (b"ASCII\0\0\0", bytes(8)) else raw).decode("utf-8", "replace")


def _utf16_order(text: bytes) -> str:
    """The A1111 family writes big-endian, SwarmUI little-endian: the zero halves of Latin letters tell."""
    return "utf-16-le" if text[1::2].count(0) > text[0::2].count(0) else "utf-16-be"


def _damaged(path: Path) -> StorageError:
    return StorageError(f"{path} is not a picture, or it is damaged; choose a PNG, JPEG or WebP file.")
