"""Cell widget of a board, which shows one image with its title, note and progress bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QWidget

from gdm_studio.ui.theme.imaging import create_thumbnail
from gdm_studio.ui.theme.safe_text import plain, tip
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import labelled
from gdm_studio.ui.widgets.shapes import antialiased_painter, canvas_ground, paint_rounded_rect, round_path

if TYPE_CHECKING:
    import numpy as np

# Minimum width, in logical pixels, of an image area in which a sentence is readable.
READABLE_WIDTH = 130
# Height of the text below the image, padding around the image, and corner radius, in logical pixels.
FOOT = 42
PAD = 6
RADIUS = 11


class Cell(QAbstractButton):
    """Button that shows one image of a board (a grid or set of images), with its title, note and progress bar.

    The button is enabled once the image is finished. With `with_text`, the title and note appear below the image;
    otherwise they are only in the tooltip. A `selectable` cell is always enabled, and is checked while selected.
    Signals: `clicked()`; `moved(int, int)`, the columns and rows to move by, when an arrow key is pressed;
    `dragged(QPoint)`, the mouse position in the parent's coordinates.
    """

    moved = Signal(int, int)
    dragged = Signal(QPoint)

    def __init__(
        self,
        theme: Theme,
        title: str,
        *,
        with_text: bool = True,
        selectable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title = plain(title)
        self._note = ""
        self._has_text = with_text
        self._rgba: np.ndarray | None = None
        self._progress = 0.0
        self._refused = ""
        self._is_highlighted = False
        self._scaled_pixmap: tuple[int, QPixmap] | None = None
        self.setCheckable(selectable)
        self.setEnabled(selectable)
        self.setCursor(Qt.CursorShape.ArrowCursor if selectable else Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._show_texts()
        theme.changed.connect(self.update)

    def is_finished(self) -> bool:
        """Return whether the image of this board cell is finished."""
        return self._progress >= 1

    def set_picture(self, rgba: np.ndarray | None) -> None:
        """Show an RGBA image of shape (height, width, 4) in this board cell, or empty the cell if it is None."""
        if rgba is not self._rgba:
            self._rgba = rgba
            self._scaled_pixmap = None
            self.update()

    def clear(self) -> None:
        """Remove the image, the note and the progress bar from this board cell."""
        self.set_note("")
        self.set_picture(None)
        self.set_progress(0)

    def set_progress(self, share: float) -> None:
        """Set the generation progress of this cell's image, from 0 to 1. At 1, the cell becomes clickable."""
        if share != self._progress:
            self._progress = share
            self.setEnabled(share >= 1 or self.isCheckable())
            self._show_texts()

    def set_note(self, note: str) -> None:
        """Set the short note below the cell's title, such as how long the image took to generate."""
        note = plain(note)
        if note != self._note:
            self._note = note
            self._show_texts()

    def set_refused(self, reason: str) -> None:
        """Show in this board cell the reason why the model cannot generate the image."""
        self._refused = plain(reason)
        self.set_note(reason)

    def set_highlighted(self, on: bool) -> None:
        """Draw an outline around this board cell, or remove the outline."""
        if on != self._is_highlighted:
            self._is_highlighted = on
            self.update()

    def _show_texts(self) -> None:
        """Update the cell's tooltip and screen-reader text from its title and note."""
        text = labelled(self._title, self._note) if self._note else self._title
        self.setAccessibleName(", ".join(filter(None, (self._title, self._note))))
        is_usable = self.is_finished() and not self.isCheckable()
        self.setToolTip(tip(self.tr("Use {picture}").format(picture=text) if is_usable else text))
        self.update()

    def nextCheckState(self) -> None:
        """Ignore clicks, because the surrounding scroll area decides which cells are selected."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = ARROW_STEPS.get(Qt.Key(event.key()))
        if step is not None:
            self.moved.emit(*step)
        elif self.isCheckable() and event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Escape):
            # The window handles Space.
            event.ignore()
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.dragged.emit(self.mapToParent(event.position().toPoint()))

    def sizeHint(self) -> QSize:
        return QSize(160, 160 + (FOOT if self._has_text else 0))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        card = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        hovered = self.underMouse() and self.isEnabled()
        ground = "hover" if hovered else "card"
        # The outline marks the selected or highlighted cells.
        if self.isCheckable():
            has_ring = self.isChecked()
            line = "muted" if self.hasFocus() else "line"
        else:
            has_ring = self.hasFocus() or self._is_highlighted
            line = "edge" if hovered else "line"
        line, width = ("accent", 1.5) if has_ring else (line, 1)
        colour = self._theme.colour
        paint_rounded_rect(painter, card, RADIUS, ground=colour(ground), line=colour(line), width=width)
        foot = FOOT if self._has_text else PAD
        side = min(card.width() - 2 * PAD, card.height() - foot - PAD)
        frame = QRectF(card.center().x() - side / 2, card.top() + PAD, side, side)
        self._paint_picture(painter, frame)
        if self._has_text:
            self._paint_words(painter, QRectF(card.left() + 10, frame.bottom() + 4, card.width() - 20, FOOT - 6))
        if 0 < self._progress < 1:
            bar = QRectF(frame.left(), frame.bottom() - 3, side * self._progress, 3)
            paint_rounded_rect(painter, bar, 1.5, ground=self._theme.colour("accent"))

    def _paint_picture(self, painter: QPainter, frame: QRectF) -> None:
        outline = round_path(frame, RADIUS - 4)
        painter.save()
        painter.setClipPath(outline)
        ratio = self.devicePixelRatioF()
        painter.setBrushOrigin(frame.topLeft())
        painter.fillRect(frame, canvas_ground(self._theme, 8, ratio))
        if self._refused and not self._has_text:
            painter.setPen(self._theme.colour("muted"))
            painter.setFont(self._theme.font(11))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            shown = self._refused if frame.width() >= READABLE_WIDTH else "–"
            painter.drawText(frame.adjusted(8, 4, -8, -4), flags, shown)
        elif self._rgba is not None:
            pixmap = self._pixmap(self._rgba, round(frame.width() * ratio))
            size = QSize(round(pixmap.width() / ratio), round(pixmap.height() / ratio))
            corner = frame.center() - QPointF(size.width() / 2, size.height() / 2)
            painter.drawPixmap(QRectF(corner.x(), corner.y(), size.width(), size.height()), pixmap, QRectF())
        painter.restore()

    def _pixmap(self, rgba: np.ndarray, side: int) -> QPixmap:
        if self._scaled_pixmap is None or self._scaled_pixmap[0] != side:
            self._scaled_pixmap = (side, create_thumbnail(rgba, side))
        return self._scaled_pixmap[1]

    def _paint_words(self, painter: QPainter, room: QRectF) -> None:
        for text, font, colour, dy in (
            (self._title, self._theme.font(12, 600), "text", 0),
            (self._note, self._theme.font(11), "muted", 16),
        ):
            painter.setFont(font)
            painter.setPen(self._theme.colour(colour))
            elided = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room.translated(0, dy), Qt.AlignmentFlag.AlignTop, elided)


# Columns and rows to move by for each arrow key.
ARROW_STEPS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
