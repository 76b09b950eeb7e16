"""A cell of a sheet: a picture as far as it is made, its words below it where it has any, and its progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QWidget

from gdm_studio.ui.look.imaging import thumbnail
from gdm_studio.ui.look.plain import plain, tip
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets.painting import checker, round_path, rounded, smooth

if TYPE_CHECKING:
    import numpy as np

READABLE = 130  # logical pixels of a picture's place in which a sentence can be read
FOOT, PAD, RADIUS = 42, 6, 11  # room for its words, around its picture, its corners


class Cell(QAbstractButton):
    """Signals: `clicked()`, `moved(int across, int down)` by the arrow keys. Setters: `set_picture(rgba)`,
    `clear()`, `set_progress(share)`, `set_note(text)`, `set_refused(why)`, `set_ringed(bool)`.

    With `worded`, its title and note stand below the picture; else they are in its tooltip alone.
    """

    moved = Signal(int, int)

    def __init__(self, theme: Theme, title: str, *, worded: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._title, self._note, self._worded = theme, plain(title), "", worded
        self._rgba: np.ndarray | None = None
        self._progress = 0.0
        self._refused, self._ringed = "", False
        self._scaled: tuple[int, QPixmap] | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.set_progress(0)
        theme.changed.connect(self.update)

    def set_picture(self, rgba: np.ndarray | None) -> None:
        if rgba is not self._rgba:
            self._rgba, self._scaled = rgba, None
            self.update()

    def clear(self) -> None:
        """Nothing is made of it."""
        self._note = ""
        self.set_picture(None)
        self.set_progress(0)

    def set_progress(self, share: float) -> None:
        """How much of it is made, 0 … 1."""
        self._progress = share
        self.setEnabled(share >= 1)
        self.set_note(self._note)

    def set_note(self, note: str) -> None:
        """What is said below its title."""
        self._note = note = plain(note)
        words = f"{self._title}: {note}" if note else self._title
        self.setAccessibleName(words.replace(":", ",", 1) if note else self._title)
        self.setToolTip(tip(f"Use {words}" if self._progress >= 1 else words))
        self.update()

    def set_refused(self, why: str) -> None:
        """Says in the picture's place why there will be none."""
        self._refused = plain(why)
        self.set_note(why)

    def set_ringed(self, ringed: bool) -> None:
        """Marks it among the others."""
        if ringed != self._ringed:
            self._ringed = ringed
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        way = WAYS.get(Qt.Key(event.key()))
        if way is not None:
            self.moved.emit(*way)
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(160, 160 + (FOOT if self._worded else 0))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(self)
        card = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        lit = self.hasFocus() or self._ringed or (self.underMouse() and self.isEnabled())
        line, width = (self._theme.colour("accent"), 1.5) if lit else (self._theme.colour("line"), 1)
        rounded(painter, card, RADIUS, ground=self._theme.colour("card"), line=line, width=width)
        foot = FOOT if self._worded else PAD
        side = min(card.width() - 2 * PAD, card.height() - foot - PAD)
        frame = QRectF(card.center().x() - side / 2, card.top() + PAD, side, side)
        self._paint_picture(painter, frame)
        if self._worded:
            self._paint_words(painter, QRectF(card.left() + 10, frame.bottom() + 4, card.width() - 20, FOOT - 6))
        if 0 < self._progress < 1:
            bar = QRectF(frame.left(), frame.bottom() - 3, side * self._progress, 3)
            rounded(painter, bar, 1.5, ground=self._theme.colour("accent"))

    def _paint_picture(self, painter: QPainter, frame: QRectF) -> None:
        outline = round_path(frame, RADIUS - 4)
        painter.save()
        painter.setClipPath(outline)
        ratio = self.devicePixelRatioF()
        painter.setBrushOrigin(frame.topLeft())
        painter.fillRect(frame, checker(self._theme, 8, ratio))
        if self._refused and not self._worded:
            painter.setPen(self._theme.colour("muted"))
            painter.setFont(self._theme.font(11))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            shown = self._refused if frame.width() >= READABLE else "–"
            painter.drawText(frame.adjusted(8, 4, -8, -4), flags, shown)
        elif self._rgba is not None:
            pixmap = self._pixmap(self._rgba, round(frame.width() * ratio))
            size = QSize(round(pixmap.width() / ratio), round(pixmap.height() / ratio))
            corner = frame.center() - QPointF(size.width() / 2, size.height() / 2)
            painter.drawPixmap(QRectF(corner.x(), corner.y(), size.width(), size.height()), pixmap, QRectF())
        painter.restore()

    def _pixmap(self, rgba: np.ndarray, side: int) -> QPixmap:
        if self._scaled is None or self._scaled[0] != side:
            self._scaled = (side, thumbnail(rgba, side))
        return self._scaled[1]

    def _paint_words(self, painter: QPainter, room: QRectF) -> None:
        for text, font, colour, dy in (
            (self._title, self._theme.font(12, 600), "text", 0),
            (self._note, self._theme.font(11), "muted", 16),
        ):
            painter.setFont(font)
            painter.setPen(self._theme.colour(colour))
            shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room.translated(0, dy), Qt.AlignmentFlag.AlignTop, shown)


WAYS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
