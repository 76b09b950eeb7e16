"""Recipe: the index by which a model's pictures are told to be close to a training drawing, beside its card."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from gdm_studio.atomic import problem
from gdm_studio.errors import ModelError
from gdm_studio.models.card import Source
from gdm_studio.models.origins import FILE, aligned, pack
from gdm_studio.training.data.dataset import in_subset, open_pictures
from gdm_studio.training.data.licences import SOURCES

DIMS = 36  # measured: more of them, told more coarsely, are larger and no better
STEP = 0.015  # of codes, in root mean square
NEAR = 0.065  # chosen on near copies and unrelated icons: docs/icons-log.md


def build(data: Path, card: Path, *, subset: str) -> int:
    """Write beside the card the index of the drawings of `subset` in the model's styles.

    Returns its size in bytes. Raises StudioError.
    """
    try:
        facts = json.loads(card.read_text(encoding="utf-8"))
        styles = {style["id"] for style in facts["styles"]}
    except OSError as error:
        raise problem(card, error) from error
    except (ValueError, TypeError, KeyError) as error:
        raise ModelError(f"{card} is damaged ({error}); export the model again.") from error
    pictures = open_pictures(data)
    seen, drawn = [], []
    for row in pictures.rows:
        if in_subset(row, subset) and row["style"] in styles:
            code = aligned(np.array(pictures.pixels[row["index"]]))
            if code is not None:
                title = SOURCES[row["set"]].title if row["set"] in SOURCES else ""
                seen.append(code)
                source = Source(row["set"], row["author"], row["licence"], row["source"], title=title)
                drawn.append((source, row["caption"]))
    if len(seen) < 2:
        raise ModelError(f"{data} has no pictures in the styles of {facts['name']}; name those that it learned from.")
    dims = min(DIMS, len(seen))
    return pack(card.with_name(FILE), np.stack(seen), drawn, dims=dims, step=STEP, near=NEAR)
