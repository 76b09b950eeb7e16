"""Download of a model with all its parts, from the name that the user enters to the list of installed models."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gdm_studio import preferences
from gdm_studio.common import atomic_files
from gdm_studio.common.errors import BadRequest, ModelError, StudioError
from gdm_studio.common.optional_packages import reinstall_advice
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP, translatable
from gdm_studio.downloads.catalogue import CATALOGUE, find_model
from gdm_studio.downloads.file_transfer import DownloadError, Source, fetch, require_room
from gdm_studio.downloads.hub import HubFile, HubPath, choose_files, describe_file, parse_hub_path
from gdm_studio.downloads.web import parse_address
from gdm_studio.models.files.checkpoints import PIPELINES, is_weights_name
from gdm_studio.models.files.hashes import hash_file
from gdm_studio.models.installed.model_table import ModelTableRow
from gdm_studio.models.model_library import Library
from gdm_studio.models.required_parts import RequiredPart

# Bytes of the disk that stay free.
SPARE_BYTES = 200 * 10**6
# Bytes between two progress events.
STEP_BYTES = 2**20


@dataclass(frozen=True)
class Plan:
    """Event with the files of the download. `here` contains the files that are already on the disk."""

    files: tuple[str, ...]
    here: tuple[str, ...]
    # Number of bytes that remain to be downloaded.
    missing_bytes: int


@dataclass(frozen=True)
class Progress:
    """Event: bytes of a file have arrived. `done` and `total` count the bytes of all files of the download."""

    file: str
    done: int
    total: int


@dataclass(frozen=True)
class Added:
    """Event: the download is complete, and its models and parts are in the list of installed models."""

    rows: tuple[ModelTableRow, ...]


Event = Plan | Progress | Added


def download(name: str, library: Library) -> Iterator[Event]:
    """Download a model and all its parts, add them to the library, and yield the progress.

    `name` is a name of the catalogue, a repository of Hugging Face's hub (OWNER/NAME, or OWNER/NAME/FILE), or the
    address of a model file. Files that are on the disk are not downloaded again. The list of models contains whole
    files only. Raises DownloadError, BadRequest, ModelError or StorageError; calling it again resumes.
    """
    if not preferences.load().downloads:
        raise DownloadError(
            translatable(
                "Downloads are off; allow them in Settings under Permissions, or by `gdm-studio models get --allow`."
            )
        )
    try:
        import huggingface_hub  # noqa: F401 - the reason for the sentence below
    except ImportError as error:
        template = QT_TRANSLATE_NOOP("Errors", "Downloads need the package huggingface_hub. {advice}")
        raise DownloadError(translatable(template, advice=reinstall_advice())) from error
    if (listed := find_model(name)) is not None:
        wanted = [(HubPath(each.repository, each.path), each.part) for each in listed.files]
        yield from _download_from_hub(wanted, library)
    elif (hub_path := parse_hub_path(name)) is not None:
        yield from _download_from_hub([(each, None) for each in choose_files(hub_path)], library)
    elif "://" in name:
        yield from _download_from_web(name, library)
    else:
        names = ", ".join(each.name for each in CATALOGUE)
        template = QT_TRANSLATE_NOOP(
            "Errors", "There is no model {name!r} to download; enter an address, OWNER/NAME, or one of {names}."
        )
        raise BadRequest(translatable(template, name=name, names=names))


def _download_from_hub(wanted: Sequence[tuple[HubPath, RequiredPart | None]], library: Library) -> Iterator[Event]:
    """Download files of the hub into its cache, and use them there."""
    library.refresh()
    files: list[HubFile] = []
    here: list[str] = []
    for hub_path, part in wanted:
        name = hub_path.path.rpartition("/")[2]
        # Without asking the hub: the list of models shows that another file has the text encoder.
        if part is not None and (found := library.file_with_part(part)) is not None:
            here.append(f"{name} ({found.name})" if found.name != name else name)
            continue
        file = describe_file(hub_path)
        if not file.is_cached and (copy := _find_copy(file.source, library)) is not None:
            here.append(str(copy.name))
            continue
        if file.is_cached:
            here.append(name)
        files.append(file)
    missing = sum(each.missing_bytes for each in files)
    yield Plan(tuple(each.source.name for each in files if not each.is_cached), tuple(here), missing)
    if missing:
        require_room(files[0].folder, missing + SPARE_BYTES)
    total = sum(each.size for each in files)
    before = 0
    for file in files:
        if file.missing_bytes:
            yield from _report(file.source.name, fetch(file.source, file.part), before, total)
        if not file.is_cached:
            if not file.blob.is_file():
                # All bytes are here, of which the hash was not compared yet.
                for _ in fetch(file.source, file.part):
                    pass
            file.move_into_place()
        before += file.size
    added = _places_of(files)
    for place in added:
        library.row_at(place, even_unusable=True)
    _use_in_place(added)
    yield _scan_added(library, added)


def _places_of(files: Sequence[HubFile]) -> list[Path]:
    """Return the paths to list as models: the folder of a pipeline, or each weight file."""
    pipelines = [each.snapshot for each in files if each.hub_path.path in PIPELINES]
    return pipelines or [each.path for each in files if is_weights_name(each.path.name)]


def _use_in_place(places: Sequence[Path]) -> None:
    """Add files of the hub's cache to the locations that are scanned for models, unless they are in one of them."""
    named = preferences.load().model_folders
    new = [str(each) for each in places if not any(each.is_relative_to(folder) for folder in named)]
    if new:
        preferences.change({"model_folders": (*named, *new)})


def _download_from_web(address: str, library: Library) -> Iterator[Event]:
    """Download a file from any address into the models folder."""
    file = parse_address(address)
    yield Plan((file.source.name,), (), 0)
    if not file.complete.is_file():
        yield from _report(file.source.name, fetch(file.source, file.part), 0, 0)
        try:
            os.replace(file.part, file.complete)
        except OSError as error:
            raise atomic_files.storage_error(file.part, error) from error
    try:
        library.row_at(file.complete, even_unusable=True)
    except ModelError:
        # It is no model, such as the page of a login form.
        file.discard()
        raise
    library.refresh()
    yield _scan_added(library, [file.move_into_place()])


def _report(name: str, transfer: Iterator[tuple[int, int]], before: int, total: int) -> Iterator[Progress]:
    """Convert the progress of one file to events. `before` are the bytes of earlier files."""
    last = -STEP_BYTES
    for done, size in transfer:
        if done - last >= STEP_BYTES or done == size:
            last = done
            yield Progress(name, before + done, total or size)


def _scan_added(library: Library, places: Sequence[Path]) -> Added:
    """Scan the models folders, and return the event with the rows of the given files and folders."""
    library.refresh()
    rows = {line.path: line for line in library.model_table()}
    return Added(tuple(rows[each] for each in places if each in rows))


def _find_copy(source: Source, library: Library) -> Path | None:
    """Return an installed file with the size and the hash of a file on the hub, or None.

    Only files of the same size are hashed.
    """
    for line in library.model_table():
        if line.file_bytes == source.size and line.path.is_file() and len(source.digest) == 64:
            try:
                if hash_file(line.path).sha256 == source.digest:
                    return line.path
            except (OSError, StudioError):
                continue
    return None
