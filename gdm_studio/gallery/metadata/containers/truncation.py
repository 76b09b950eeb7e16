"""Detection of truncated image files, for example after an interrupted download."""

from __future__ import annotations

import os
from pathlib import Path

from gdm_studio.common.atomic_files import open_file, storage_error
from gdm_studio.common.image_file import MOST_BYTES
from gdm_studio.gallery.metadata.containers import jpeg, png

# {start of a file: the bytes that follow its pixels}
_END_MARKERS = {png.SIGNATURE: b"IEND\xaeB`\x82", jpeg.SIGNATURE: b"\xff\xd9"}
# Bytes at the end of a file in which the end of the pixels is searched first.
_TAIL = 2**16


def is_truncated(path: Path) -> bool:
    """Return True if a PNG, JPEG or WebP file ends before all of its pixels. The pixels are not decoded. Raises
    StorageError.
    """
    try:
        with open_file(path) as file:
            head = file.read(12)
            size = file.seek(0, os.SEEK_END)
            if head.startswith(b"RIFF") and head[8:] == b"WEBP":
                return size < 8 + int.from_bytes(head[4:8], "little")
            end = next((end for start, end in _END_MARKERS.items() if head.startswith(start)), None)
            if end is None:
                return False
            # A thumbnail in the metadata is a JPEG image too, with the same bytes at its end.
            start = jpeg.metadata_end(file) if head.startswith(jpeg.SIGNATURE) else 0
            file.seek(max(start, size - _TAIL))
            if end in file.read(_TAIL):
                return False
            # Some cameras append a video to the photo.
            file.seek(start)
            return end not in file.read(MOST_BYTES)
    except OSError as error:
        raise storage_error(path, error) from error
