"""Completion of models without text encoders or VAEs, using parts from other files in the models folders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from gdm_studio.models.files.weight_file_names import name_of
from gdm_studio.models.installed.model_table import XL, create_rows, suggest_vae
from gdm_studio.models.installed.scanner import ScannedEntry
from gdm_studio.models.required_parts import BorrowedPart, RequiredPart, missing_parts_reason

# Names under which VAEs are usually distributed: for SDXL, and for Stable Diffusion 1 and 2.
USUAL_VAES = {True: "sdxl_vae.safetensors", False: "vae-ft-mse-840000-ema-pruned.safetensors"}
# Kinds of incomplete models, by the prediction of their networks.
_KINDS = {"flow": "Diffusion transformer"}


def combine_parts(entries: Iterable[ScannedEntry], among: Sequence[ScannedEntry]) -> Iterator[ScannedEntry]:
    """Yield the scanned models and add-ons. Models that lack a text encoder or VAE are completed with parts from the
    files in `among`.

    A model whose missing part is not found becomes unusable; the reason in its entry names the missing parts.
    """
    for each in entries:
        yield _complete_model(each, among) if each.card is not None and each.card.needs else each


def _complete_model(model: ScannedEntry, among: Sequence[ScannedEntry]) -> ScannedEntry:
    card = model.card
    assert card is not None
    beside = dict(card.beside)
    borrowed = []
    defaults = dict(card.defaults)
    seen = model.seen
    missing = []
    for part, wanted in card.needs.items():
        if (found := _find_part(wanted, among)) is not None:
            beside[part] = Path(found.path)
            borrowed.append(_borrow_part(part, wanted, found))
            seen = seen.combined_with(found.seen)
        elif not wanted.is_optional:
            missing.append(wanted)
    if card.accepts.needs_vae:
        if name := suggest_vae(card.base, create_rows(filter(_is_vae, among), {})):
            defaults["vae"] = name
        else:
            missing.append(RequiredPart("vae", 4, card.base, USUAL_VAES[card.base.startswith(XL)]))
    if missing:
        about = replace(model.about, kind=_KINDS.get(card.prediction, "U-Net"), base=card.base)
        reason = missing_parts_reason(Path(model.path).name, missing)
        return replace(model, card=None, reason=reason, about=about)
    texts = ", ".join(name_of(beside[part]) for part in card.needs if part != "vae" and part in beside)
    summary = f"{card.summary}; text encoders: {texts}" if texts else card.summary
    if "vae" in card.needs:
        summary += f"; VAE: {name_of(beside['vae'])}"
    for part, wanted in card.needs.items():
        if part not in beside:
            summary += f"; without its {wanted.title}"
    whole = replace(card, summary=summary, beside=beside, borrowed=tuple(borrowed), defaults=defaults, needs={})
    return replace(model, card=whole, seen=seen)


def _borrow_part(part: str, wanted: RequiredPart, each: ScannedEntry) -> BorrowedPart:
    path = Path(each.path)
    files = next(found.files for found in each.parts if found == wanted.found)
    return BorrowedPart(part, wanted.title, path, tuple(path / file for file in files) or (path,))


def _find_part(wanted: RequiredPart, among: Sequence[ScannedEntry]) -> ScannedEntry | None:
    """Return the file or folder that contains the required text encoder or VAE, or None. A file with the part's usual
    name is preferred.
    """
    found = [each for each in among if wanted.found in each.parts and not each.reason]
    usual = name_of(Path(wanted.usual_file)).casefold()
    return min(
        found,
        key=lambda each: (name_of(Path(each.path)).casefold() != usual, each.card is not None),
        default=None,
    )


def _is_vae(each: ScannedEntry) -> bool:
    return each.about.kind == "VAE" and not each.about.base and not each.reason
