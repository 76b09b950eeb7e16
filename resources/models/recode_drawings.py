"""Writes the tables of memorised drawings beside the built-in model again, in the current format:

    .venv/bin/python resources/models/recode_drawings.py

The drawings stay the same. The hash of a file that counts as weights belongs into `RECODED` of
`gdm_studio/models/fingerprint.py` with the hash that it had before, so that the model keeps its fingerprint.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from safetensors import safe_open

from gdm_studio.models.families.icons.drawing_table import DrawingTable, read_table, write_table

FOLDER = Path(__file__).parent / "icons-2"
FILES = ("icons-2.recall.safetensors", "icons-2.rare.safetensors")
# Metadata that `write_table` writes itself.
OWN = {"recall", "groups"}


def main() -> None:
    for name in FILES:
        file = FOLDER / name
        with safe_open(file, "np") as opened:
            facts = {key: value for key, value in opened.metadata().items() if key not in OWN}
        before, digest = read_table(file), _hash(file)
        components = _all_components(before)
        write_table(file, before, **facts)
        after = read_table(file)
        is_same = np.array_equal(after.rows, before.rows) and np.array_equal(_all_components(after), components)
        if not is_same or (after.step, after.blended) != (before.step, before.blended):
            raise ValueError(f"{name} has other drawings than before")
        print(f"{name}: {digest} is now {_hash(file)}")


def _all_components(table: DrawingTable) -> np.ndarray:
    return table.components(np.arange(len(table.rows)))


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
