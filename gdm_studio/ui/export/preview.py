"""Preview of an export on a selectable background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.ui.theme.imaging import scale_to_pixmap
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets import Choice, Segmented, label
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.shapes import antialiased_painter, checkerboard_brush, round_path

if TYPE_CHECKING:
    import numpy as np

SIDE = 451
MARGIN = 24
RADIUS = 12
# Space between small sizes.
GAP = 14
# Ids of the backgrounds, with titles and tooltips.
GROUNDS = (
    (
        "chequer",
        QT_TRANSLATE_NOOP("Preview", "Checkerboard"),
        QT_TRANSLATE_NOOP("Preview", "Shows transparent areas"),
    ),
    ("black", QT_TRANSLATE_NOOP("Preview", "Black"), QT_TRANSLATE_NOOP("Preview", "On black")),
    ("white", QT_TRANSLATE_NOOP("Preview", "White"), QT_TRANSLATE_NOOP("Preview", "On white")),
)


class Preview(QWidget):
    """Preview in the export dialog: a large view of the first exported image and, for icon files, its smaller sizes in
    a row below.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = _Picture(theme)
        grounds = [
            Choice(ground, translate("Preview", title), translate("Preview", hint)) for ground, title, hint in GROUNDS
        ]
        self._ground = Segmented(theme, grounds, name=self.tr("Background of the preview"))
        self._ground.chosen.connect(self._picture.set_ground)
        self._size = label("", "muted", align=Qt.AlignmentFlag.AlignRight)
        foot = in_row(self._ground, ..., self._size, spacing=8)
        stacked(self._picture, foot, on=self, spacing=8)

    def show_pictures(self, pictures: list[np.ndarray], facts: str = "") -> None:
        """Show exported images, given as uint8 RGBA or RGB arrays of shape (height, width, channels).

        `facts` about the file are shown in place of the size in pixels.
        """
        self._picture.show_pictures(pictures)
        height, width = pictures[0].shape[:2]
        self._size.setText(facts or self.tr("{width} × {height} px").format(width=width, height=height))

    def set_waiting(self, words: str) -> None:
        if words:
            self._size.setText(words)


class _Picture(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._ground = "chequer"
        self._pictures: list[np.ndarray] = []
        self._pixmaps: list[QPixmap] = []
        self.setFixedSize(SIDE, SIDE)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Preview"))
        theme.changed.connect(self.update)

    def show_pictures(self, pictures: list[np.ndarray]) -> None:
        self._pictures = pictures
        self._pixmaps = []
        self.update()

    def set_ground(self, ground: str) -> None:
        self._ground = ground
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        ratio = self.devicePixelRatioF()
        shape = round_path(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS)
        painter.setPen(QPen(QColor(self._theme.tokens.line), 1))
        painter.fillPath(shape, self._ground_brush(ratio))
        painter.drawPath(shape)
        if not self._pictures:
            return
        row = max((picture.shape[0] for picture in self._pictures[1:]), default=0) / ratio
        room = SIDE - 2 * MARGIN - (row + GAP if row else 0)
        self._pixmaps = self._pixmaps or [self._fit(self._pictures[0], room, ratio), *self._small_sizes(ratio)]
        large = self._pixmaps[0].deviceIndependentSize()
        painter.drawPixmap(
            round((SIDE - large.width()) / 2), round(MARGIN + (room - large.height()) / 2), self._pixmaps[0]
        )
        self._paint_row(painter, SIDE - MARGIN - row / 2)

    def _paint_row(self, painter: QPainter, middle: float) -> None:
        sizes = [pixmap.deviceIndependentSize() for pixmap in self._pixmaps[1:]]
        left = (SIDE - sum(size.width() for size in sizes) - GAP * (len(sizes) - 1)) / 2
        for pixmap, size in zip(self._pixmaps[1:], sizes, strict=True):
            painter.drawPixmap(round(left), round(middle - size.height() / 2), pixmap)
            left += size.width() + GAP

    def _fit(self, picture: np.ndarray, room: float, ratio: float) -> QPixmap:
        """Return an image as a pixmap in its original size, or scaled down to `room` logical pixels."""
        height, width = picture.shape[:2]
        scale = min(1.0, room * ratio / max(height, width))
        return _pixmap(picture, round(width * scale), round(height * scale), ratio)

    def _small_sizes(self, ratio: float) -> list[QPixmap]:
        return [_pixmap(picture, picture.shape[1], picture.shape[0], ratio) for picture in self._pictures[1:]]

    def _ground_brush(self, ratio: float) -> QBrush:
        if self._ground == "chequer":
            return checkerboard_brush(self._theme, 12, ratio)
        return QBrush(QColor("#000000" if self._ground == "black" else "#ffffff"))


def _pixmap(picture: np.ndarray, width: int, height: int, ratio: float) -> QPixmap:
    pixmap = scale_to_pixmap(picture, QRectF(0, 0, picture.shape[1], picture.shape[0]), max(1, width), max(1, height))
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
