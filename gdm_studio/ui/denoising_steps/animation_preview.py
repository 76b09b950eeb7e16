"""Preview of a film of denoising steps in the export dialog."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import QBrush, QColor, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from gdm_studio.ui.theme.imaging import create_thumbnail
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets.shapes import antialiased_painter, checkerboard_brush, round_path

if TYPE_CHECKING:
    import numpy as np

SIDE = 420
MARGIN = 24
RADIUS = 12
Frame = Callable[[int], "np.ndarray"]
# Seconds for which the last frame is shown, as in the exported film.
HOLD = 1.5


class FilmPreview(QWidget):
    """Widget that plays a film's frames before it is exported, as long as the widget is visible."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._count = 0
        self._frame: Frame | None = None
        # Cached pixmaps by frame index. Each is created when its frame is first shown.
        self._pixmaps: dict[int, QPixmap] = {}
        self._fps = 8.0
        self._loop = "forever"
        self._ground: tuple[int, int, int] | None = None
        self._index = 0
        self._step = 1
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._show_next)
        self.setFixedSize(SIDE, SIDE)
        self.setAccessibleName(self.tr("Preview of the animation"))
        theme.changed.connect(self.update)

    def set_frames(self, count: int, frame: Frame) -> None:
        """Play a film of `count` frames.

        `frame(index)` returns an RGBA array, and is called when that frame is first shown.
        """
        self._count = count
        self._frame = frame
        self._index = 0
        self._step = 1
        self._pixmaps = {}
        self._show()

    def set_motion(self, fps: float, *, loop: str, background: tuple[int, int, int] | None) -> None:
        """Set the film's frames per second, how it repeats, and its background colour.

        `loop` is "forever", "back" or "once". If `background` is None, transparent areas show a checkerboard.
        """
        if loop != self._loop:
            self._index = 0
            self._step = 1
        self._fps = fps
        self._loop = loop
        self._ground = background
        self._show()

    def _show(self) -> None:
        self.update()
        last = self._index == self._count - 1
        if self._count > 1:
            self._timer.start(round(1000 * (max(HOLD, 1 / self._fps) if last else 1 / self._fps)))

    def _show_next(self) -> None:
        if not self.isVisible():
            return
        last = self._count - 1
        if self._loop == "back":
            self._step = -1 if self._index >= last else 1 if self._index <= 0 else self._step
            self._index += self._step
        else:
            self._index = (self._index + 1) % (last + 1)
        self._show()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        tokens = self._theme.tokens
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        shape = round_path(frame, RADIUS)
        ratio = self.devicePixelRatioF()
        ground = checkerboard_brush(self._theme, 14, ratio) if self._ground is None else QBrush(QColor(*self._ground))
        painter.fillPath(shape, ground)
        if self._frame is not None:
            painter.setClipPath(shape)
            picture = self._pixmap(self._frame, round((SIDE - 2 * MARGIN) * ratio))
            wide, high = picture.width() / ratio, picture.height() / ratio
            painter.drawPixmap(QRectF((SIDE - wide) / 2, (SIDE - high) / 2, wide, high), picture, QRectF())
            painter.setClipping(False)
        painter.setPen(QPen(QColor(tokens.line), 1))
        painter.drawPath(shape)

    def _pixmap(self, frame: Frame, side: int) -> QPixmap:
        if self._index not in self._pixmaps:
            self._pixmaps[self._index] = create_thumbnail(frame(self._index), side)
        return self._pixmaps[self._index]
