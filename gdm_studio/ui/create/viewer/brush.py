"""Brush of the canvas, which paints strokes with mouse, pen or keys and can undo and redo them."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from gdm_studio.ui.theme.theme import Theme

# Minimum and maximum brush diameter as a fraction of the image's longer side.
SIZES = (0.02, 0.6)
SIZE = 0.15
# Minimum brush diameter in image pixels. A smaller dab may miss every pixel centre.
NARROWEST = 2.0
# Factor by which one wheel notch changes the brush size.
WHEEL = 1.15
# Maximum number of changes that can be undone, and of bytes of the images stored for this.
UNDOS = 50
UNDO_BYTES = 128 * 2**20

_MOVES = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class Brush(QObject):
    """Canvas tool that paints on an image with the left mouse button and erases with the right one.

    The arrow keys move the pointer, Space paints, Delete erases and Return finishes. Signals: `changed()` when the
    image or its display has changed, `size_changed(float)` when the wheel or a key changes the brush size, and
    `done()`.
    """

    changed = Signal()
    size_changed = Signal(float)
    done = Signal()

    # Minimum and maximum diameter as a fraction of the image's longer side.
    sizes = SIZES

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._image = QImage()
        self._undo_stack: list[QImage] = []
        self._redo_stack: list[QImage] = []
        self._size_fraction = SIZE
        self._is_erasing = False
        # Position of the pointer in image pixels, or None outside the canvas.
        self._position: QPointF | None = None
        # Last point of the current stroke, and whether the stroke erases.
        self._stroke: tuple[QPointF, bool] | None = None

    def can_undo(self) -> bool:
        return bool(self._undo_stack)

    def can_redo(self) -> bool:
        return bool(self._redo_stack)

    def set_size(self, share: float) -> None:
        """Set the brush's diameter as a fraction of the image's longer side, limited to `sizes`."""
        self._size_fraction = min(max(share, self.sizes[0]), self.sizes[1])
        self._on_moved(None)

    def set_erasing(self, erasing: bool) -> None:
        self._is_erasing = erasing

    def undo(self) -> None:
        """Undo the last change of the image."""
        self._restore(self._undo_stack, self._redo_stack)

    def redo(self) -> None:
        """Repeat the change that was undone last."""
        self._restore(self._redo_stack, self._undo_stack)

    def clear(self) -> None:
        self._save_for_undo()
        self._image.fill(0)
        self._on_painted()

    # Tool interface of the canvas

    def press(self, position: QPointF, button: Qt.MouseButton) -> None:
        self._save_for_undo()
        self._stroke = (position, self._is_erasing or button == Qt.MouseButton.RightButton)
        self.move(position)

    def move(self, position: QPointF) -> None:
        before = self._position
        self._position = position
        if self._stroke is None:
            self._on_moved(before)
            return
        last, erases = self._stroke
        self._draw(last, position, erases)
        self._stroke = (position, erases)

    def release(self) -> None:
        self._stroke = None

    def leave(self) -> None:
        before = self._position
        self._position = None
        self._on_moved(before)

    def wheel(self, notches: float) -> None:
        self.scale_size(WHEEL**notches)

    def scale_size(self, factor: float) -> None:
        """Multiply the diameter of the brush by `factor`."""
        self.set_size(self._size_fraction * factor)
        self.size_changed.emit(self._size_fraction)

    def key(self, key: Qt.Key) -> bool:
        if key in _MOVES:
            right, down = _MOVES[key]
            place = self._position or QPointF(self._image.width() / 2, self._image.height() / 2)
            step = self.diameter() / 4
            x = min(max(place.x() + right * step, 0.0), self._image.width())
            y = min(max(place.y() + down * step, 0.0), self._image.height())
            self.move(QPointF(x, y))
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_Delete) and self._position is not None:
            self._press_key(self._position, erases=key == Qt.Key.Key_Delete)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.done.emit()
        else:
            return False
        return True

    def paint(self, painter: QPainter, frame: QRectF, scale: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(frame, self._shown_image())
        if self._position is not None and self._has_ring():
            centre, radius = frame.topLeft() + self._position * scale, self.diameter() / 2 * scale
            painter.setBrush(Qt.BrushStyle.NoBrush)
            # A black ring under a white one is visible on any background.
            for colour, width in (("#000000", 3.0), ("#ffffff", 1.25)):
                painter.setPen(QPen(QColor(colour), width))
                painter.drawEllipse(centre, radius, radius)

    def diameter(self) -> float:
        """Return the diameter of the brush in image pixels."""
        return max(self._size_fraction * max(self._image.width(), self._image.height()), NARROWEST)

    # For derived brushes

    def _start_on(self, image: QImage) -> None:
        """Paint on another image from now on. The undo history is cleared."""
        self._image = image
        self._undo_stack = []
        self._redo_stack = []
        self._position = None
        self._stroke = None

    def _press_key(self, position: QPointF, *, erases: bool) -> None:
        self.press(position, Qt.MouseButton.RightButton if erases else Qt.MouseButton.LeftButton)
        self.release()

    def _prepare(self, painter: QPainter, *, erases: bool) -> QColor:
        """Set up a painter of the image for a stroke, and return the colour of the stroke."""
        raise NotImplementedError

    def _width(self, *, erases: bool) -> float:
        """Return the width of the stroke at this moment, in image pixels."""
        return self.diameter()

    def _shown_image(self) -> QImage:
        """Return the image that is painted over the picture on the canvas."""
        return self._image

    def _has_ring(self) -> bool:
        """Return True if a ring shows the size of the brush at the pointer."""
        return True

    def _draw(self, start: QPointF, end: QPointF, erases: bool) -> None:
        painter = QPainter(self._image)
        colour = self._prepare(painter, erases=erases)
        width = self._width(erases=erases)
        painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        if start == end:
            painter.drawPoint(start)
        else:
            painter.drawLine(start, end)
        painter.end()
        self._on_painted(QRectF(start, end).normalized())

    def _on_painted(self, part: QRectF | None = None) -> None:
        """Handle a change of the image, along a line within `part` (in image pixels) or anywhere."""
        self.changed.emit()

    def _on_moved(self, before: QPointF | None) -> None:
        """Handle a new position or size of the pointer, whose ring was at `before`."""
        self.changed.emit()

    def _save_for_undo(self) -> None:
        self._redo_stack.clear()
        self._push(self._undo_stack)

    def _push(self, stack: list[QImage]) -> None:
        # Qt copies the pixels when one of the two images is painted on.
        stack.append(QImage(self._image))
        most = max(min(UNDOS, UNDO_BYTES // max(self._image.sizeInBytes(), 1)), 1)
        del stack[:-most]

    def _restore(self, source: list[QImage], target: list[QImage]) -> None:
        if source and self._stroke is None:
            self._push(target)
            self._image = source.pop()
            self._on_painted()
