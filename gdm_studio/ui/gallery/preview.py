"""Preview of the selected image, and a large view that covers the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from gdm_studio.ui.theme import icons
from gdm_studio.ui.theme.imaging import create_thumbnail
from gdm_studio.ui.theme.safe_text import tip
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets import create_tool_button, label
from gdm_studio.ui.widgets.icon_button import mark
from gdm_studio.ui.widgets.layouts import in_row
from gdm_studio.ui.widgets.shapes import antialiased_painter, canvas_ground, round_path
from gdm_studio.ui.window_actions import KEEP_SHOWN, REJECT_SHOWN, SKIP_SHOWN, with_keys

if TYPE_CHECKING:
    import numpy as np

RADIUS = 10
CHEQUER = 14
INSET = 8
# Maximum magnification of a small picture in the large view.
MOST = 4.0
# Side of the star of a favourite, and distance of the bar from the bottom.
STAR, FOOT = 18, 14


class Preview(QWidget):
    """Square preview of an image, which shows its thumbnail until the full-size pixels (uint8 RGBA) are loaded."""

    clicked = Signal()

    def __init__(self, theme: Theme, side: int) -> None:
        super().__init__()
        self._theme = theme
        self._rgba: np.ndarray | None = None
        self._thumbnail: QPixmap | None = None
        self._sharp_pixmap: QPixmap | None = None
        self.setFixedSize(side, side)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Selected picture"))
        self.setToolTip(with_keys(self.tr("Show it large"), "Space"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    def show_picture(self, rgba: np.ndarray | None) -> None:
        self._rgba = rgba
        self._sharp_pixmap = None
        self.update()

    def show_thumbnail(self, pixmap: QPixmap | None) -> None:
        self._rgba = None
        self._sharp_pixmap = None
        self._thumbnail = pixmap
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        ratio = self.devicePixelRatioF()
        shape = round_path(QRectF(self.rect()), RADIUS)
        painter.setClipPath(shape)
        painter.fillRect(self.rect(), canvas_ground(self._theme, CHEQUER, ratio))
        room = self.width() - 2 * INSET
        if self._rgba is not None:
            self._sharp_pixmap = self._sharp_pixmap or create_thumbnail(self._rgba, round(room * ratio))
            _paint_in_middle(painter, QRectF(self.rect()), self._sharp_pixmap, room)
        elif self._thumbnail is not None:
            _paint_in_middle(painter, QRectF(self.rect()), self._thumbnail, room)


class LargePicture(QWidget):
    """View over the widget `page` that shows one image as large as possible, with buttons to keep, reject or skip it.

    Space, Enter, Escape or a click beside the bar closes it.
    """

    # -1 for the previous image or 1 for the next, by the arrow keys or the button.
    moved = Signal(int)
    kept = Signal()
    rejected = Signal()
    opened = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, page: QWidget) -> None:
        super().__init__(page)
        self._theme = theme
        self._page = page
        self._rgba: np.ndarray | None = None
        self._pixmap: QPixmap | None = None
        self._title = ""
        self._is_favourite = False
        self.progress = label("", "muted")
        self._bar = QFrame(self)
        self._bar.setProperty("role", "bar")
        self._bar.setAccessibleName(self.tr("Toolbar of the picture"))
        self.keep = keep = create_tool_button(theme, KEEP_SHOWN.bind(self.kept.emit))
        reject = create_tool_button(theme, REJECT_SHOWN.bind(self.rejected.emit))
        skip = create_tool_button(theme, SKIP_SHOWN.keyless.bind(lambda: self.moved.emit(1)))
        skip.repeats = True
        skip.setToolTip(tip(SKIP_SHOWN.tooltip))
        self.leave = mark(theme, "x", with_keys(self.tr("Close"), "Esc"))
        self.leave.clicked.connect(self.close_view)
        in_row(keep, reject, skip, 8, self.progress, 8, self.leave, on=self._bar, margins=(4, 4, 6, 4), spacing=2)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip(self.tr("Space or Esc closes it; the arrow keys show the next picture"))
        self.hide()
        page.installEventFilter(self)

    def set_favourite(self, is_favourite: bool) -> None:
        """Show whether the image is a favourite, by a star on it and in its button."""
        self._is_favourite = is_favourite
        self.keep.set_icon(KEEP_SHOWN.icon, "star" if is_favourite else "muted", filled=is_favourite)
        self.update()

    def open(self, rgba: np.ndarray, title: str, *, progress: str = "", is_favourite: bool = False) -> None:
        """Open the large view with an image (height, width, 4), and emit `opened`.

        `progress` is the phrase for its position in a review, such as "12 of 40".
        """
        self._rgba = rgba
        self._pixmap = None
        self._title = title
        self.set_favourite(is_favourite)
        self.progress.setText(progress)
        self.setAccessibleName(self.tr("{title}, large").format(title=title))
        self.setAccessibleDescription(progress)
        self._place()
        self.show()
        self.raise_()
        self.setFocus()
        self.update()
        self.opened.emit()

    def close_view(self) -> None:
        """Close the large view if it is open, and emit `closed`."""
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def foot(self) -> int:
        """Return the height at the bottom of the page that the buttons need, in logical pixels, or 0 if the large view
        is closed.
        """
        return self.height() - self._bar.y() if self.isVisible() else 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._pixmap = None
            self._place()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Space, Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close_view()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Up):
            self.moved.emit(-1)
        elif key in (Qt.Key.Key_Right, Qt.Key.Key_Down):
            self.moved.emit(1)
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._bar.geometry().contains(event.position().toPoint()):
            self.close_view()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        ground = QColor(self._theme.tokens.background)
        ground.setAlpha(242)
        painter.fillRect(self.rect(), ground)
        if self._rgba is None:
            return
        ratio = self.devicePixelRatioF()
        room = self._fitted_rect(self._rgba.shape[1], self._rgba.shape[0], ratio)
        if self._pixmap is None:
            self._pixmap = create_thumbnail(self._rgba, round(max(room.width(), room.height()) * ratio))
        frame = room.adjusted(-16, -16, 16, 16)
        painter.fillPath(round_path(frame, 14), canvas_ground(self._theme, CHEQUER, ratio))
        painter.drawPixmap(room, self._pixmap, QRectF(self._pixmap.rect()))
        if self._is_favourite:
            place = QRectF(frame.right() - STAR - 8, frame.top() + 8, STAR, STAR)
            icons.paint(painter, place, "star", self._theme.colour("star"), filled=True)
        painter.setPen(self._theme.colour("muted"))
        painter.setFont(self._theme.font(12))
        line = QRectF(0, room.bottom() + 22, self.width(), 24)
        painter.drawText(line, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, self._title)

    def _place(self) -> None:
        """Resize the large view to cover its page, and move the button bar to the bottom."""
        self.setGeometry(self._page.rect())
        size = self._bar.sizeHint()
        self._bar.setGeometry((self.width() - size.width()) // 2, self.height() - size.height() - FOOT, *size.toTuple())

    def _fitted_rect(self, width: int, height: int, ratio: float) -> QRectF:
        most = QSize(self.width() - 96, self.height() - 140 - FOOT)
        scale = min(most.width() / width, most.height() / height, MOST / ratio)
        place = QRectF(0, 0, width * scale, height * scale)
        place.moveCenter(QRectF(self.rect()).center())
        place.translate(0, -30)
        return place


def _paint_in_middle(painter: QPainter, box: QRectF, pixmap: QPixmap, room: float) -> None:
    scale = room / max(pixmap.width(), pixmap.height(), 1)
    place = QRectF(0, 0, pixmap.width() * scale, pixmap.height() * scale)
    place.moveCenter(box.center())
    painter.drawPixmap(place, pixmap, QRectF(pixmap.rect()))
