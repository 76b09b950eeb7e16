"""Cache of facts about files in a JSON file, which is discarded if it is damaged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from gdm_studio.common import atomic_files, paths
from gdm_studio.common.errors import StorageError
from gdm_studio.common.json_reader import parse_json

# Maximum number of facts in a file. Beyond it, the oldest facts are removed.
MOST = 20_000


class JsonCache:
    """Cache of values that were computed from files, stored by name in one JSON file with a checksum.

    `maker` identifies the version of the code that computed the values. Values from other versions are ignored.
    """

    def __init__(self, name: str, maker: str = "") -> None:
        self._name = name
        self._maker = maker

    @property
    def path(self) -> Path:
        return paths.cache_dir() / "models" / f"{self._name}.json"

    def load(self) -> dict[str, Any]:
        """Return the cached values by name, or {} if the file is missing, damaged or was written by another version of
        the code.
        """
        try:
            checksum, _, data = atomic_files.read(self.path).partition(b"\n")
            if checksum.decode() != _checksum(data):
                return {}
            found = parse_json(data)
        except (StorageError, ValueError):
            return {}
        match found:
            case {"maker": self._maker, "facts": dict(facts)}:
                return facts
        return {}

    def save(self, facts: Mapping[str, Any]) -> None:
        """Replace the content of the cache file with these values. Errors are ignored, because missing values are
        simply computed again.
        """
        newest = dict(list(facts.items())[-MOST:])
        data = json.dumps({"maker": self._maker, "facts": newest}, default=str).encode()
        with suppress(StorageError):
            atomic_files.make_folder(self.path.parent)
            atomic_files.write(self.path, _checksum(data).encode() + b"\n" + data, durable=False)


def _checksum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
