"""Entry of a popup with titled images, and the painting of its sample image."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from gdm_studio.ui.theme import icons
from gdm_studio.ui.theme.safe_text import make_plain
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets.shapes import paint_rounded_rect

if TYPE_CHECKING:
    from gdm_studio.ui.models.sample_loader import Samples

PLATE_RADIUS = 5


@dataclass(frozen=True)
class Tile:
    """Entry in a popup's grid of images: an image, or else an icon, with a title.

    Consecutive tiles with the same `group` appear under its name. A tile with `is_wide_row` has a low row of its own.
    """

    id: str
    title: str
    group: str = ""
    picture: Path | None = None
    icon: str = "image"
    is_wide_row: bool = False

    def __post_init__(self) -> None:
        make_plain(self, "title", "group")


def paint_sample(painter: QPainter, place: QRectF, tile: Tile, theme: Theme, samples: Samples | None) -> None:
    """Paint a tile's image into the rectangle `place`, or its icon if it has no image or `samples` is None."""
    picture = samples.picture(tile.picture) if samples is not None else None
    if picture is not None and not picture.isNull():
        if theme.dark:
            # Black drawings would vanish on a dark panel.
            paint_rounded_rect(painter, place, PLATE_RADIUS, ground=theme.colour("plate"))
        painter.drawPixmap(place, picture, QRectF(picture.rect()))
        return
    colour = QColor(theme.tokens.muted)
    side = min(22.0, place.width() * 0.8)
    mark = QRectF(0, 0, side, side)
    mark.moveCenter(place.center())
    icons.paint(painter, mark, tile.icon, colour)
