"""A mask painted on the canvas with a round brush: where it is painted, the picture is made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from gdm_studio.ui.look.imaging import grey_array, grey_qimage
from gdm_studio.ui.look.theme import Theme

if TYPE_CHECKING:
    import numpy as np

SIZES = (0.02, 0.6)  # a brush's diameter as a share of the picture's longer side
SIZE = 0.15
NARROWEST = 2.0  # pixels: a narrower dab can lie between all of their middles
WHEEL = 1.15  # a notch of the wheel makes the brush that much wider or narrower
TINT = 150  # alpha of the mask over the picture, 0 … 255
UNDOS = 50

_MOVES = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class MaskBrush(QObject):
    """A tool of the canvas: the left button paints, the right one erases; so do Space and Delete where the arrow keys
    have put the brush, and Return says that it is done.

    Signals: `changed()` the mask or how it looks, `size_changed(float)` by the wheel, `done()`. Setters: `begin(mask)`,
    `set_size(share)`, `set_erasing(bool)`, `undo()`, `clear()`. Readers: `mask()`, `is_empty()`, `can_undo()`.
    """

    changed = Signal()
    size_changed = Signal(float)
    done = Signal()

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._mask = QImage()
        self._tinted: QImage | None = None
        self._before: list[QImage] = []
        self._share, self._erasing = SIZE, False
        self._at: QPointF | None = None  # where the brush hovers
        self._stroke: tuple[QPointF, bool] | None = None  # the stroke's latest point, and whether it erases

    def begin(self, mask: np.ndarray) -> None:
        """Takes up a mask to go on with, uint8 (height, width), 255 where it is painted; nothing can be undone yet."""
        self._mask, self._before = grey_qimage(mask), []
        self._at, self._stroke = None, None
        self._painted()

    def mask(self) -> np.ndarray:
        """The mask as uint8 (height, width): 255 where it is painted, 0 where it is not."""
        return grey_array(self._mask)

    def is_empty(self) -> bool:
        return not self.mask().any()

    def can_undo(self) -> bool:
        return bool(self._before)

    def set_size(self, share: float) -> None:
        """The brush's diameter as a share of the picture's longer side."""
        self._share = min(max(share, SIZES[0]), SIZES[1])
        self.changed.emit()

    def set_erasing(self, erasing: bool) -> None:
        self._erasing = erasing

    def undo(self) -> None:
        """Takes back the latest stroke, or the latest clearing."""
        if self._before:
            self._mask = self._before.pop()
            self._painted()

    def clear(self) -> None:
        self._remember()
        self._mask.fill(0)
        self._painted()

    # what the canvas asks of a tool

    def press(self, place: QPointF, button: Qt.MouseButton) -> None:
        self._remember()
        self._stroke = (place, self._erasing or button == Qt.MouseButton.RightButton)
        self.move(place)

    def move(self, place: QPointF) -> None:
        self._at = place
        if self._stroke is None:
            self.changed.emit()
            return
        last, erases = self._stroke
        self._draw(last, place, erases)
        self._stroke = (place, erases)

    def release(self) -> None:
        self._stroke = None

    def leave(self) -> None:
        self._at = None
        self.changed.emit()

    def wheel(self, notches: float) -> None:
        self.set_size(self._share * WHEEL**notches)
        self.size_changed.emit(self._share)

    def key(self, key: Qt.Key) -> bool:
        if key in _MOVES:
            right, down = _MOVES[key]
            place = self._at or QPointF(self._mask.width() / 2, self._mask.height() / 2)
            step = self._diameter() / 4
            x = min(max(place.x() + right * step, 0.0), self._mask.width())
            y = min(max(place.y() + down * step, 0.0), self._mask.height())
            self.move(QPointF(x, y))
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_Delete) and self._at is not None:
            self.press(self._at, Qt.MouseButton.RightButton if key == Qt.Key.Key_Delete else Qt.MouseButton.LeftButton)
            self.release()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.done.emit()
        else:
            return False
        return True

    def paint(self, painter: QPainter, frame: QRectF, scale: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(frame, self._overlay())
        if self._at is not None:
            centre, radius = frame.topLeft() + self._at * scale, self._diameter() / 2 * scale
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for colour, width in (("#000000", 3.0), ("#ffffff", 1.25)):  # seen on light and on dark
                painter.setPen(QPen(QColor(colour), width))
                painter.drawEllipse(centre, radius, radius)

    def _draw(self, start: QPointF, end: QPointF, erases: bool) -> None:
        painter = QPainter(self._mask)  # with hard edges, so that what is erased leaves no trace
        colour = QColor("#000000" if erases else "#ffffff")
        painter.setPen(QPen(colour, self._diameter(), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        if start == end:
            painter.drawPoint(start)
        else:
            painter.drawLine(start, end)
        painter.end()
        self._painted()

    def _overlay(self) -> QImage:
        if self._tinted is None:
            tinted = QImage(self._mask.size(), QImage.Format.Format_ARGB32)
            tinted.fill(self._theme.colour("accent2"))
            tinted.setAlphaChannel(grey_qimage((self.mask().astype("uint16") * TINT // 255).astype("uint8")))
            self._tinted = tinted
        return self._tinted

    def _painted(self) -> None:
        self._tinted = None
        self.changed.emit()

    def _remember(self) -> None:
        self._before.append(self._mask.copy())
        del self._before[:-UNDOS]

    def _diameter(self) -> float:
        return max(self._share * max(self._mask.width(), self._mask.height()), NARROWEST)
