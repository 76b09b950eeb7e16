"""Recipe: the index by which a model's pictures are told to be close to a training drawing, beside its card."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gdm_studio.errors import ModelError
from gdm_studio.models.card import Source
from gdm_studio.models.origins import FILE, aligned, pack
from gdm_studio.training.data.licences import SOURCES
from gdm_studio.training.vocabulary import learned

DIMS = 36  # measured: more of them, told more coarsely, are larger and no better
STEP = 0.015  # of codes, in root mean square
NEAR = 0.065  # chosen on near copies and unrelated icons: docs/icons-log.md


def build(data: Path, card: Path, *, subset: str) -> int:
    """Write beside the card the index of the drawings of `subset` in the model's styles.

    Returns its size in bytes. Raises StudioError.
    """
    facts, pictures, rows = learned(data, card, subset=subset)
    seen, drawn = [], []
    for row in rows:
        if (code := aligned(np.array(pictures.pixels[row["index"]]))) is not None:
            title = SOURCES[row["set"]].title if row["set"] in SOURCES else ""
            seen.append(code)
            source = Source(row["set"], row["author"], row["licence"], row["source"], title=title)
            drawn.append((source, row["caption"]))
    if len(seen) < 2:
        raise ModelError(f"{data} has too few drawings of {facts['name']} to index; name those that it learned from.")
    dims = min(DIMS, len(seen))
    return pack(card.with_name(FILE), np.stack(seen), drawn, dims=dims, step=STEP, near=NEAR)
