"""List of the models for the window's menus, saved after each scan, so that the window need not read model files before
it appears.
"""

from __future__ import annotations

import json
import lzma
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio import __version__
from gdm_studio.common import atomic_files, paths
from gdm_studio.common.errors import StorageError
from gdm_studio.common.json_reader import MALFORMED, parse_json
from gdm_studio.models.dataclass_json import from_json, to_json
from gdm_studio.models.model_card import ModelCard

if TYPE_CHECKING:
    from gdm_studio.models.model_library import Library

# List of the built-in models, for the first start. `python -m tests.models.listing_writer` writes it.
BUILT_IN = "listing.json.xz"
# Stands for the folder of built-in models in the paths of that list.
FOLDER = "{models}"


@dataclass(frozen=True)
class ModelListing:
    """The models that the menus offer, with the parts that can be chosen for each.

    The cards of a saved listing have no vocabulary and no dictionary, which take longer to read than all other fields.
    """

    cards: tuple[ModelCard, ...] = ()
    # Names of the VAEs that can replace a model's own, by the model's name.
    vaes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    # Names of the upscalers of a second pass.
    upscalers: tuple[str, ...] = ()

    @cached_property
    def refiners(self) -> tuple[str, ...]:
        """Names of the models that can compute the last steps of another model."""
        return tuple(card.name for card in self.cards if card.accepts.refines)

    def list_parts(self, card: ModelCard) -> dict[str, list[str]]:
        """Return the names of the VAEs, refiners and upscalers that work with a model, keyed by setting name."""
        vaes = self.vaes.get(card.name, ())
        return {"vae": [*vaes], "refiner": [*self.refiners], "upscaler": [*self.upscalers]}


def listing_of(library: Library) -> ModelListing:
    """Return the list of a library's models. Opens no file if the library has been restored or scanned."""
    from gdm_studio.models.installed.model_table import suitable_vaes
    from gdm_studio.models.upscalers.built_in_upscaler import NAME

    cards, rows = library.cards(), library.model_table()
    vaes = {card.name: tuple(found) for card in cards if (found := suitable_vaes(card, rows))}
    return ModelListing(tuple(cards), vaes, (NAME, *library.upscalers()))


def save(listing: ModelListing) -> None:
    """Save the list for the next start, unless that fails."""
    text = json.dumps({"made_by": _describe_program(), "listing": _to_json(listing)}, default=str)
    try:
        if not _get_path().is_file() or atomic_files.read(_get_path()) != text.encode():
            atomic_files.write(_get_path(), text.encode())
    except (StorageError, UnicodeEncodeError):
        # The next start shows an earlier list until the folders are scanned.
        pass


def load() -> ModelListing:
    """Return the list that was saved last, or else that of the built-in models."""
    try:
        match parse_json(atomic_files.read(_get_path())):
            case {"made_by": made_by, "listing": listing} if made_by == _describe_program():
                return from_json(ModelListing, listing)
    except (StorageError, *MALFORMED):
        pass
    return built_in()


def built_in() -> ModelListing:
    """Return the list of the built-in models, from a file that is installed with the program."""
    folder = _built_in_models()
    packed = (folder / BUILT_IN).read_bytes()
    text = lzma.decompress(packed).decode().replace(FOLDER, json.dumps(str(folder))[1:-1])
    return from_json(ModelListing, json.loads(text))


def pack_built_in(listing: ModelListing) -> bytes:
    """Return the content of the file from which `built_in` reads a list."""
    data = json.loads(json.dumps(_to_json(listing), default=str))
    moved = _replace_folder(data, str(_built_in_models()))
    return lzma.compress(json.dumps(moved, ensure_ascii=False, separators=(",", ":")).encode(), preset=9)


def _replace_folder(value: Any, folder: str) -> Any:
    """Replace the folder of the built-in models in the texts of a JSON value."""
    if isinstance(value, dict):
        return {key: _replace_folder(each, folder) for key, each in value.items()}
    if isinstance(value, list):
        return [_replace_folder(each, folder) for each in value]
    return value.replace(folder, FOLDER) if isinstance(value, str) else value


def _to_json(listing: ModelListing) -> dict[str, Any]:
    light = tuple(replace(card, vocabulary=None, dictionary=None) for card in listing.cards)
    return to_json(replace(listing, cards=light))


def _describe_program() -> list[str]:
    """Return the version and the folder of the program that saves the list. A list saved by another version or folder
    is ignored.
    """
    return [__version__, str(_built_in_models())]


def _built_in_models() -> Path:
    return Path(str(paths.resources())) / "models"


def _get_path() -> Path:
    return paths.cache_dir() / "models" / "listing.json"
