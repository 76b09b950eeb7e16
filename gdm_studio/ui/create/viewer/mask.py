"""Brush that paints an inpainting mask on the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from gdm_studio.ui.create.viewer.mask_tools import AREA, BRUSH, COLOUR, OUTLINES, edited, outline_of, selected_at
from gdm_studio.ui.theme.imaging import grey_array, grey_qimage
from gdm_studio.ui.theme.theme import Theme

if TYPE_CHECKING:
    import numpy as np

# Minimum and maximum brush diameter as a fraction of the image's longer side.
SIZES = (0.02, 0.6)
SIZE = 0.15
# Minimum brush diameter in image pixels. A smaller dab may miss every pixel centre.
NARROWEST = 2.0
# Factor by which one wheel notch changes the brush size.
WHEEL = 1.15
# Alpha of the mask over the image, from 0 to 255.
TINT = 150
UNDOS = 50

# The tools that select by a click.
CLICKS = (AREA, COLOUR)
_MOVES = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class MaskBrush(QObject):
    """Canvas tool that paints an inpainting mask with the left mouse button and erases it with the right one.

    Other tools add or remove outlined areas, or areas at a click. The arrow keys move the pointer, Space paints,
    selects, and begins and ends an outline, Delete erases and Return finishes. Signals: `changed()` when the mask or
    its display has changed, `size_changed(float)` when the wheel changes the brush size, and `done()`.
    """

    changed = Signal()
    size_changed = Signal(float)
    done = Signal()

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._mask = QImage()
        self._tinted: QImage | None = None
        self._undo_stack: list[QImage] = []
        self._share = SIZE
        self._erasing = False
        # Position of the pointer in image pixels, or None outside the canvas.
        self._position: QPointF | None = None
        # Last point of the current stroke, and whether the stroke erases.
        self._stroke: tuple[QPointF, bool] | None = None
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
        self._mask = grey_qimage(mask)
        self._undo_stack = []
        self._position = None
        self._stroke = None
        self._on_painted()

    def mask(self) -> np.ndarray:
        """Return the painted inpainting mask as uint8 (height, width), 255 where it is set and 0 elsewhere."""
        return grey_array(self._mask)

    def is_empty(self) -> bool:
        return not self.mask().any()

    def can_undo(self) -> bool:
        return bool(self._undo_stack)

    def set_size(self, share: float) -> None:
        """Set the mask brush's diameter as a fraction of the image's longer side, limited to the range SIZES."""
        self._share = min(max(share, SIZES[0]), SIZES[1])
        self.changed.emit()

    def set_erasing(self, erasing: bool) -> None:
        self._erasing = erasing

    def set_tool(self, tool: str) -> None:
        """Choose one of `mask_tools.TOOLS`."""
        self._tool = tool
        self._outline = []
        self.changed.emit()

    def edit(self, edit: str) -> None:
        """Change the whole mask by one of `mask_tools.EDITS`."""
        self._save_for_undo()
        self._mask = grey_qimage(edited(edit, self.mask()))
        self._on_painted()

    def select(self, mask: np.ndarray) -> None:
        """Add an area, uint8 (height, width), to the mask, or remove it while the brush erases."""
        self._save_for_undo()
        self._select(mask, self._erasing)

    def undo(self) -> None:
        """Undo the last change of the mask."""
        if self._undo_stack:
            self._mask = self._undo_stack.pop()
            self._on_painted()

    def clear(self) -> None:
        self._save_for_undo()
        self._mask.fill(0)
        self._on_painted()

    # Tool interface of the canvas

    def press(self, place: QPointF, button: Qt.MouseButton) -> None:
        self._save_for_undo()
        erases = self._erasing or button == Qt.MouseButton.RightButton
        if self._tool in CLICKS and self._picture is not None:
            self._select(selected_at(self._tool, self._picture, place), erases)
            return
        self._stroke = (place, erases)
        if self._tool in OUTLINES:
            self._outline = [place]
        self.move(place)

    def move(self, place: QPointF) -> None:
        self._position = place
        if self._stroke is None:
            self.changed.emit()
            return
        last, erases = self._stroke
        if self._outline:
            self._outline.append(place)
            self.changed.emit()
            return
        self._draw(last, place, erases)
        self._stroke = (place, erases)

    def release(self) -> None:
        if self._outline and self._stroke is not None:
            self._fill(outline_of(self._tool, self._outline), self._stroke[1])
        self._outline = []
        self._stroke = None

    def leave(self) -> None:
        self._position = None
        self.changed.emit()

    def wheel(self, notches: float) -> None:
        self.set_size(self._share * WHEEL**notches)
        self.size_changed.emit(self._share)

    def key(self, key: Qt.Key) -> bool:
        if key in _MOVES:
            right, down = _MOVES[key]
            place = self._position or QPointF(self._mask.width() / 2, self._mask.height() / 2)
            step = self._diameter() / 4
            x = min(max(place.x() + right * step, 0.0), self._mask.width())
            y = min(max(place.y() + down * step, 0.0), self._mask.height())
            self.move(QPointF(x, y))
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_Delete) and self._position is not None:
            erases = key == Qt.Key.Key_Delete
            if self._outline:
                # The second press ends the outline that the first one began.
                self.release()
                return True
            self.press(self._position, Qt.MouseButton.RightButton if erases else Qt.MouseButton.LeftButton)
            if not self._outline:
                self.release()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.done.emit()
        else:
            return False
        return True

    def paint(self, painter: QPainter, frame: QRectF, scale: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(frame, self._overlay())
        if self._outline:
            points = [frame.topLeft() + point * scale for point in outline_of(self._tool, self._outline)]
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for colour, width in (("#000000", 3.0), ("#ffffff", 1.25)):
                painter.setPen(QPen(QColor(colour), width))
                painter.drawPolygon(QPolygonF(points))
        if self._position is not None and self._tool == BRUSH:
            centre, radius = frame.topLeft() + self._position * scale, self._diameter() / 2 * scale
            painter.setBrush(Qt.BrushStyle.NoBrush)
            # A black ring under a white one is visible on any background.
            for colour, width in (("#000000", 3.0), ("#ffffff", 1.25)):
                painter.setPen(QPen(QColor(colour), width))
                painter.drawEllipse(centre, radius, radius)

    def _draw(self, start: QPointF, end: QPointF, erases: bool) -> None:
        # Without antialiasing, erasing leaves no faint edges.
        painter = QPainter(self._mask)
        colour = QColor("#000000" if erases else "#ffffff")
        painter.setPen(QPen(colour, self._diameter(), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        if start == end:
            painter.drawPoint(start)
        else:
            painter.drawLine(start, end)
        painter.end()
        self._on_painted()

    def _fill(self, corners: list[QPointF], erases: bool) -> None:
        """Add the area within these corners to the mask, or remove it."""
        painter = QPainter(self._mask)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#000000" if erases else "#ffffff"))
        painter.drawPolygon(QPolygonF(corners))
        painter.end()
        self._on_painted()

    def _select(self, selected: np.ndarray, erases: bool) -> None:
        """Add a selection, uint8 (height, width), to the mask, or remove it."""
        mask = self.mask()
        self._mask = grey_qimage(mask * (selected == 0) if erases else mask | selected)
        self._on_painted()

    def _overlay(self) -> QImage:
        if self._tinted is None:
            self._tinted = tinted_mask(self.mask(), self._theme)
        return self._tinted

    def _on_painted(self) -> None:
        self._tinted = None
        self.changed.emit()

    def _save_for_undo(self) -> None:
        self._undo_stack.append(self._mask.copy())
        del self._undo_stack[:-UNDOS]

    def _diameter(self) -> float:
        return max(self._share * max(self._mask.width(), self._mask.height()), NARROWEST)


def tinted_mask(mask: np.ndarray, theme: Theme) -> QImage:
    """Return the tint that shows an inpainting mask, uint8 (height, width), over the image."""
    tinted = QImage(mask.shape[1], mask.shape[0], QImage.Format.Format_ARGB32)
    tinted.fill(theme.colour("accent2"))
    tinted.setAlphaChannel(grey_qimage((mask.astype("uint16") * TINT // 255).astype("uint8")))
    return tinted
