"""Model files at any https address, which are downloaded into the models folder."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from gdm_studio.common import atomic_files, paths
from gdm_studio.common.errors import BadRequest
from gdm_studio.common.translation_markers import translatable
from gdm_studio.downloads.file_transfer import Source, check_address
from gdm_studio.models.files.checkpoints import SUFFIXES, is_weights_name

MAX_NAME = 150


@dataclass(frozen=True)
class WebFile:
    """Model file at an address. Until it is complete and readable, it is in a hidden folder that no scan enters."""

    source: Source

    @property
    def folder(self) -> Path:
        """Folder of the unfinished file."""
        digits = hashlib.sha256(self.source.url.encode()).hexdigest()[:32]
        return paths.models_dir() / f".{digits}{atomic_files.PART}"

    @property
    def part(self) -> Path:
        """Path of the unfinished file."""
        return self.folder / f"{self.source.name}.incomplete"

    @property
    def complete(self) -> Path:
        """Path of the complete file before it is examined."""
        return self.folder / self.source.name

    def move_into_place(self) -> Path:
        """Move the complete file into the models folder, under a free name. Raises StorageError."""
        target = paths.models_dir()
        stem, suffix = Path(self.source.name).stem, Path(self.source.name).suffix
        names = atomic_files.numbered_names(stem, suffix)
        try:
            kept = atomic_files.NewFile(target, names).take(self.complete)
        except OSError as error:
            raise atomic_files.storage_error(target, error) from error
        atomic_files.sync_folder(target)
        self.discard()
        return kept

    def discard(self) -> None:
        """Delete the unfinished file."""
        shutil.rmtree(self.folder, ignore_errors=True)


def parse_address(text: str) -> WebFile:
    """Read the address of a model file. Raises DownloadError if it is not https, and BadRequest if it does not end in a
    suffix of model files.
    """
    url = text.strip()
    check_address(url)
    name = unquote(PurePosixPath(urlsplit(url).path).name)
    safe = "".join(each for each in name if each.isalnum() or each in " .-_+()").strip(" .")[-MAX_NAME:]
    if not is_weights_name(safe) or safe.casefold() in SUFFIXES:
        raise BadRequest(
            translatable(
                "{url} does not end in the name of a model file ({suffixes}); enter the address of one.",
                url=url,
                suffixes=", ".join(SUFFIXES),
            )
        )
    return WebFile(Source(url, safe))
