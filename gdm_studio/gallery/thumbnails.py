"""Small versions of pictures, made once and kept in the cache."""

from __future__ import annotations

import io
import struct
from pathlib import Path

from PIL import Image

from gdm_studio.errors import StorageError
from gdm_studio.gallery import files
from gdm_studio.gallery.picture import Picture

_QUALITY = 85
_METHOD = 2  # of 0 … 6: the encoder's effort


class Thumbnails:
    """A folder of WebP files, named after the picture and the state of its file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, picture: Picture, side: int) -> Path:
        """A file with the picture at most `side` pixels wide and high: its own where it is that small.

        Raises StorageError where the picture cannot be read or the cache not be written.
        """
        if max(picture.size) <= side:
            return picture.path
        try:
            mtime = picture.path.stat().st_mtime_ns
        except OSError as error:
            raise files.problem(picture.path, error) from error
        path = self.folder / str(side) / picture.id[:2] / f"{picture.id}-{mtime:x}.webp"
        if not path.exists():
            files.make_folder(path.parent)
            files.write(path, _small(picture.path, side), durable=False)
        return path


def _small(path: Path, side: int) -> bytes:
    buffer = io.BytesIO()
    try:
        with Image.open(path) as image:
            image.draft("RGB", (side, side))  # lets a JPEG decode at a fraction of its size
            small = image if image.mode in ("RGB", "RGBA") else image.convert("RGBA")
            small.thumbnail((side, side), Image.Resampling.LANCZOS)
            small.save(buffer, "WEBP", quality=_QUALITY, method=_METHOD)
    except (OSError, SyntaxError, ValueError, TypeError, struct.error, Image.DecompressionBombError) as error:
        raise StorageError(f"{path} is damaged and cannot be shown.") from error
    return buffer.getvalue()
