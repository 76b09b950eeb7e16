"""Import of models, which are either tested and copied into the models folder, or used in place."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from itertools import chain
from pathlib import Path

from gdm_studio import preferences
from gdm_studio.common import atomic_files, paths
from gdm_studio.common.errors import ModelError, StorageError
from gdm_studio.common.translation_markers import translatable
from gdm_studio.models.files.checkpoints import SUFFIXES, find_entries, is_listed_name, is_weights_name
from gdm_studio.models.files.weight_file_names import name_of
from gdm_studio.models.fingerprint import fingerprint_of_files
from gdm_studio.models.installed.model_table import ModelTableRow, files_of, weights_of
from gdm_studio.models.model_library import Library


class NoModelsError(ModelError):
    """Error for a folder that contains no file that may be a model."""


def absolute_path(folder: Path) -> Path:
    """Return the absolute path of a folder in the form that is saved in the preferences: without "..", but with
    symbolic links unresolved.
    """
    return Path(os.path.abspath(folder.expanduser()))


def add_folder(folder: Path) -> bool:
    """Add one of the user's folders or model files to the locations that are scanned for models. Nothing is copied.

    Returns False if the location was already listed. Raises NoModelsError if a folder and its subfolders contain no
    file that may be a model, and StorageError if the location does not exist or the preferences cannot be saved. No
    model file is opened.
    """
    place = absolute_path(folder)
    try:
        # The search for models skips folders that cannot be read.
        is_model_file = not stat.S_ISDIR(os.stat(place).st_mode) and is_weights_name(place.name)
        if not is_model_file:
            os.listdir(place)
    except OSError as error:
        raise atomic_files.storage_error(place, error) from error
    except ValueError as error:
        raise StorageError(f"{str(folder)!r} is not a valid folder name; choose another.") from error
    found = find_entries([place])
    if not is_model_file and not any(os.path.isdir(each) or is_weights_name(each) for each in found):
        raise NoModelsError(translatable("{name} contains no weight files; choose another model.", name=place.name))
    named = preferences.load().model_folders
    if place in (paths.models_dir(), *map(Path, named)):
        return False
    preferences.change({"model_folders": (*named, str(place))})
    return True


def remove_folder(folder: Path) -> bool:
    """Remove a folder from the locations that are scanned for models. The files in it are not deleted.

    Returns False if it was not listed. Raises StorageError if the preferences cannot be saved.
    """
    place = absolute_path(folder)
    named = preferences.load().model_folders
    remaining = tuple(each for each in named if Path(each) not in (place, folder))
    if remaining != named:
        preferences.change({"model_folders": remaining})
    return remaining != named


def import_model(file: Path, library: Library, *, even_unusable: bool = False) -> ModelTableRow:
    """Test a model, LoRA or other add-on, copy it into a new folder inside the models folder, and return its row in the
    table of installed models.

    If the same weights are already installed, nothing is copied. An add-on whose name is taken gets a number. Files of
    a known but unsupported kind are copied only with `even_unusable`. Imports torch. Raises ModelError if the file is
    damaged or not a model, and StorageError if it cannot be copied; in both cases nothing is left behind.
    """
    import torch

    from gdm_studio.models.files.weights import check_files
    from gdm_studio.models.installed.add_on_check import check_add_on

    whole = file.is_dir()
    if not is_listed_name(file.name) and not whole:
        raise ModelError(
            translatable(
                "{name} is not a model file; choose one that ends in {suffixes}.",
                name=file.name,
                suffixes=", ".join(SUFFIXES),
            )
        )
    found = library.row_at(file, even_unusable=even_unusable)
    if found.card is not None and not (found.card.needs or found.card.accepts.needs_vae):
        library.load(str(file), device=torch.device("cpu"), dtype=torch.float32)
    if not found.unusable:
        check_files(weights_of(found))
        check_add_on(file, found.family.partition(" · ")[0])
    if line := _find_known(found, library):
        return line
    # Prompts refer to an add-on by its name, so a second add-on of that name could not be used.
    taken = {line.name.casefold() for line in library.model_table() if found.card is None and line.card is None}
    names = (name for name in atomic_files.numbered_names(name_of(file)) if name.casefold() not in taken)
    name = next(names)
    folder = paths.models_dir()
    part = folder / f".{secrets.token_hex(16)}{atomic_files.PART}"
    atomic_files.make_folder(part)
    try:
        for each in files_of(found):
            copy = part / each.relative_to(file if whole else file.parent)
            # A generic file name is retained, since the name of its folder is shown instead.
            if not whole and name_of(file) == file.stem and copy.name.startswith(f"{file.stem}."):
                copy = copy.with_name(name + copy.name.removeprefix(file.stem))
            _copy(each, copy)
        atomic_files.NewFile(folder, chain([name], names)).take(part)
    except OSError as error:
        raise atomic_files.storage_error(folder, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    atomic_files.sync_folder(folder)
    if line := _find_known(found, library):
        return line
    raise ModelError(f"{file.name} was changed while it was copied; copy it again.")


def _find_known(found: ModelTableRow, library: Library) -> ModelTableRow | None:
    """Return the table row of the installed model that has the same weights as the file to be imported, or None."""
    library.refresh()
    digits = fingerprint_of_files(weights_of(found))
    alike = (line for line in library.model_table() if line.file_bytes == found.file_bytes)
    return next((line for line in alike if fingerprint_of_files(weights_of(line)) == digits), None)


def _copy(source: Path, target: Path) -> None:
    atomic_files.make_folder(target.parent)
    with atomic_files.open_file(source) as original, open(target, "xb") as copy:
        shutil.copyfileobj(original, copy)
        copy.flush()
        os.fsync(copy.fileno())
