"""Batch export of many images: copies in a folder, or a ZIP file with a manifest of their settings."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gdm_studio import __version__
from gdm_studio.common.atomic_files import NewFile, open_for_writing, path_of
from gdm_studio.common.removable_drive import RemovableDrive
from gdm_studio.gallery import filename_pattern
from gdm_studio.gallery.export.metadata_removal import strip_metadata
from gdm_studio.gallery.filename_pattern import DEFAULT, NameParts
from gdm_studio.gallery.saved_image import Picture
from gdm_studio.gallery.storage import file_operations

MANIFEST = "manifest.json"


def copy_images(
    pictures: Sequence[Picture], folder: Path, *, pattern: str = DEFAULT, metadata: bool = True
) -> Iterator[Path]:
    """Copy image files into `folder` under names from `pattern`, yielding the path of each copy.

    Existing files are never replaced. Without `metadata`, the copies contain no generation settings. Raises
    StorageError and BadRequest.
    """
    filename_pattern.check_pattern(pattern)
    drive = RemovableDrive(folder)
    drive.check()
    file_operations.make_folder(folder)
    for number, picture in enumerate(pictures, 1):
        drive.check()
        found = filename_pattern.iter_candidate_names(pattern, _collect_name_parts(picture, number))
        names = (f"{name}{picture.path.suffix.lower()}" for name in found)
        path = file_operations.NewFile(folder, names).write(_read_content(picture, metadata))
        drive.record_write(path)
        yield path


def write_archive(
    pictures: Sequence[Picture], file: Path | NewFile, *, pattern: str = DEFAULT, metadata: bool = True
) -> Iterator[int]:
    """Pack images into a ZIP file, yielding the number packed so far. The file has a temporary name until it is
    complete.

    Its `manifest.json` contains the settings and user data of every image, even if `metadata` is False and the image
    files themselves contain none. Raises StorageError and BadRequest.
    """
    filename_pattern.check_pattern(pattern)
    file_operations.make_folder(path_of(file).parent)
    entries: list[dict[str, Any]] = []
    taken = {MANIFEST}
    with open_for_writing(file) as target, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:
        for number, picture in enumerate(pictures, 1):
            found = filename_pattern.iter_candidate_names(pattern, _collect_name_parts(picture, number))
            name = next(name for name in (f"{one}{picture.path.suffix.lower()}" for one in found) if name not in taken)
            taken.add(name)
            packed.writestr(name, _read_content(picture, metadata))
            entries.append({"file": name, **image_facts(picture)})
            yield number
        manifest = {"made_by": f"GDM Studio {__version__}", "pictures": entries}
        text = json.dumps(manifest, indent=1, ensure_ascii=True)
        packed.writestr(MANIFEST, text, compress_type=zipfile.ZIP_DEFLATED)


def image_facts(picture: Picture) -> dict[str, Any]:
    """Return the settings, tags, note and other user data of a gallery image as JSON values, for the manifest of an
    export.
    """
    return {
        "id": picture.id,
        "created": picture.created,
        **picture.facts,
        "model": picture.model,
        "tool": picture.tool,
        "edited_from": picture.edited_from,
        "stopped_at": picture.stopped_at,
        "made_with": dict(picture.made_with),
        "favourite": picture.favourite,
        "tags": list(picture.tags),
        "note": picture.note,
        "request": json.loads(picture.request.to_json()) if picture.has_settings else None,
    }


def _read_content(picture: Picture, metadata: bool) -> bytes:
    data = file_operations.read(picture.path)
    return data if metadata else strip_metadata(data, picture.path)


def _collect_name_parts(picture: Picture, number: int) -> NameParts:
    stem = "" if picture.has_settings else picture.path.stem
    facts = picture.request, picture.id, picture.created, picture.size
    return NameParts(*facts, number, stem, picture.unstated, picture.made_with.get("title", ""))
