"""A labelled sheet of pictures as one PNG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from gdm_studio import paths
from gdm_studio.atomic import make_folder, replacing

GROUND, INK = "#ffffff", "#5a6272"
CELL = 160  # pixels a picture is drawn at
GAP, LABEL = 16, 26
FONT = 12


def contact_sheet(
    path: Path,
    pictures: Sequence[np.ndarray],  # (H, W, 4) uint8, straight alpha
    labels: Sequence[str],
    *,
    beside: Sequence[np.ndarray] | None = None,  # a picture to stand to the right of each, half its size
    columns: int = 8,
) -> None:
    """Writes the sheet, row by row from the top left. Raises StorageError."""
    width = CELL + (CELL // 2 if beside else 0)
    rows = -(-len(pictures) // columns)
    size = (GAP + columns * (width + GAP), GAP + rows * (CELL + LABEL + GAP))
    sheet = Image.new("RGBA", size, GROUND)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(str(paths.resources() / "fonts" / "Inter-Regular.ttf"), FONT)
    for index, (picture, label) in enumerate(zip(pictures, labels, strict=True)):
        left = GAP + index % columns * (width + GAP)
        top = GAP + index // columns * (CELL + LABEL + GAP)
        _paste(sheet, picture, left, top, side=CELL)
        if beside:
            _paste(sheet, beside[index], left + CELL, top + CELL // 2, side=CELL // 2)
        draw.text((left + CELL / 2, top + CELL + LABEL / 2), label, fill=INK, font=font, anchor="mm")
    make_folder(path.parent)
    with replacing(path) as file:
        sheet.convert("RGB").save(file, "PNG", optimize=True)


def _paste(sheet: Image.Image, rgba: np.ndarray, left: int, top: int, *, side: int) -> None:
    picture = Image.fromarray(rgba).resize((side, side), Image.Resampling.LANCZOS)
    sheet.alpha_composite(picture, (left, top))
