"""What was found out about files, kept in the cache folder between runs; made anew where it is damaged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from gdm_studio import atomic, paths
from gdm_studio.errors import StorageError

MOST = 20_000  # facts in a file: those kept first go first


class Kept:
    """Facts by name in one JSON file of that name, under a checksum of their own.

    `maker` says by what they were found: what another maker kept counts for nothing.
    """

    def __init__(self, name: str, maker: str = "") -> None:
        self._name, self._maker = name, maker

    @property
    def path(self) -> Path:
        return paths.cache_dir() / "models" / f"{self._name}.json"

    def load(self) -> dict[str, Any]:
        """All of them; none where the file is missing, damaged or another maker's."""
        try:
            checksum, _, data = atomic.read(self.path).partition(b"\n")
            if checksum.decode() != _checksum(data):
                return {}
            found = json.loads(data)
        except (StorageError, ValueError, RecursionError):
            return {}
        match found:
            case {"maker": self._maker, "facts": dict(facts)}:
                return facts
        return {}

    def save(self, facts: Mapping[str, Any]) -> None:
        """Keeps these instead; where the disk takes nothing they are found out again the next time."""
        newest = dict(list(facts.items())[-MOST:])
        data = json.dumps({"maker": self._maker, "facts": newest}, default=str).encode()
        with suppress(StorageError):
            atomic.make_folder(self.path.parent)
            atomic.write(self.path, _checksum(data).encode() + b"\n" + data, durable=False)


def _checksum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
