"""What an export will look like: the picture on a ground of one's choice, small sizes as large as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdm_studio.ui.look.imaging import scaled
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import Choice, Segmented, label
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.painting import checker, round_path, smooth

if TYPE_CHECKING:
    import numpy as np

SIDE, MARGIN, RADIUS = 451, 24, 12
GAP = 14  # between small sizes
GROUNDS = [
    Choice("chequer", "Chequer", "Shows what is transparent"),
    Choice("black", "Black", "On black"),
    Choice("white", "White", "On white"),
]


class Preview(QWidget):
    """Setters: `show_pictures(pictures)`, the first one large, `set_waiting(words)` while better ones are made."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = _Picture(theme)
        self._ground = Segmented(theme, GROUNDS, name="Ground of the preview")
        self._ground.chosen.connect(self._picture.set_ground)
        self._size = label("", "muted", align=Qt.AlignmentFlag.AlignRight)
        foot = in_row(self._ground, ..., self._size, spacing=8)
        stacked(self._picture, foot, on=self, spacing=8)

    def show_pictures(self, pictures: list[np.ndarray]) -> None:
        """uint8 RGBA or RGB arrays (height, width, channels)."""
        self._picture.show_pictures(pictures)
        height, width = pictures[0].shape[:2]
        self._size.setText(f"{width} × {height} px")

    def set_waiting(self, words: str) -> None:
        if words:
            self._size.setText(words)


class _Picture(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._ground = "chequer"
        self._pictures: list[np.ndarray] = []
        self._scaled: list[QPixmap] = []
        self.setFixedSize(SIDE, SIDE)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Preview")
        theme.changed.connect(self.update)

    def show_pictures(self, pictures: list[np.ndarray]) -> None:
        self._pictures, self._scaled = pictures, []
        self.update()

    def set_ground(self, ground: str) -> None:
        self._ground = ground
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(self)
        ratio = self.devicePixelRatioF()
        shape = round_path(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS)
        painter.setPen(QPen(QColor(self._theme.tokens.line), 1))
        painter.fillPath(shape, self._brush(ratio))
        painter.drawPath(shape)
        if not self._pictures:
            return
        row = max((picture.shape[0] for picture in self._pictures[1:]), default=0) / ratio
        room = SIDE - 2 * MARGIN - (row + GAP if row else 0)
        self._scaled = self._scaled or [self._fitted(self._pictures[0], room, ratio), *self._as_they_are(ratio)]
        large = self._scaled[0].deviceIndependentSize()
        painter.drawPixmap(
            round((SIDE - large.width()) / 2), round(MARGIN + (room - large.height()) / 2), self._scaled[0]
        )
        self._paint_row(painter, SIDE - MARGIN - row / 2)

    def _paint_row(self, painter: QPainter, middle: float) -> None:
        sizes = [pixmap.deviceIndependentSize() for pixmap in self._scaled[1:]]
        left = (SIDE - sum(size.width() for size in sizes) - GAP * (len(sizes) - 1)) / 2
        for pixmap, size in zip(self._scaled[1:], sizes, strict=True):
            painter.drawPixmap(round(left), round(middle - size.height() / 2), pixmap)
            left += size.width() + GAP

    def _fitted(self, picture: np.ndarray, room: float, ratio: float) -> QPixmap:
        """As large as it is, or reduced to the room."""
        height, width = picture.shape[:2]
        scale = min(1.0, room * ratio / max(height, width))
        return _pixmap(picture, round(width * scale), round(height * scale), ratio)

    def _as_they_are(self, ratio: float) -> list[QPixmap]:
        return [_pixmap(picture, picture.shape[1], picture.shape[0], ratio) for picture in self._pictures[1:]]

    def _brush(self, ratio: float) -> QBrush:
        if self._ground == "chequer":
            return checker(self._theme, 12, ratio)
        return QBrush(QColor("#000000" if self._ground == "black" else "#ffffff"))


def _pixmap(picture: np.ndarray, width: int, height: int, ratio: float) -> QPixmap:
    pixmap = scaled(picture, QRectF(0, 0, picture.shape[1], picture.shape[0]), max(1, width), max(1, height))
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
