"""Pictures taken out of the gallery together: copied into a folder, or packed into a ZIP with all their settings."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gdm_studio import __version__
from gdm_studio.atomic import NewFile, path_of, writing
from gdm_studio.drive import Drive
from gdm_studio.gallery import files, naming
from gdm_studio.gallery.export.stripping import stripped
from gdm_studio.gallery.metadata import facts_of
from gdm_studio.gallery.naming import USUAL, Named
from gdm_studio.gallery.picture import Picture

MANIFEST = "manifest.json"


def copies(pictures: Sequence[Picture], folder: Path, *, pattern: str = USUAL, metadata: bool = True) -> Iterator[Path]:
    """Copies the pictures' files into `folder` under names after `pattern`, one a step; the copy's path.

    Nothing is overwritten: a name that is taken becomes another. Without `metadata` the copies do not say how they
    were made. Raises StorageError, BadRequest.
    """
    naming.check_pattern(pattern)
    drive = Drive(folder)
    drive.check()
    files.make_folder(folder)
    for number, picture in enumerate(pictures, 1):
        drive.check()
        names = (f"{name}{picture.path.suffix.lower()}" for name in naming.names(pattern, _named(picture, number)))
        path = files.NewFile(folder, names).write(_content(picture, metadata))
        drive.wrote(path)
        yield path


def archive(
    pictures: Sequence[Picture], file: Path | NewFile, *, pattern: str = USUAL, metadata: bool = True
) -> Iterator[int]:
    """Packs the pictures into a ZIP file, one a step; how many are in it so far.

    `manifest.json` inside lists every picture's settings and what people added, also where the pictures themselves
    are without `metadata`. The file appears when all of it is there. Raises StorageError, BadRequest.
    """
    naming.check_pattern(pattern)
    files.make_folder(path_of(file).parent)
    entries: list[dict[str, Any]] = []
    taken = {MANIFEST}
    with writing(file) as target, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:
        for number, picture in enumerate(pictures, 1):
            found = naming.names(pattern, _named(picture, number))
            name = next(name for name in (f"{one}{picture.path.suffix.lower()}" for one in found) if name not in taken)
            taken.add(name)
            packed.writestr(name, _content(picture, metadata))
            entries.append({"file": name, **facts(picture)})
            yield number
        manifest = {"made_by": f"GDM Studio {__version__}", "pictures": entries}
        text = json.dumps(manifest, indent=1, ensure_ascii=True)
        packed.writestr(MANIFEST, text, compress_type=zipfile.ZIP_DEFLATED)


def facts(picture: Picture) -> dict[str, Any]:
    """All that is known of a picture, as JSON takes it."""
    return {
        "id": picture.id,
        "created": picture.created,
        **facts_of(picture.request, picture.size),
        "tool": picture.tool,
        "stopped_at": picture.stopped_at,
        "made_with": dict(picture.made_with),
        "favourite": picture.favourite,
        "tags": list(picture.tags),
        "note": picture.note,
        "request": json.loads(picture.request.to_json()),
    }


def _content(picture: Picture, metadata: bool) -> bytes:
    data = files.read(picture.path)
    return data if metadata else stripped(data, picture.path)


def _named(picture: Picture, number: int) -> Named:
    return Named(picture.request, picture.id, picture.created, picture.size, number)
