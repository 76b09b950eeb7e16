"""Control models of the models folders, and the models that they are for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from gdm_studio.models.card import ModelCard
from gdm_studio.models.catalogue.scanner import ScannedEntry
from gdm_studio.models.files.checkpoints import is_gguf_name
from gdm_studio.models.files.names import name_of, names_of
from gdm_studio.models.files.recognition import CONTROLS


def control_models(entries: Iterable[ScannedEntry], base: str) -> dict[str, Path]:
    """Return {name: file} of the control models for models of the kind `base`, by the names that are shown."""
    return {name: path for name, path in named_control_models(entries, base).items() if name == name_of(path)}


def named_control_models(entries: Iterable[ScannedEntry], base: str) -> dict[str, Path]:
    """Return {name: file} of the control models for models of the kind `base`, by every name that they answer to."""
    usable = (each for each in entries if each.about.kind in CONTROLS and each.about.base == base and not each.reason)
    files = sorted((Path(each.path) for each in usable), key=lambda path: is_gguf_name(path.name))
    found: dict[str, Path] = {}
    for path in files:
        found.setdefault(name_of(path), path)
    for path in files:
        for name in names_of(path):
            found.setdefault(name, path)
    return found


def with_control_models(cards: Iterable[ScannedEntry], among: Iterable[ScannedEntry]) -> Iterator[ScannedEntry]:
    """Yield the entries, with the names of the control models in the cards of models that can use them."""
    among = list(among)
    for each in cards:
        card = each.card
        yield each if card is None or not card.accepts.controls else replace(each, card=_with_names(card, among))


def _with_names(card: ModelCard, among: Iterable[ScannedEntry]) -> ModelCard:
    names = tuple(sorted(control_models(among, card.base), key=str.casefold))
    return replace(card, accepts=replace(card.accepts, hints=names))
