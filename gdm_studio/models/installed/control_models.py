"""Control models in the models folders, and the models that can use them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from gdm_studio.models.adapters.adapter_detection import adapter_family
from gdm_studio.models.files.checkpoints import is_gguf_name
from gdm_studio.models.files.recognition import CONTROLS, IMAGE_PROMPTS, MODE_OF, control_modes
from gdm_studio.models.files.weight_file_names import name_of, names_of
from gdm_studio.models.installed.scanner import ScannedEntry
from gdm_studio.models.model_card import ModelCard
from gdm_studio.request.conditioning import REFERENCE


def named_control_models(entries: Iterable[ScannedEntry], base: str) -> dict[str, Path]:
    """Return the files of the control models (ControlNets and similar) for models of the kind `base`, such as "SDXL",
    by every name that a request may use.

    A union model has one name per mode, such as "NAME: pose". Displayed names come before alternative names.
    """
    # FLUX.1 dev and schnell have the same control models, like the same LoRAs.
    base = adapter_family(base)
    usable = [each for each in entries if each.about.kind in CONTROLS and each.about.base == base and not each.reason]
    usable.sort(key=lambda each: is_gguf_name(each.path))
    found: dict[str, Path] = {}
    for names in (lambda path: [name_of(path)], names_of):
        for each in usable:
            path = Path(each.path)
            for name in (_listed_name(name, each.about.kind) for name in names(path)):
                modes = control_modes(each.about.kind, base)
                for full in [f"{name}{MODE_OF}{mode}" for mode in modes] or [name]:
                    found.setdefault(full, path)
    return found


def control_models(entries: Iterable[ScannedEntry], base: str) -> list[str]:
    """Return the names of the control models for models of the kind `base`, as the menu shows them, in alphabetical
    order.
    """
    entries = list(entries)
    kinds = {Path(each.path): each.about.kind for each in entries}
    shown = [
        name
        for name, path in named_control_models(entries, base).items()
        if _listed_name(name_of(path), kinds[path]) in (name, name.rpartition(MODE_OF)[0])
    ]
    return sorted(shown, key=str.casefold)


def _listed_name(name: str, kind: str) -> str:
    """Return the name under which a control model is listed. If its own name equals the menu entry for reference
    images, its kind is appended.
    """
    return f"{name} ({kind})" if name == REFERENCE else name


def with_control_models(cards: Iterable[ScannedEntry], candidates: Iterable[ScannedEntry]) -> Iterator[ScannedEntry]:
    """Yield the scanned models and add-ons. Each model card that supports control images gets the names of the control
    models made for it.
    """
    candidates = list(candidates)
    for each in cards:
        card = each.card
        yield (
            each
            if card is None or not card.accepts.controls
            else replace(each, card=_add_control_names(card, candidates))
        )


def _add_control_names(card: ModelCard, candidates: Iterable[ScannedEntry]) -> ModelCard:
    refused = [(name, str(each.reason)) for each in candidates if each.reason for name in names_of(Path(each.path))]
    names = tuple(control_models(candidates, card.base))
    adapters = {Path(each.path) for each in candidates if each.about.kind in IMAGE_PROMPTS}
    files = named_control_models(candidates, card.base) if adapters else {}
    prompts = tuple(name for name in names if files.get(name) in adapters)
    return replace(
        card, accepts=replace(card.accepts, hints=names, image_prompts=prompts, refused_hints=tuple(refused))
    )
