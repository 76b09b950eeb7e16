"""The sheet on the stage: a head that says what is compared, and a cell for every scheduler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QKeySequence,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from gdm_studio.ui.imaging import thumbnail
from gdm_studio.ui.schedulers.grid import Grid
from gdm_studio.ui.theme import Theme
from gdm_studio.ui.widgets import ActionButton, Choice, ElidedLabel, IconButton, Segmented, label
from gdm_studio.ui.widgets.painting import checker

if TYPE_CHECKING:
    import numpy as np

PACES = [
    Choice("same", "Same settings", "Every scheduler with the steps and the spacing that are set"),
    Choice("own", "Each at its best", "Every scheduler with its own usual steps and spacing"),
]
NARROW = 620  # logical pixels, below which the head has no title and its buttons no words
FOOT, PAD, RADIUS = 42, 6, 11  # of a cell: room for its words, around its picture, its corners


class Cell(QAbstractButton):
    """A scheduler's picture as far as it is. Setters: `set_picture(rgba)`, `set_progress(share)`, `set_note(text)`."""

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._title, self._note = theme, title, ""
        self._rgba: np.ndarray | None = None
        self._progress = 0.0
        self._scaled: tuple[int, QPixmap] | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.set_note("")
        theme.changed.connect(self.update)

    def set_picture(self, rgba: np.ndarray) -> None:
        if rgba is not self._rgba:
            self._rgba, self._scaled = rgba, None
            self.update()

    def set_progress(self, share: float) -> None:
        """How much of it is made, 0 … 1."""
        self._progress = share
        self.setEnabled(share >= 1)
        self.update()

    def set_note(self, note: str) -> None:
        """What is said below the scheduler's name."""
        self._note = note
        self.setAccessibleName(f"{self._title}, {note}" if note else self._title)
        words = f"{self._title}: {note}" if note else self._title
        self.setToolTip(f"Use {words}" if self._progress >= 1 else words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, 160 + FOOT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        lit = self.hasFocus() or (self.underMouse() and self.isEnabled())
        painter.setPen(QPen(self._theme.colour("accent" if lit else "line"), 1.5 if lit else 1))
        painter.setBrush(self._theme.colour("card"))
        painter.drawRoundedRect(card, RADIUS, RADIUS)
        side = min(card.width() - 2 * PAD, card.height() - FOOT - PAD)
        frame = QRectF(card.center().x() - side / 2, card.top() + PAD, side, side)
        self._paint_picture(painter, frame)
        words = QRectF(card.left() + 10, frame.bottom() + 4, card.width() - 20, FOOT - 6)
        self._paint_words(painter, words)
        if 0 < self._progress < 1:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("accent"))
            painter.drawRoundedRect(QRectF(frame.left(), frame.bottom() - 3, side * self._progress, 3), 1.5, 1.5)

    def _paint_picture(self, painter: QPainter, frame: QRectF) -> None:
        outline = QPainterPath()
        outline.addRoundedRect(frame, RADIUS - 4, RADIUS - 4)
        painter.save()
        painter.setClipPath(outline)
        ratio = self.devicePixelRatioF()
        painter.setBrushOrigin(frame.topLeft())
        painter.fillRect(frame, checker(self._theme, 8, ratio))
        if self._rgba is not None:
            side = round(frame.width() * ratio)
            if self._scaled is None or self._scaled[0] != side:
                self._scaled = (side, thumbnail(self._rgba, side))
            pixmap = self._scaled[1]
            size = QSize(round(pixmap.width() / ratio), round(pixmap.height() / ratio))
            corner = frame.center() - QPointF(size.width() / 2, size.height() / 2)
            painter.drawPixmap(QRectF(corner.x(), corner.y(), size.width(), size.height()), pixmap, QRectF())
        painter.restore()

    def _paint_words(self, painter: QPainter, room: QRectF) -> None:
        for text, font, colour, dy in (
            (self._title, self._theme.font(12, 600), "text", 0),
            (self._note, self._theme.font(11), "muted", 16),
        ):
            painter.setFont(font)
            painter.setPen(self._theme.colour(colour))
            shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room.translated(0, dy), Qt.AlignmentFlag.AlignTop, shown)


