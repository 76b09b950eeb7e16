"""Which weights a model has: a short hash, for the pictures it makes."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gdm_studio.errors import StorageError
from gdm_studio.models.accepts import PLAIN
from gdm_studio.models.adapters.finding import files_named
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


def find_out(card: ModelCard) -> None:
    """Begins to read the weights in a thread of its own, so that `fingerprint` has less to wait for."""

    def read() -> None:
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
