"""Cache of facts about files in a JSON file, which is discarded if it is damaged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gdm_studio.common import atomic_files, paths
from gdm_studio.common.errors import StorageError
from gdm_studio.common.json_reader import parse_json

# Maximum number of facts in a file. If there are more, the oldest facts are removed.
MOST = 20_000


@dataclass(frozen=True)
class JsonCache:
    """Cache of values that were computed from files, stored by name in one JSON file with a checksum.

    `maker` identifies the version of the code that computed the values. Values from other versions are ignored.
    """

    name: str
    maker: str = ""

    @property
    def path(self) -> Path:
        return paths.cache_dir() / "models" / f"{self.name}.json"

    def load(self) -> dict[str, Any]:
        """Return the cached values by name, or {} if the file is missing, damaged or was written by another version of
        the code.
        """
        return self.facts(self.content())

    def content(self) -> bytes:
        """Return the content of the cache file without its checksum, or b"" if the file is missing or damaged."""
        try:
            checksum, _, data = atomic_files.read(self.path).partition(b"\n")
            return data if checksum.decode() == _checksum(data) else b""
        except (StorageError, ValueError):
            return b""

    def facts(self, content: bytes) -> dict[str, Any]:
        """Return the values in the content of a cache file by name, or {} if it was written by another version of the
        code.
        """
        try:
            found = parse_json(content)
        except ValueError:
            return {}
        match found:
            case {"maker": self.maker, "facts": dict(facts)}:
                return facts
        return {}

    def save(self, facts: Mapping[str, Any]) -> None:
        """Replace the content of the cache file with the given values. Errors are ignored, because missing values are
        simply computed again.
        """
        newest = dict(list(facts.items())[-MOST:])
        data = json.dumps({"maker": self.maker, "facts": newest}, default=str).encode()
        with suppress(StorageError):
            atomic_files.make_folder(self.path.parent)
            atomic_files.write(self.path, _checksum(data).encode() + b"\n" + data, durable=False)


def _checksum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
