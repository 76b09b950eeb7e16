"""What a picture dropped on the canvas is for: one half takes its settings, the other starts from it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QDragMoveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gdm_studio.ui.look import icons
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets.file_drops import take_copy
from gdm_studio.ui.widgets.painting import smooth

PICTURES = (".png", ".jpg", ".jpeg", ".webp")
ZONES = (
    ("settings", "sliders-horizontal", "Use its settings", "as they are written in the file"),
    ("start", "image-up", "Start from it", "the next pictures grow out of it"),
)
GAP, RADIUS = 14, 14


def dropped_paths(event: QDropEvent) -> list[Path]:
    """Folders and picture files that are being dropped."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return [path for path in paths if path.suffix.lower() in PICTURES or path.is_dir()]


def picture_in(told: QMimeData | None) -> Path | None:
    """The picture file that is dropped or pasted; an empty clipboard tells of nothing."""
    for url in told.urls() if told is not None else ():
        if url.isLocalFile() and Path(url.toLocalFile()).suffix.lower() in PICTURES:
            return Path(url.toLocalFile())
    return None


class DropZones(QWidget):
    """Lies over `canvas` while a picture is dragged over it. Signals: `dropped(Path, str)`, an id of ZONES."""

    dropped = Signal(object, str)

    def __init__(self, theme: Theme, canvas: QWidget) -> None:
        super().__init__(canvas.parentWidget())  # over what floats on the canvas too
        self._theme, self._canvas, self._over = theme, canvas, ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)  # what is dragged stays over the canvas
        canvas.setAcceptDrops(True)
        canvas.installEventFilter(self)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DragLeave:
            self.hide()
        elif isinstance(event, QDropEvent):
            path = picture_in(event.mimeData())
            if path is None:
                return False
            self._aim(event)
            take_copy(event)
            if not isinstance(event, QDragMoveEvent):
                self.hide()
                self.dropped.emit(path, self._over)
            return True
        return super().eventFilter(watched, event)

    def _aim(self, event: QDropEvent) -> None:
        self.setGeometry(self._canvas.geometry())
        self._over = ZONES[event.position().x() > self.width() / 2][0]
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(self)
        painter.fillRect(self.rect(), self._theme.colour("background"))
        for place, (zone, icon, title, text) in enumerate(ZONES):
            self._paint_zone(painter, place, icon, title, text, aimed=zone == self._over)

    def _paint_zone(self, painter: QPainter, place: int, icon: str, title: str, text: str, *, aimed: bool) -> None:
        width = (self.width() - 3 * GAP) / 2
        frame = QRectF(GAP + place * (width + GAP), GAP, width, self.height() - 2 * GAP)
        tokens = self._theme.tokens
        painter.setPen(QPen(QColor(tokens.accent if aimed else tokens.edge), 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(QColor(tokens.raised if aimed else tokens.panel))
        painter.drawRoundedRect(frame, RADIUS, RADIUS)
        middle = frame.center()
        mark = QRectF(middle.x() - 16, middle.y() - 44, 32, 32)
        icons.paint(painter, mark, icon, QColor(tokens.accent if aimed else tokens.muted))
        centred = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        for dy, words, font, colour in ((0, title, (14, 600), tokens.text), (24, text, (12, 400), tokens.muted)):
            painter.setFont(self._theme.font(*font))
            painter.setPen(QColor(colour))
            painter.drawText(QRectF(frame.left() + 8, middle.y() + dy, width - 16, 24), centred, words)
