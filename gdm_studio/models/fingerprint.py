"""Which weights a model has: a short hash, for the pictures it makes."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gdm_studio import atomic
from gdm_studio.errors import StorageError
from gdm_studio.models.card import ModelCard
from gdm_studio.models.checkpoints import Stamp, is_settled, stamp_of
from gdm_studio.models.kept import Kept

DIGITS = 10
FIRST = {"icons": "8a3b3729b0", "icons-fast": "a0bfb37b28"}  # of 0.1.0, whose steps name no weights


def fingerprint(card: ModelCard) -> str:
    """The first hex digits of the sha256 of all its weights; "" for a model that is in no file, or none any more.

    A file is read for it once, and again only when it has changed: what was found is kept.
    """
    try:
        whole = hashlib.sha256(b"".join(map(_HASHES.of, card.weights)))
    except (OSError, StorageError):
        return ""
    return whole.hexdigest()[:DIGITS] if card.weights else ""


def find_out(card: ModelCard) -> None:
    """Begins to read the weights in a thread of its own, so that `fingerprint` has less to wait for."""
    threading.Thread(target=fingerprint, args=(card,), name="hashing", daemon=True).start()


def noted(found: Mapping[str, Any], model: str) -> str:
    """The weights that a record of steps names; for one that names none, those of 0.1.0, or "" for other models."""
    weights = found.get("weights", FIRST.get(model, ""))
    if not isinstance(weights, str):
        raise ValueError(weights)
    return weights


class _Hashes:
    """The sha256 of files, each found out by one thread while the others wait."""

    def __init__(self) -> None:
        self._known: dict[tuple[Path, Stamp | None], bytes] = {}
        self._kept = Kept("hashes")
        self._keeping = threading.Lock()
        self._reading: dict[Path, threading.Lock] = {}

    def of(self, file: Path) -> bytes:
        """Raises OSError or StorageError where it cannot be read."""
        stamp = stamp_of(file)
        with self._reading.setdefault(file, threading.Lock()):
            if (file, stamp) not in self._known:
                self._known[file, stamp] = self._of_before(file, stamp) or self._read(file, stamp)
            return self._known[file, stamp]

    def _of_before(self, file: Path, stamp: Stamp | None) -> bytes:
        match self._kept.load().get(str(file)):
            case [int(time), int(size), str(digest)] if (time, size) == stamp:
                return bytes.fromhex(digest)
        return b""

    def _read(self, file: Path, stamp: Stamp | None) -> bytes:
        with atomic.open_file(file) as opened:
            digest = hashlib.file_digest(opened, "sha256").digest()
        if stamp is not None and stamp_of(file) == stamp and is_settled([stamp]):
            with self._keeping:
                others = self._kept.load()
                others.pop(str(file), None)
                self._kept.save(others | {str(file): (*stamp, digest.hex())})
        return digest


_HASHES = _Hashes()
