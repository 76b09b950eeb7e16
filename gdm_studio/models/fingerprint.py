"""Which weights a model has: a short hash, for the pictures it makes."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from gdm_studio import atomic
from gdm_studio.errors import ModelError, StorageError
from gdm_studio.models.card import ModelCard
from gdm_studio.models.families import FAMILIES

DIGITS = 10


def fingerprint(card: ModelCard) -> str:
    """The first hex digits of the sha256 of all its weights; "" for a model that is in no file, or none any more."""
    family = next((family for family in FAMILIES if family.name == card.family), None)
    if family is None or card.path is None:
        return ""
    try:
        files = family.weights(card)
        return _hash(tuple((file, file.stat().st_mtime_ns) for file in files))
    except (OSError, StorageError, ModelError):
        return ""


@lru_cache(maxsize=8)
def _hash(files: tuple[tuple[Path, int], ...]) -> str:
    """Of the hashes of the files, in their order; their times are there for the cache."""
    whole = hashlib.sha256()
    for file, _ in files:
        with atomic.open_file(file) as opened:
            whole.update(hashlib.file_digest(opened, "sha256").digest())
    return whole.hexdigest()[:DIGITS]
