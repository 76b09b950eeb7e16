"""Combination of models that lack text encoders with those in other files, and with a VAE."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from gdm_studio.models.catalogue.description import TEXT_ENCODER
from gdm_studio.models.catalogue.inventory import XL, inventory, suggest_vae
from gdm_studio.models.catalogue.scanner import ScannedEntry
from gdm_studio.models.files.names import name_of
from gdm_studio.models.files.text_encoder import USUAL_FILES

# Kind of a model without text encoders, for which parts are missing.
_KIND = "U-Net"
# Names under which VAEs are usually distributed: for SDXL, and for Stable Diffusion 1 and 2.
USUAL_VAES = {True: "sdxl_vae.safetensors", False: "vae-ft-mse-840000-ema-pruned.safetensors"}


def combine_parts(entries: Iterable[ScannedEntry], among: Sequence[ScannedEntry]) -> Iterator[ScannedEntry]:
    """Yield the entries, with parts of `among` added to the models that lack text encoders.

    A model whose parts are not all found becomes unusable, for a reason that names the missing parts.
    """
    for each in entries:
        yield _combined(each, among) if each.card is not None and each.card.needs else each


def _combined(model: ScannedEntry, among: Sequence[ScannedEntry]) -> ScannedEntry:
    card = model.card
    assert card is not None
    beside = dict(card.beside)
    defaults = dict(card.defaults)
    seen = model.seen
    missing = []
    for part, encoder in card.needs.items():
        if (found := _text_encoder(encoder, among)) is not None:
            beside[part] = Path(found.path)
            seen = seen.combined_with(found.seen)
        else:
            missing.append(f"{USUAL_FILES[encoder]} ({encoder})")
    if card.accepts.needs_vae:
        if name := suggest_vae(card.base, inventory(filter(_is_vae, among), {})):
            defaults["vae"] = name
        else:
            missing.append(f"{USUAL_VAES[card.base.startswith(XL)]} (VAE)")
    if missing:
        what = f"{Path(model.path).name} is a U-Net of {card.base} without text encoders"
        files = ", ".join(missing[:-1]) + " and " * (len(missing) > 1) + missing[-1]
        reason = f"{what}. Put {files} into the models folder."
        about = replace(model.about, kind=_KIND, base=card.base)
        return replace(model, card=None, reason=reason, about=about)
    names = ", ".join(name_of(beside[part]) for part in card.needs)
    summary = f"{card.summary}; text encoders: {names}"
    whole = replace(card, summary=summary, beside=beside, defaults=defaults, needs={})
    return replace(model, card=whole, seen=seen)


def _text_encoder(name: str, among: Sequence[ScannedEntry]) -> ScannedEntry | None:
    """Return a text encoder by its name, such as "CLIP-L". Files with the usual name are preferred."""
    found = [each for each in among if (each.about.kind, each.about.base) == (TEXT_ENCODER, name) and not each.reason]
    usual = Path(USUAL_FILES[name]).stem
    return min(found, key=lambda each: name_of(Path(each.path)).casefold() != usual, default=None)


def _is_vae(each: ScannedEntry) -> bool:
    return each.about.kind == "VAE" and not each.reason
