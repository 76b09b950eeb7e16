"""Brush that paints an inpainting mask on the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from gdm_studio.ui.create.viewer.brush import Brush
from gdm_studio.ui.create.viewer.mask_tools import AREA, BRUSH, COLOUR, OUTLINES, edited, outline_of, selected_at
from gdm_studio.ui.theme.imaging import grey_array, grey_qimage
from gdm_studio.ui.theme.theme import Theme

if TYPE_CHECKING:
    import numpy as np

# Alpha of the mask over the image, from 0 to 255.
TINT = 150

# The tools that select by a click.
CLICKS = (AREA, COLOUR)


class MaskBrush(Brush):
    """Brush that paints an inpainting mask. The right mouse button removes paint.

    Other tools add or remove outlined areas, or areas at a click. Space also selects, and begins and ends an outline.
    """

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(theme, parent)
        self._tinted_mask: QImage | None = None
        # One of `mask_tools.TOOLS`, the points of the outline that is being drawn, and the picture below the mask.
        self._tool = BRUSH
        self._outline: list[QPointF] = []
        self._picture: np.ndarray | None = None

    def begin(self, mask: np.ndarray, picture: np.ndarray | None = None) -> None:
        """Start painting on an inpainting mask, uint8 (height, width) with 255 where it is set.

        A click selects areas of the `picture` (height, width, 4). The undo history is cleared.
        """
        self._picture = picture
        self._outline = []
        self._start_on(grey_qimage(mask))
        self._on_painted()

    def mask(self) -> np.ndarray:
        """Return the painted inpainting mask as uint8 (height, width), 255 where it is set and 0 elsewhere."""
        return grey_array(self._image)

    def is_empty(self) -> bool:
        return not self.mask().any()

    def set_tool(self, tool: str) -> None:
        """Choose one of `mask_tools.TOOLS`."""
        self._tool = tool
        self._outline = []
        self.changed.emit()

    def edit(self, edit: str) -> None:
        """Change the whole mask by one of `mask_tools.EDITS`."""
        self._save_for_undo()
        self._image = grey_qimage(edited(edit, self.mask()))
        self._on_painted()

    def select(self, mask: np.ndarray) -> None:
        """Add an area, uint8 (height, width), to the mask, or remove it while the brush erases."""
        self._save_for_undo()
        self._select(mask, self._is_erasing)

    # Tool interface of the canvas

    def press(self, position: QPointF, button: Qt.MouseButton) -> None:
        if self._tool in CLICKS and self._picture is not None:
            self._save_for_undo()
            erases = self._is_erasing or button == Qt.MouseButton.RightButton
            self._select(selected_at(self._tool, self._picture, position), erases)
            return
        if self._tool in OUTLINES:
            self._outline = [position]
        super().press(position, button)

    def move(self, position: QPointF) -> None:
        if self._stroke is not None and self._outline:
            self._position = position
            self._outline.append(position)
            self.changed.emit()
        else:
            super().move(position)

    def release(self) -> None:
        if self._outline and self._stroke is not None:
            self._fill(outline_of(self._tool, self._outline), self._stroke[1])
        self._outline = []
        super().release()

    def paint(self, painter: QPainter, frame: QRectF, scale: float) -> None:
        super().paint(painter, frame, scale)
        if self._outline:
            points = [frame.topLeft() + point * scale for point in outline_of(self._tool, self._outline)]
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for colour, width in (("#000000", 3.0), ("#ffffff", 1.25)):
                painter.setPen(QPen(QColor(colour), width))
                painter.drawPolygon(QPolygonF(points))

    def _press_key(self, position: QPointF, *, erases: bool) -> None:
        if self._outline:
            # The second press ends the outline that the first one began.
            self.release()
            return
        self.press(position, Qt.MouseButton.RightButton if erases else Qt.MouseButton.LeftButton)
        if not self._outline:
            self.release()

    def _prepare(self, painter: QPainter, *, erases: bool) -> QColor:
        # Without antialiasing, erasing leaves no faint edges.
        return QColor("#000000" if erases else "#ffffff")

    def _has_ring(self) -> bool:
        return self._tool == BRUSH

    def _fill(self, corners: list[QPointF], erases: bool) -> None:
        """Add the area within these corners to the mask, or remove it."""
        painter = QPainter(self._image)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#000000" if erases else "#ffffff"))
        painter.drawPolygon(QPolygonF(corners))
        painter.end()
        self._on_painted()

    def _select(self, selected: np.ndarray, erases: bool) -> None:
        """Add a selection, uint8 (height, width), to the mask, or remove it."""
        mask = self.mask()
        self._image = grey_qimage(mask * (selected == 0) if erases else mask | selected)
        self._on_painted()

    def _shown_image(self) -> QImage:
        if self._tinted_mask is None:
            self._tinted_mask = tinted_mask(self.mask(), self._theme)
        return self._tinted_mask

    def _on_painted(self, part: QRectF | None = None) -> None:
        self._tinted_mask = None
        super()._on_painted(part)


def tinted_mask(mask: np.ndarray, theme: Theme) -> QImage:
    """Return the tint that shows an inpainting mask, uint8 (height, width), over the image."""
    return coloured_mask(mask, theme.colour("accent2"))


def coloured_mask(mask: np.ndarray, colour: QColor, tint: int = TINT) -> QImage:
    """Return a mask, uint8 (height, width), in a colour with the alpha `tint`, from 0 to 255."""
    tinted = QImage(mask.shape[1], mask.shape[0], QImage.Format.Format_ARGB32)
    tinted.fill(colour)
    tinted.setAlphaChannel(grey_qimage((mask.astype("uint16") * tint // 255).astype("uint8")))
    return tinted
