"""Models of people's own: put into the models folder once they have been loaded and so are sound, or used in place."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from gdm_studio import atomic, paths, preferences
from gdm_studio.errors import ModelError, StorageError
from gdm_studio.models.checkpoints import SUFFIXES, is_weights
from gdm_studio.models.fingerprint import of_files
from gdm_studio.models.held import Held, weights_of
from gdm_studio.models.library import Library


def place_of(folder: Path) -> Path:
    """As it is remembered: from the root on, without "..", its links as they are."""
    return Path(os.path.abspath(folder.expanduser()))


def use_in_place(folder: Path) -> bool:
    """Has models looked for in that folder, another tool's, from now on; nothing is copied. False where that is so.

    It may be a model's file as well.

    Raises StorageError where it is neither, or this cannot be remembered.
    """
    place = place_of(folder)
    try:
        os.stat(place) if is_weights(place.name) else os.listdir(place)
    except OSError as error:
        raise atomic.problem(place, error) from error
    except ValueError as error:
        raise StorageError(f"{str(folder)!r} is not what a folder can be called; choose another.") from error
    named = preferences.load().model_folders
    if place in (paths.models_dir(), *map(Path, named)):
        return False
    preferences.change({"model_folders": (*named, str(place))})
    return True


def leave(folder: Path) -> bool:
    """Looks no longer for models there, and changes nothing in it; False where that was so. Raises StorageError."""
    place = place_of(folder)
    named = preferences.load().model_folders
    kept = tuple(each for each in named if Path(each) not in (place, folder))
    if kept != named:
        preferences.change({"model_folders": kept})
    return kept != named


def add(file: Path, library: Library) -> Held:
    """Copies the model in that file or folder, or what models use, into a folder of its own; its line then.

    One whose weights are there already is left as it is. Imports torch. Raises ModelError where the file is nothing of
    that kind or damaged, StorageError where it cannot be copied; nothing is there then.
    """
    import torch

    from gdm_studio.models.weights import check_files

    whole = file.is_dir()
    if not is_weights(file.name) and not whole:
        raise ModelError(f"{file.name} is no model file; choose one that ends in {', '.join(SUFFIXES)}.")
    found = library.line_at(file)
    if found.card is not None and not found.card.accepts.needs_vae:
        library.load(str(file), device=torch.device("cpu"), dtype=torch.float32)
    check_files(weights_of(found))
    if line := _known(found, library):
        return line
    folder = paths.models_dir()
    part = folder / f".{secrets.token_hex(16)}{atomic.PART}"
    atomic.make_folder(part)
    try:
        for each in found.card.files if found.card is not None else weights_of(found):
            _copy(each, part / each.relative_to(file if whole else file.parent))
        atomic.NewFile(folder, atomic.numbered(file.name if whole else file.stem)).take(part)
    except OSError as error:
        raise atomic.problem(folder, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    atomic.sync_folder(folder)
    if line := _known(found, library):
        return line
    raise ModelError(f"{file.name} was changed while it was copied; copy it again.")


def _known(found: Held, library: Library) -> Held | None:
    """What the library has of these very weights."""
    library.refresh()
    digits = of_files(weights_of(found))
    alike = (line for line in library.held() if line.file_bytes == found.file_bytes)
    return next((line for line in alike if of_files(weights_of(line)) == digits), None)


def _copy(source: Path, target: Path) -> None:
    atomic.make_folder(target.parent)
    with atomic.open_file(source) as original, open(target, "xb") as copy:
        shutil.copyfileobj(original, copy)
        copy.flush()
        os.fsync(copy.fileno())
