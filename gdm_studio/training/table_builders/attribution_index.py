"""Builder of a model's attribution index, which finds the training image that a generated image resembles."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gdm_studio.common.errors import ModelError
from gdm_studio.models.attribution import FILE, align, write_origins
from gdm_studio.models.model_card import Source
from gdm_studio.training.data.licences import SOURCES
from gdm_studio.training.table_builders.vocabulary import training_rows

# The number of dimensions of a code. More dimensions with coarser quantisation make the index larger, but not better.
DIMS = 36
# The quantisation step of the codes, in units of root-mean-square distance.
STEP = 0.015
# The distance below which an image counts as close. It was chosen on near copies and unrelated icons, see
# docs/notes/icons-log.md.
NEAR = 0.065


def build(data: Path, card: Path, *, subset: str) -> int:
    """Build a model's attribution index, for finding the training image that a generated image resembles.

    The index contains the drawings of a dataset subset in the model's styles. The file is written beside the model
    card. Returns its size in bytes. Raises StudioError.
    """
    facts, pictures, rows = training_rows(data, card, subset=subset)
    codes = []
    drawings = []
    for row in rows:
        if (code := align(np.array(pictures.pixels[row["index"]]))) is not None:
            title = SOURCES[row["set"]].title if row["set"] in SOURCES else ""
            codes.append(code)
            source = Source(row["set"], row["author"], row["licence"], row["source"], title=title)
            drawings.append((source, row["caption"]))
    if len(codes) < 2:
        raise ModelError(f"{data} has too few drawings of {facts['name']} to index; choose its training images.")
    dims = min(DIMS, len(codes))
    return write_origins(card.with_name(FILE), np.stack(codes), drawings, dims=dims, step=STEP, near=NEAR)
