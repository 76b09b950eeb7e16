"""List of completions for a prompt editor, which retains the keyboard focus."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QCursor,
    QFontMetrics,
    QHideEvent,
    QMouseEvent,
    QPainter,
    QShowEvent,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import QAbstractItemView, QApplication, QListView, QStyle, QStyleOptionViewItem, QWidget

from gdm_studio.ui.theme.safe_text import plain
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets.item_models import EntryPainter, Index
from gdm_studio.ui.widgets.shapes import paint_rounded_rect

ROW = 28
EDGE = 5
NOTE = Qt.ItemDataRole.UserRole + 1


class PromptCompletion(Protocol):
    """Prompt completion whose text replaces the characters from `start` up to `end`.

    `note` describes it to the user.
    """

    @property
    def text(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def note(self) -> str: ...


class PromptList(QListView):
    """Popup list of completions for a prompt editor, which emits `chosen(offer)` when the user accepts one.

    Up, Down and mouse movements select an entry. A list that opens under a resting mouse has no selection. A click
    elsewhere closes it.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._offers: list[PromptCompletion] = []
        # Position of the mouse when the list appeared.
        self._mouse_position = QPoint()
        self._entries = QStandardItemModel(self)
        self.setModel(self._entries)
        self.setItemDelegate(_Entry(theme, self))
        self.setProperty("role", "completions")
        self.setAccessibleName(self.tr("Completions of the prompt"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.clicked.connect(lambda index: self.take(index.row()))
        self.hide()

    def offer(self, entries: Sequence[PromptCompletion], field: QRect, *, first: bool) -> None:
        """Show prompt completions below the rectangle `field`, or above it if there is more space.

        `field` is in screen coordinates. With `first`, the first completion is selected. Without completions, the list
        is hidden.
        """
        if not entries:
            self.hide()
            return
        if self.isHidden():
            self._mouse_position = QCursor.pos()
        self._offers = list(entries)
        self._entries.clear()
        for each in entries:
            item = QStandardItem(plain(each.text))
            item.setData(each.note, NOTE)
            item.setData(" ".join(filter(None, (each.text, each.note))), Qt.ItemDataRole.AccessibleTextRole)
            self._entries.appendRow(item)
        window = self._window
        place = QRect(window.mapFromGlobal(field.topLeft()), field.size())
        below = window.height() - place.bottom() - 4
        above = place.top() - 4
        # Rows that find no space are left out, so that the list never covers the field.
        height = min(len(entries) * ROW + 2 * EDGE, max(below, above))
        top = place.bottom() + 4 if height <= below else above - height
        self.setGeometry(place.left(), top, place.width(), height)
        self.setCurrentIndex(self._entries.index(0, 0) if first else QModelIndex())
        self.show()
        self.raise_()

    def take(self, row: int) -> None:
        """Close the list of completions, and emit `chosen` with the completion in this row."""
        self.hide()
        self.chosen.emit(self._offers[row])

    def press(self, key: Qt.Key) -> bool:
        """Handle a key pressed in the editor while the list of completions is open. Return True if the list used it."""
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

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # A button that does not take the focus would leave the list open.
        if (application := QApplication.instance()) is not None:
            application.installEventFilter(self)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if (application := QApplication.instance()) is not None:
            application.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_press = event.type() == QEvent.Type.MouseButtonPress
        if is_press and isinstance(watched, QWidget) and watched is not self and not self.isAncestorOf(watched):
            self.hide()
        return super().eventFilter(watched, event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.globalPosition().toPoint()
        if place != self._mouse_position:
            self._mouse_position = QPoint(-1, -1)
            self.setCurrentIndex(self.indexAt(event.position().toPoint()))

    def viewportEvent(self, event: QEvent) -> bool:
        """Ignore hover events that Qt sends without a mouse movement, so that they do not select an entry."""
        return event.type() in (QEvent.Type.HoverEnter, QEvent.Type.HoverMove) or super().viewportEvent(event)


class _Entry(EntryPainter[PromptList]):
    """Item delegate that paints a prompt completion on the left and its note on the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens = self.theme.tokens
        room = option.rect.adjusted(8, 0, -8, 0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            paint_rounded_rect(painter, option.rect, 6, ground=QColor(tokens.hover))
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
