"""Reading whatever settings a picture file carries."""

from __future__ import annotations

from pathlib import Path

from gdm_studio.atomic import problem
from gdm_studio.gallery.metadata import a1111, ours
from gdm_studio.gallery.metadata.exif import read_comment
from gdm_studio.gallery.metadata.facts import Metadata
from gdm_studio.gallery.metadata.png import SIGNATURE, read_png


def read(path: Path) -> Metadata:
    """The settings in a picture file; `request` is None where it has none that can be restored.

    Raises StorageError where the file cannot be read or is no picture.
    """
    if not _is_png(path):
        size, comment = read_comment(path)
        return a1111.read_text(comment, size)
    size, texts = read_png(path)
    record = ours.Record.from_json(texts.get(ours.CHUNK, ""))
    if record is not None:
        return record.metadata(size)
    return a1111.read_text(texts.get(a1111.CHUNK, ""), size)


def _is_png(path: Path) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read(len(SIGNATURE)) == SIGNATURE
    except OSError as error:
        raise problem(path, error) from error