class SheetView(QFrame):
    """Signals: `pace_chosen(str)`, an id of PACES; `choosing(bool)`; `stop_clicked()`, `save_clicked()`, `closed()`,
    `taken(str)` a scheduler. Setters: `begin(titles)`, `set_words(text)`, `set_state(running, savable)`. Parts: `cells`
    by scheduler, `pace`, `choose` (which shows `chooser` in place of the cells), `save`, `stop`.
    """

    pace_chosen = Signal(str)
    choosing = Signal(bool)
    stop_clicked = Signal()
    save_clicked = Signal()
    closed = Signal()
    taken = Signal(str)

    def __init__(self, theme: Theme, chooser: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._theme = theme
        self.cells: dict[str, Cell] = {}
        self.pace = Segmented(theme, PACES, name="How the schedulers are set")
        self.choose = _button(theme, "sliders-horizontal", "Schedulers", "Choose which schedulers are compared")
        self.choose.setCheckable(True)
        self.save = _button(theme, "download", "Save", "Save the sheet, and every picture to the gallery")
        self.stop = ActionButton(theme, "Stop", tooltip="Make no more of them")
        self._close = IconButton(theme, "x", tooltip="Back to the picture (Esc)")
        self._title = label("Same seed, many schedulers", "strong")
        self._words = ElidedLabel("", "muted")
        self._grid = Grid()
        self._chooser = chooser
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._grid)
        self._lay_out()
        self.pace.chosen.connect(self.pace_chosen)
        self.choose.toggled.connect(self._on_choose)
        self.save.clicked.connect(self.save_clicked)
        self.stop.clicked.connect(self.stop_clicked)
        self._close.clicked.connect(self.closed)
        QShortcut(QKeySequence("Escape"), self._close).activated.connect(self._close.click)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        roomy = self.width() >= NARROW
        self._title.setVisible(roomy)
        self.choose.set_text("Schedulers" if roomy else "")
        self.save.set_text("Save" if roomy else "")

    def begin(self, titles: dict[str, str]) -> None:
        """Empty cells for these schedulers, by name."""
        for cell in self.cells.values():
            cell.hide()
            cell.deleteLater()
        self.cells = {name: Cell(self._theme, title, self._grid) for name, title in titles.items()}
        for name, cell in self.cells.items():
            cell.set_progress(0)
            cell.clicked.connect(lambda _=False, name=name: self.taken.emit(name))
        self._grid.set_cells(list(self.cells.values()))

    def set_words(self, text: str) -> None:
        """What is compared, and how far it is."""
        self._words.setText(text)

    def set_state(self, *, running: bool, savable: bool) -> None:
        self.stop.setVisible(running)
        self.save.setEnabled(savable)

    def _on_choose(self, on: bool) -> None:
        self._scroll.setVisible(not on)
        self._chooser.setVisible(on)
        self.choosing.emit(on)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 9, 12, 0)
        head.setSpacing(4)
        head.addWidget(self._title)
        head.addStretch()
        held = QWidget()
        held.setProperty("role", "card")
        row = QHBoxLayout(held)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for part in (self.pace, self.choose):
            row.addWidget(part)
        head.addWidget(held)
        head.addWidget(self.save)
        head.addWidget(self._close)
        line = QHBoxLayout()
        line.setContentsMargins(16, 0, 16, 0)
        line.addStrut(34)
        line.addWidget(self._words, 1)
        line.addWidget(self.stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(line)
        column.addWidget(self._scroll, 1)
        column.addWidget(self._chooser, 1)
        self._chooser.hide()


def _button(theme: Theme, icon: str, text: str, tooltip: str) -> IconButton:
    button = IconButton(theme, icon, tooltip=tooltip, text=text, size=14)
    button.setProperty("role", "page")
    button.setFont(theme.font(12, 500))
    button.setFixedHeight(28)
    return button
