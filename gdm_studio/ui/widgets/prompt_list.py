"""What a prompt could go on with, listed below the line that is written; the keys stay with the editor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QCursor, QFontMetrics, QMouseEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyleOptionViewItem, QWidget

from gdm_studio.ui.look.index import EntryPainter, Index
from gdm_studio.ui.look.plain import plain
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets.painting import rounded

ROW, EDGE = 28, 5
NOTE = Qt.ItemDataRole.UserRole + 1


class Offer(Protocol):
    """What is put in the place of the text from `start` up to `end`; `note` says what it is."""

    @property
    def text(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def note(self) -> str: ...


class PromptList(QListView):
    """Lies over the window. Signal: `chosen(offer)`. Setter: `offer(entries, line, first)`.

    An entry is chosen by Up and Down or by a mouse that is moved: one that rests where the list comes up chooses none.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._offers: list[Offer] = []
        self._resting = QPoint()  # where the mouse was as the list came up
        self._entries = QStandardItemModel(self)
        self.setModel(self._entries)
        self.setItemDelegate(_Entry(theme, self))
        self.setProperty("role", "completions")
        self.setAccessibleName("What the prompt could go on with")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.clicked.connect(lambda index: self.take(index.row()))
        self.hide()

    def offer(self, entries: Sequence[Offer], line: QRect, *, first: bool) -> None:
        """Lists them below `line`, on the screen, or above it where there is more room; with the `first` one chosen.

        With none it is hidden.
        """
        if not entries:
            self.hide()
            return
        if self.isHidden():
            self._resting = QCursor.pos()
        self._offers = list(entries)
        self._entries.clear()
        for each in entries:
            item = QStandardItem(plain(each.text))
            item.setData(each.note, NOTE)
            item.setData(" ".join(filter(None, (each.text, each.note))), Qt.ItemDataRole.AccessibleTextRole)
            self._entries.appendRow(item)
        window = self._window
        place = QRect(window.mapFromGlobal(line.topLeft()), line.size())
        height = len(entries) * ROW + 2 * EDGE
        below = place.bottom() + 4
        top = below if below + height <= window.height() else max(place.top() - height - 4, 0)
        self.setGeometry(place.left(), top, place.width(), height)
        self.setCurrentIndex(self._entries.index(0, 0) if first else QModelIndex())
        self.show()
        self.raise_()

    def take(self, row: int) -> None:
        """Closes, and says which was chosen."""
        self.hide()
        self.chosen.emit(self._offers[row])

    def press(self, key: Qt.Key) -> bool:
        """Whether the key was for the list, which is open."""
        row = self.currentIndex().row()
        if key == Qt.Key.Key_Escape:
            self.hide()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step, count = (1, len(self._offers)) if key == Qt.Key.Key_Down else (-1, len(self._offers))
            self.setCurrentIndex(self._entries.index((max(row, -1 if step > 0 else 0) + step) % count, 0))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab) and row >= 0:
            self.take(row)
        else:
            return False
        return True

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.globalPosition().toPoint()
        if place != self._resting:
            self._resting = QPoint(-1, -1)
            self.setCurrentIndex(self.indexAt(event.position().toPoint()))

    def viewportEvent(self, event: QEvent) -> bool:
        """Without the notices of a mouse that entered, which the one that rests there already is said to have."""
        return event.type() in (QEvent.Type.HoverEnter, QEvent.Type.HoverMove) or super().viewportEvent(event)


class _Entry(EntryPainter[PromptList]):
    """An entry, and at its end in a quieter colour what it is."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens, room = self.theme.tokens, option.rect.adjusted(8, 0, -8, 0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            rounded(painter, option.rect, 6, ground=QColor(tokens.hover))
        painter.setFont(self.theme.font(11))
        painter.setPen(QColor(tokens.muted))
        note = index.data(NOTE)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, note)
        room.setRight(room.right() - (QFontMetrics(painter.font()).horizontalAdvance(note) + 8 if note else 0))
        painter.setFont(self.theme.font(13))
        painter.setPen(QColor(tokens.text))
        text = QFontMetrics(painter.font()).elidedText(index.data(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()
