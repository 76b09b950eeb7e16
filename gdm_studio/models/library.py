"""The models on this machine: listed without torch, loaded one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio import paths, preferences
from gdm_studio.errors import ModelError
from gdm_studio.models.card import ModelCard
from gdm_studio.models.families import FAMILIES, Family
from gdm_studio.models.header import read_header

if TYPE_CHECKING:
    import torch

    from gdm_studio.models.loaded import LoadedModel


class Library:
    """Built-in models and those in the user's models folder; keeps the last one loaded, and its quick variant."""

    def __init__(self) -> None:
        self._loaded: dict[tuple[str, torch.device, torch.dtype], LoadedModel] = {}

    def cards(self) -> list[ModelCard]:
        """Cards of all models that can be read, newest first."""
        found = []
        for path in _files():
            try:
                found.append(_describe(path)[1])
            except ModelError:
                continue  # a stray file in the folder is not worth refusing the others for
        return sorted(found, key=lambda card: card.date, reverse=True)

    def card(self, name: str) -> ModelCard:
        """The card of the model of that name, or of the safetensors file at that path; raises ModelError."""
        return self._find(name)[1]

    def is_loaded(self, name: str, *, device: torch.device, dtype: torch.dtype) -> bool:
        """Whether `load` would return at once."""
        return (name, device, dtype) in self._loaded

    def load(self, name: str, *, device: torch.device, dtype: torch.dtype) -> LoadedModel:
        """The model on the device, from memory where it is there already; raises ModelError."""
        place = (name, device, dtype)
        if place not in self._loaded:
            family, card = self._find(name)
            # the old one's memory is free before the new one needs it; a quick variant changes to and fro
            here = {at: model for at, model in self._loaded.items() if at[1:] == place[1:]}
            self._loaded = {at: model for at, model in here.items() if _are_kin(model.card, card)}
            self._loaded[place] = family.load(card, device, dtype)
        return self._loaded[place]

    def _find(self, name: str) -> tuple[Family, ModelCard]:
        if name.endswith(".safetensors"):
            return _describe(Path(name))
        for path in _files():
            try:
                family, card = _describe(path)
            except ModelError:
                continue
            if card.name == name:
                return family, card
        has = ", ".join(card.name for card in self.cards()) or "none yet"
        raise ModelError(f"There is no model called {name!r}; there are: {has}.")


def _are_kin(one: ModelCard, other: ModelCard) -> bool:
    return (one.fast_of or one.name) == (other.fast_of or other.name)


def _files() -> Iterator[Path]:
    others = map(Path, preferences.load().model_folders)
    for folder in (Path(str(paths.resources())) / "models", paths.models_dir(), *others):
        yield from sorted(folder.rglob("*.safetensors"))


def _describe(path: Path) -> tuple[Family, ModelCard]:
    header = read_header(path)
    for family in FAMILIES:
        if family.matches(header):
            return family, family.card(path, header)
    raise ModelError(f"{path.name} is a model of a kind that is not known here; choose another model file.")
