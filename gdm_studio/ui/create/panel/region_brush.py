"""Brush that paints the area of a region on its map or on the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from gdm_studio.ui.create.viewer.mask import MaskBrush, coloured_mask
from gdm_studio.ui.theme.theme import Theme

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.request.regions import Box

# Alpha of a mask over the picture, from 0 to 255.
MASK_TINT = 100
# Longer side of a new mask in pixels.
MASK_SIDE = 512


class RegionBrush(MaskBrush):
    """Brush for the mask of a region. Positions are fractions of the image's width and height."""

    def __init__(self, theme: Theme, mask: np.ndarray, colour: QColor, parent: QObject | None = None) -> None:
        super().__init__(theme, parent)
        self._colour = colour
        self.begin(mask)

    def press_at(self, position: QPointF, button: Qt.MouseButton) -> None:
        self.press(self._to_pixels(position), button)

    def move_to(self, position: QPointF) -> None:
        self.move(self._to_pixels(position))

    def paint_over(self, painter: QPainter, frame: QRectF) -> None:
        """Paint the mask and the pointer over an image that fills `frame`."""
        width, height = self._image.width(), self._image.height()
        painter.save()
        painter.translate(frame.topLeft())
        painter.scale(frame.width() / width, frame.height() / height)
        self.paint(painter, QRectF(0, 0, width, height), 1.0)
        painter.restore()

    def _to_pixels(self, position: QPointF) -> QPointF:
        return QPointF(position.x() * self._image.width(), position.y() * self._image.height())

    def _shown_image(self) -> QImage:
        if self._tinted_mask is None:
            self._tinted_mask = coloured_mask(self.mask(), self._colour, MASK_TINT)
        return self._tinted_mask


def mask_of_box(box: Box, aspect: float) -> np.ndarray:
    """Return the mask of a box, uint8 (height, width) of 0 and 255, for images of the proportions `aspect`, width by
    height.
    """
    import numpy as np

    width, height = (max(round(MASK_SIDE * side / max(aspect, 1.0)), 1) for side in (aspect, 1.0))
    mask = np.zeros((height, width), np.uint8)
    left, top, right, bottom = box
    mask[round(top * height) : round(bottom * height), round(left * width) : round(right * width)] = 255
    return mask


def stored_mask(name: str) -> np.ndarray:
    """Load the stored mask of a region for display, uint8 (height, width), reduced to at most twice MASK_SIDE pixels a
    side. Raises BadRequest.
    """
    import numpy as np
    from PIL import Image

    from gdm_studio.engine import image_inputs

    levels = (255 * image_inputs.load_region_mask(name)).round().astype(np.uint8)
    picture = Image.fromarray(levels)
    picture.thumbnail((2 * MASK_SIDE, 2 * MASK_SIDE))
    return np.array(picture)
