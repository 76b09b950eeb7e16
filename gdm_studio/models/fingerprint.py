"""Which weights a model has: a short hash, for the pictures it makes."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from gdm_studio.errors import StorageError, StudioError
from gdm_studio.models.accepts import PLAIN
from gdm_studio.models.adapters.finding import adapters_in, files_named, words_in
from gdm_studio.models.card import ModelCard
from gdm_studio.models.checkpoints import stamp_of
from gdm_studio.models.hashes import hashes, known
from gdm_studio.request import Request

DIGITS = 10
FIRST = {"icons": "8a3b3729b0", "icons-fast": "a0bfb37b28"}  # of 0.1.0, whose steps name no weights


def fingerprint(card: ModelCard) -> str:
    """The first hex digits of the sha256 of all its weights; "" for a model that is in no file, or none any more.

    A file is read for it once, and again only when it has changed: what was found is kept.
    """
    return of_files(card.weights)


def is_known(card: ModelCard) -> bool:
    """Whether `fingerprint` has no file to read."""
    return all(known(file) is not None for file in card.weights)


def of_files(files: Sequence[Path]) -> str:
    """The same of some files."""
    try:
        whole = hashlib.sha256(b"".join(bytes.fromhex(hashes(file).sha256) for file in files))
    except (OSError, StorageError):
        return ""
    return whole.hexdigest()[:DIGITS] if files else ""


def of_parts(card: ModelCard) -> dict[str, str]:
    """The same of what a loaded model has beside its own files: vae_hash, refiner_hash; and what it is taken to predict
    where people may choose that.
    """
    files = card.weights_beside()
    files.pop("adapter", None)  # which is among its own weights
    found = {f"{name}_hash": digits for name, each in files.items() if (digits := of_files(each))}
    predicts = card.prediction + (f" {card.chosen_snr} zero terminal SNR" if card.chosen_snr else "")
    return found | ({"prediction": predicts} if card.accepts.vae else {})


def of_named(card: ModelCard, request: Request) -> dict[str, str]:
    """Which files of adapters and learnt words the prompts of a request name, by when they were written: `named`."""
    if not card.accepts.vae:
        return {}
    texts = [*request.prompt_weights(), request.negative_prompt]
    stamps = [stamp_of(file) for file in files_named(texts, plain=request.grammar == PLAIN)]
    return {"named": hashlib.sha256(repr(stamps).encode()).hexdigest()[:DIGITS]} if stamps else {}


def of_texts(card: ModelCard, request: Request) -> dict[str, str]:
    """Twelve digits, as the web UI has them, of each file that the prompts name: "LoRA NAME", "embedding NAME"."""
    found: dict[str, str] = {}
    prompts = list(request.prompt_weights()) if card.accepts.vae else []
    for name, file in adapters_in([] if request.grammar == PLAIN else prompts):
        with suppress(OSError, StudioError):  # one that went away meanwhile loses no picture
            found[f"LoRA {name}"] = hashes(file).content[:12]
    for word, file in words_in([*prompts, request.negative_prompt]).items() if prompts else ():
        with suppress(OSError, StudioError):
            found[f"embedding {word}"] = hashes(file).sha256[:12]
    return found


def for_others(card: ModelCard) -> dict[str, str]:
    """By what other tools know it and its parts, where a file was hashed before: model_autov2, vae_file …"""
    files = {"model": card.weights} | card.weights_beside()
    single = {name: each[0] for name, each in files.items() if len(each) == 1 and name != "adapter"}
    found = {f"{name}_autov2": forms.forms["AutoV2"] for name, file in single.items() if (forms := known(file))}
    return found | ({"vae_file": single["vae"].name} if "vae" in single else {})


def find_out(card: ModelCard, *, named_by: Request | None = None) -> None:
    """Begins to read the weights, or the files that a request names, in a thread, so that pictures wait for less."""

    def read() -> None:
        if named_by is not None:
            of_texts(card, named_by)
        else:
            fingerprint(card)
            of_parts(card)

    threading.Thread(target=read, name="hashing", daemon=True).start()


def noted(found: Mapping[str, Any], model: str) -> str:
    """The weights that a record of steps names; for one that names none, those of 0.1.0, or "" for other models."""
    weights = found.get("weights", FIRST.get(model, ""))
    if not isinstance(weights, str):
        raise ValueError(weights)
    return weights


def parts_noted(found: Mapping[str, Any]) -> dict[str, str]:
    """What such a record says of parts beside the model, as `of_parts` has it; raises ValueError."""
    parts = found.get("parts", {})
    if not isinstance(parts, dict) or not all(isinstance(part, str) for part in parts.values()):
        raise ValueError(parts)
    return parts
