"""The models on this machine: listed without torch, loaded one at a time."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio import paths, preferences
from gdm_studio.atomic import PART
from gdm_studio.errors import ModelError
from gdm_studio.models.card import ModelCard
from gdm_studio.models.families import FAMILIES, Family
from gdm_studio.models.fingerprint import DIGITS, fingerprint
from gdm_studio.models.header import read_header
from gdm_studio.models.upscaler import FORMAT as UPSCALER

SUFFIX = ".safetensors"
PART_OF = "part_of"  # in the header of a file that belongs to a model

if TYPE_CHECKING:
    import torch

    from gdm_studio.models.loaded import LoadedModel


@dataclass(frozen=True)
class Refused:
    """A file in one of the folders that cannot be used, and why, in a sentence."""

    path: Path
    reason: str


class Library:
    """Built-in models and those in the user's models folder; keeps the last one loaded, and its quick variant."""

    def __init__(self) -> None:
        self._loaded: dict[tuple[str, torch.device, torch.dtype], LoadedModel] = {}

    def cards(self) -> list[ModelCard]:
        """Cards of all models that can be read, newest first, each under a name of its own."""
        return sorted((card for _, card in _described()), key=lambda card: card.date, reverse=True)

    def refused(self) -> list[Refused]:
        """The files beside them that cannot be used; what belongs to a model is none."""
        found = []
        for path in _files():
            try:
                _describe(path)
            except _Beside:
                continue
            except ModelError as error:
                found.append(Refused(path, str(error)))
        return found

    def card(self, name: str) -> ModelCard:
        """The card of the model of that name, of the safetensors file at that path, or of what `exact` names.

        Raises ModelError.
        """
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
        if name.endswith(SUFFIX):
            return _describe(Path(name))
        if found := next((found for found in _described() if found[1].name == name), None):
            return found
        if of_weights := _EXACT.fullmatch(name):
            return _of_weights(*of_weights.groups())
        has = ", ".join(card.name for card in self.cards()) or "none yet"
        raise ModelError(f"There is no model called {name!r}; there are: {has}.")


def exact(library: Library, name: str, weights: str) -> str:
    """What the model of that name with those weights, as `fingerprint` has them, is called in this library.

    Its name, where that has them or nothing is known of them; else the name of whichever model has them. Raises
    ModelError where none has.
    """
    if not weights:
        return name
    found = _EXACT.fullmatch(name)
    plain = found[1] if found else name
    with suppress(ModelError):  # gone, while one of another name may have them
        if fingerprint(library.card(plain)) in ("", weights):
            return plain
    return _of_weights(plain, weights)[1].name


_EXACT = re.compile(rf"(.+)@([0-9a-f]{{{DIGITS}}})", re.DOTALL)


def _of_weights(name: str, weights: str) -> tuple[Family, ModelCard]:
    for family, card in _described():
        if fingerprint(card) == weights:
            return family, card
    raise ModelError(
        f"This was made by other weights of {name} (hash {weights}); put that model's files into the models folder, "
        f"{paths.models_dir()}, or have them put there by `gdm-studio models add FILE`."
    )


def _are_kin(one: ModelCard, other: ModelCard) -> bool:
    return (one.fast_of or one.name) == (other.fast_of or other.name)


def _described() -> Iterator[tuple[Family, ModelCard]]:
    """All that can be read; one with the name of another before it, but other weights, is called name@weights."""
    first: dict[str, ModelCard] = {}
    for path in _files():
        try:
            family, card = _describe(path)
        except ModelError:
            continue  # it is among the `refused`, and no reason to do without the others
        before = first.setdefault(card.name, card)
        if before is not card and fingerprint(before) != (weights := fingerprint(card)):
            card = replace(card, name=f"{card.name}@{weights}", fast_of="")
        yield family, card


class _Beside(ModelError):
    """A file that belongs to a model and is none."""


def _files() -> Iterator[Path]:
    """All that could be a model, links to folders not followed, in an order that stays."""
    others = map(Path, preferences.load().model_folders)
    for folder in (Path(str(paths.resources())) / "models", paths.models_dir(), *others):
        found = (Path(place, name) for place, inside, names in os.walk(folder) for name in (*inside, *names))
        yield from sorted(path for path in found if path.name.endswith(SUFFIX) and not path.parent.name.endswith(PART))


def _describe(path: Path) -> tuple[Family, ModelCard]:
    header = read_header(path)
    for family in FAMILIES:
        if family.matches(header):
            return family, family.card(path, header)
    if PART_OF in header.metadata or header.metadata.get("format") == UPSCALER:
        raise _Beside(f"{path.name} is a part of the program or of a model; choose the model's own file.")
    raise ModelError(f"{path.name} is a model of a kind that is not known here; choose another model file.")
