"""Pairs without labels: what the model draws beside a drawing of the same thing, for someone to say which is which."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gdm_studio.atomic import write
from gdm_studio.errors import StudioError
from gdm_studio.training.contact_sheet import contact_sheet
from gdm_studio.training.data.dataset import Row
from gdm_studio.training.evaluation.drawing import Drawings
from gdm_studio.training.evaluation.taught import Taught, digest, seed_of, seen_pairs

PAIRS = 20
COLUMNS = 8  # of single pictures: four pairs a row
SHUFFLE = 20  # decides the sides
SIDES = ("left", "right")


@dataclass(frozen=True)
class Pair:
    """A line of the key."""

    number: int
    thing: str
    ours: str  # the side of SIDES that the model's picture is on
    drawing: str  # the set and name of the other one


def things(rows: Sequence[Row], style: str) -> list[Row]:
    """A drawing of each of PAIRS plain things, chosen by a hash of their names, each thing once.

    None in `style`, the one that the model draws in: a model that redraws would be compared with its own copy.
    """
    others = [row for row in seen_pairs(rows, len(rows)) if row["style"] != style]
    first = {row["concept"]: row for row in reversed(others)}
    return sorted(first.values(), key=lambda row: digest("pairs", row["concept"]))[:PAIRS]


def write_pairs(path: Path, drawings: Drawings, taught: Taught) -> Path:
    """Writes the sheet, numbers alone on it, and the key beside it, whose path is returned. Raises StudioError.

    Ours is drawn with the model's default settings; both are shown at the size of the model's pictures.
    """
    base = drawings.base
    rows = things(taught.rows, base.style)
    if not rows:
        raise StudioError("The training pictures have no plain thing in a second style to compare with; add some.")
    requests = [replace(base, prompt=row["caption"], seed=seed_of(row)) for row in rows]
    ours, real = drawings.draw(f"pairs by {base.model}", requests), taught.drawings(rows)
    sides = np.random.default_rng(SHUFFLE).permutation(np.arange(len(rows)) % 2)
    shown: list[NDArray[np.uint8]] = []
    for side, mine, theirs in zip(sides, ours, real, strict=True):
        shown += [mine, theirs] if side == 0 else [theirs, mine]
    labels = [f"{number} {side}" for number in range(1, len(rows) + 1) for side in SIDES]
    contact_sheet(path, shown, labels, columns=COLUMNS)
    key = path.with_name(f"{path.stem}.key.json")
    pairs = [
        Pair(number, row["caption"], SIDES[side], f"{row['set']}/{row['name']}")
        for number, (row, side) in enumerate(zip(rows, sides, strict=True), 1)
    ]
    write(key, json.dumps([asdict(pair) for pair in pairs], ensure_ascii=False, indent=1).encode())
    return key
