"""Completion of models without text encoders or VAEs, using parts from other files in the models folders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from gdm_studio.models.files.weight_file_names import distinct_name, name_of
from gdm_studio.models.installed.model_table import XL, create_rows, suggest_vae
from gdm_studio.models.installed.scanner import ScannedEntry
from gdm_studio.models.required_parts import (
    UNCONDITIONAL,
    BorrowedPart,
    RequiredPart,
    missing_parts_reason,
)

# Names under which VAEs are usually distributed: for SDXL, and for Stable Diffusion 1 and 2.
USUAL_VAES = {True: "sdxl_vae.safetensors", False: "vae-ft-mse-840000-ema-pruned.safetensors"}
# End of the name of a VAE that belongs to the checkpoint beside it.
_VAE_BESIDE = ".vae"
# Kinds of incomplete models, by the prediction of their networks.
_KINDS = {"flow": "Diffusion transformer"}


def combine_parts(entries: Iterable[ScannedEntry], candidates: Sequence[ScannedEntry]) -> Iterator[ScannedEntry]:
    """Yield the scanned models and add-ons. Models that lack a text encoder or VAE are completed with parts from the
    files in `candidates`. The VAE beside a checkpoint becomes its default VAE.

    A model whose missing part is not found becomes unusable; the reason in its entry names the missing parts.
    """
    vaes = {Path(each.path): each for each in candidates if Path(each.path).stem.casefold().endswith(_VAE_BESIDE)}
    for each in entries:
        if each.card is None:
            yield each
            continue
        whole = _complete_model(each, candidates) if each.card.needs else each
        beside = next((vae for path, vae in vaes.items() if is_vae_of(path, Path(each.path))), None)
        if whole.card is not None and whole.card.accepts.vae and beside and (name := _vae_name(beside, candidates)):
            whole = replace(whole, card=replace(whole.card, defaults={**whole.card.defaults, "vae": name}))
        yield whole


def is_vae_of(path: Path, checkpoint: Path) -> bool:
    """Return True if a file is named as the VAE of a checkpoint: NAME.vae.safetensors, NAME.vae.pt or NAME.vae.ckpt
    beside NAME, as in A1111's web UI.
    """
    return path.parent == checkpoint.parent and path.stem.casefold() == checkpoint.stem.casefold() + _VAE_BESIDE


def _vae_name(vae: ScannedEntry, candidates: Iterable[ScannedEntry]) -> str:
    """Return the name of a VAE, or "" if it cannot be used. A copy of a VAE in another folder has the name of that."""
    usable = {each.path: Path(each.path) for each in candidates if _is_vae(each)}
    path = usable.get(vae.duplicate_of or vae.path)
    return "" if path is None else distinct_name(path, usable.values())


def _complete_model(model: ScannedEntry, candidates: Sequence[ScannedEntry]) -> ScannedEntry:
    card = model.card
    assert card is not None
    beside = dict(card.beside)
    borrowed = []
    defaults = dict(card.defaults)
    seen = model.seen
    missing = []
    for part, wanted in card.needs.items():
        if (found := find_part(wanted, candidates)) is not None:
            beside[part] = Path(found.path)
            borrowed.append(borrow_part(part, wanted, found))
            seen = seen.combined_with(found.seen)
        elif not wanted.is_optional:
            missing.append(wanted)
    if card.accepts.needs_vae:
        if name := suggest_vae(card.base, create_rows(filter(_is_vae, candidates), {})):
            defaults["vae"] = name
        else:
            missing.append(RequiredPart("vae", 4, card.base, USUAL_VAES[card.base.startswith(XL)]))
    if missing:
        about = replace(model.about, kind=_KINDS.get(card.prediction, "U-Net"), base=card.base)
        reason = missing_parts_reason(Path(model.path).name, missing)
        return replace(model, card=None, reason=reason, about=about)
    others = ("vae", UNCONDITIONAL)
    files = dict.fromkeys(beside[part] for part in card.needs if part not in others and part in beside)
    texts = ", ".join(map(name_of, files))
    summary = f"{card.summary}; text encoders: {texts}" if texts else card.summary
    if UNCONDITIONAL in card.needs:
        summary += f"; unconditional transformer: {name_of(beside[UNCONDITIONAL])}"
    if "vae" in card.needs:
        summary += f"; VAE: {name_of(beside['vae'])}"
    for part, wanted in card.needs.items():
        if part not in beside:
            summary += f"; without its {wanted.title}"
    whole = replace(card, summary=summary, beside=beside, borrowed=tuple(borrowed), defaults=defaults, needs={})
    return replace(model, card=whole, seen=seen)


def borrow_part(part: str, wanted: RequiredPart, entry: ScannedEntry) -> BorrowedPart:
    """Return the description of a part with the name `part` that a model takes from a scanned file or folder."""
    path = Path(entry.path)
    files = next(found.files for found in entry.parts if found == wanted.found)
    return BorrowedPart(part, wanted.title, path, tuple(path / file for file in files) or (path,))


def find_part(wanted: RequiredPart, candidates: Sequence[ScannedEntry]) -> ScannedEntry | None:
    """Return the file or folder that contains the required text encoder or VAE, or None. A file with the part's usual
    name is preferred.
    """
    found = [each for each in candidates if wanted.found in each.parts and not each.reason]
    usual = name_of(Path(wanted.usual_file)).casefold()
    return min(
        found,
        key=lambda each: (name_of(Path(each.path)).casefold() != usual, each.card is not None),
        default=None,
    )


def _is_vae(entry: ScannedEntry) -> bool:
    return entry.about.kind == "VAE" and not entry.about.base and not entry.reason
