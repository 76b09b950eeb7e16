"""The selected picture on a chequer; and large, over the whole window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdm_studio.ui.actions import said
from gdm_studio.ui.look.imaging import thumbnail
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets.painting import checker, round_path, smooth

if TYPE_CHECKING:
    import numpy as np

RADIUS, CHEQUER, INSET = 10, 14, 8
MOST = 4.0  # times its own size that a small picture is shown at


class Preview(QWidget):
    """Setters: `show_picture(rgba | None)`, uint8 RGBA; `show_rough(pixmap | None)` until that has come.

    Signal: `clicked()`.
    """

    clicked = Signal()

    def __init__(self, theme: Theme, side: int) -> None:
        super().__init__()
        self._theme = theme
        self._rgba: np.ndarray | None = None
        self._rough: QPixmap | None = None
        self._sharp: QPixmap | None = None
        self.setFixedSize(side, side)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Selected picture")
        self.setToolTip(said("Large", "Space"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    def show_picture(self, rgba: np.ndarray | None) -> None:
        self._rgba, self._sharp = rgba, None
        self.update()

    def show_rough(self, pixmap: QPixmap | None) -> None:
        self._rgba, self._sharp, self._rough = None, None, pixmap
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        ratio = self.devicePixelRatioF()
        shape = round_path(QRectF(self.rect()), RADIUS)
        painter.setClipPath(shape)
        painter.fillRect(self.rect(), checker(self._theme, CHEQUER, ratio))
        room = self.width() - 2 * INSET
        if self._rgba is not None:
            self._sharp = self._sharp or thumbnail(self._rgba, round(room * ratio))
            _paint_in_middle(painter, QRectF(self.rect()), self._sharp, room)
        elif self._rough is not None:
            _paint_in_middle(painter, QRectF(self.rect()), self._rough, room)


class LargePicture(QWidget):
    """Lies over `page` with one picture as large as there is room; any of Space, Escape, a click closes it.

    Signals: `moved(int)`, the arrow keys: -1 or 1; `closed()`. Setters: `open(rgba, title)`.
    """

    moved = Signal(int)
    closed = Signal()

    def __init__(self, theme: Theme, page: QWidget) -> None:
        super().__init__(page)
        self._theme, self._page = theme, page
        self._rgba: np.ndarray | None = None
        self._pixmap: QPixmap | None = None
        self._title = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip("Space or Esc closes it; the arrow keys go on to the next")
        self.hide()
        page.installEventFilter(self)

    def open(self, rgba: np.ndarray, title: str) -> None:
        self._rgba, self._pixmap, self._title = rgba, None, title
        self.setAccessibleName(f"{title}, large")
        self.setGeometry(self._page.rect())
        self.show()
        self.raise_()
        self.setFocus()
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._pixmap = None
            self.setGeometry(self._page.rect())
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Space, Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._close()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Up):
            self.moved.emit(-1)
        elif key in (Qt.Key.Key_Right, Qt.Key.Key_Down):
            self.moved.emit(1)
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._close()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(self)
        ground = QColor(self._theme.tokens.background)
        ground.setAlpha(242)
        painter.fillRect(self.rect(), ground)
        if self._rgba is None:
            return
        ratio = self.devicePixelRatioF()
        room = self._room(self._rgba.shape[1], self._rgba.shape[0], ratio)
        if self._pixmap is None:
            self._pixmap = thumbnail(self._rgba, round(max(room.width(), room.height()) * ratio))
        shape = round_path(room.adjusted(-16, -16, 16, 16), 14)
        painter.fillPath(shape, checker(self._theme, CHEQUER, ratio))
        painter.drawPixmap(room, self._pixmap, QRectF(self._pixmap.rect()))
        painter.setPen(self._theme.colour("muted"))
        painter.setFont(self._theme.font(12))
        line = QRectF(0, room.bottom() + 22, self.width(), 24)
        painter.drawText(line, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, self._title)

    def _room(self, width: int, height: int, ratio: float) -> QRectF:
        most = QSize(self.width() - 96, self.height() - 128)
        scale = min(most.width() / width, most.height() / height, MOST / ratio)
        place = QRectF(0, 0, width * scale, height * scale)
        place.moveCenter(QRectF(self.rect()).center())
        place.translate(0, -12)
        return place

    def _close(self) -> None:
        self.hide()
        self.closed.emit()


def _paint_in_middle(painter: QPainter, box: QRectF, pixmap: QPixmap, room: float) -> None:
    scale = room / max(pixmap.width(), pixmap.height(), 1)
    place = QRectF(0, 0, pixmap.width() * scale, pixmap.height() * scale)
    place.moveCenter(box.center())
    painter.drawPixmap(place, pixmap, QRectF(pixmap.rect()))
