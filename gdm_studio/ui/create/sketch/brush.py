"""Brush that paints a sketch in colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter

from gdm_studio.ui.create.viewer.brush import Brush
from gdm_studio.ui.theme.imaging import image_over
from gdm_studio.ui.theme.theme import Theme

if TYPE_CHECKING:
    import numpy as np

DRAW, ERASE, FILL = "draw", "erase", "fill"
# Diameter of a new brush as a fraction of the image's longer side, and its colour.
SIZE = 0.06
COLOUR = "#1c1c20"
# Share of the diameter that a pen without any pressure draws.
LEAST_PRESSURE = 0.15
_FORMAT = QImage.Format.Format_ARGB32_Premultiplied


class SketchBrush(Brush):
    """Brush that paints coloured strokes on a transparent layer over the paper of a sketch.

    The eraser removes strokes, not the paper. Signals: `edited()` after each stroke or other change,
    `part_changed(QRectF)` with the part of the image to repaint, in image pixels, or a null rectangle for all of it,
    and `fill_asked(QPointF)` when the user clicks with the tool FILL.
    """

    edited = Signal()
    part_changed = Signal(QRectF)
    fill_asked = Signal(QPointF)

    sizes = (0.005, 0.4)

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(theme, parent)
        self._size_fraction = SIZE
        self._tool = DRAW
        self._colour = QColor(COLOUR)
        self._pressure = 1.0

    def begin(self, size: tuple[int, int], strokes: np.ndarray | None = None) -> None:
        """Start with a layer of `size` (width, height) without strokes, or with these `strokes`, RGBA (height, width,
        4). The undo history is cleared.
        """
        layer = QImage(QSize(*size), _FORMAT)
        layer.fill(0)
        if strokes is not None:
            layer = image_over(strokes).convertToFormat(_FORMAT)
        self._start_on(layer)
        self._on_painted()

    def strokes(self) -> QImage:
        """Return the layer of the strokes as it is now. Later strokes do not change it."""
        return QImage(self._image)

    def take_strokes(self, strokes: QImage) -> None:
        """Start with a layer that `strokes` has returned. The undo history is cleared."""
        self._start_on(QImage(strokes))
        self._on_painted()

    def is_drawing(self) -> bool:
        """Return True during a stroke."""
        return self._stroke is not None

    def set_tool(self, tool: str) -> None:
        """Choose DRAW, ERASE or FILL."""
        self._tool = tool
        self._is_erasing = tool == ERASE
        self._on_moved(self._position)

    def colour(self) -> QColor:
        return QColor(self._colour)

    def set_colour(self, colour: QColor) -> None:
        """Set the colour of the next strokes, which is opaque."""
        self._colour = QColor(colour.rgb())

    def set_pressure(self, pressure: float) -> None:
        """Set the pressure of the pen, 0 to 1, which determines the width of the stroke."""
        self._pressure = pressure

    def fill(self, area: np.ndarray) -> None:
        """Paint an area, uint8 (height, width) of 0 and 255, in the current colour."""
        from gdm_studio.ui.theme.imaging import grey_qimage

        painted = QImage(self._image.size(), QImage.Format.Format_ARGB32)
        painted.fill(self._colour)
        painted.setAlphaChannel(grey_qimage(area))
        self._save_for_undo()
        painter = QPainter(self._image)
        painter.drawImage(0, 0, painted)
        painter.end()
        self._on_painted()

    def press(self, position: QPointF, button: Qt.MouseButton) -> None:
        if self._tool == FILL and button != Qt.MouseButton.RightButton:
            self.fill_asked.emit(position)
        else:
            super().press(position, button)

    def release(self) -> None:
        was_drawing = self.is_drawing()
        super().release()
        # A mouse, which may draw the next stroke, has no pressure.
        self._pressure = 1.0
        if was_drawing:
            self.changed.emit()
            self.edited.emit()

    def _prepare(self, painter: QPainter, *, erases: bool) -> QColor:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if erases:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOut)
        return self._colour

    def _width(self, *, erases: bool) -> float:
        width = max(self.diameter() * (LEAST_PRESSURE + (1 - LEAST_PRESSURE) * self._pressure), 1.0)
        # The edge of a stroke is antialiased, and would leave a line where an equal stroke erases it.
        return width + 2 if erases else width

    def _has_ring(self) -> bool:
        return self._tool != FILL

    def _on_painted(self, part: QRectF | None = None) -> None:
        if part is not None and self.is_drawing():
            self.part_changed.emit(self._with_ring(part))
            return
        self.part_changed.emit(QRectF())
        self.changed.emit()
        self.edited.emit()

    def _on_moved(self, before: QPointF | None) -> None:
        places = [place for place in (before, self._position) if place is not None]
        if places:
            self.part_changed.emit(self._with_ring(QRectF(places[0], places[-1]).normalized()))

    def _with_ring(self, part: QRectF) -> QRectF:
        """Return a rectangle with room for the ring of the brush at its corners."""
        # A larger brush was here before if the wheel has just made it smaller.
        beyond = self.diameter()
        return part.adjusted(-beyond, -beyond, beyond, beyond)
