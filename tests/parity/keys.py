"""The names and shapes of the published checkpoints' weights, as by_keys.py wrote them down."""

from __future__ import annotations

import json
import lzma
from typing import Any

from tests.parity.numbers import FOLDER

FILE = FOLDER / "keys.json.xz"


def told() -> dict[str, Any]:
    """Return for each network the shapes by name in "folder" and in "file", and "of" from folder to file names."""
    whole = json.loads(lzma.decompress(FILE.read_bytes()))
    found = {**whole["unets"], **whole["texts"], "vae": whole["vae"]}
    for network in found.values():
        for layout in ("folder", "file"):
            network[layout] = {name: tuple(shape) for name, shape in network[layout].items()}
    return found
