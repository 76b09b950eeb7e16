"""What could complete the word being typed, listed below its field; the keys stay with the field."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QListView, QStyledItemDelegate, QWidget

from gdm_studio.ui.look.plain import plain

MOST, WIDTH = 8, 260
ACCEPT = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)


class _Entry(QStyledItemDelegate):
    """A word as it can be shown; the list gives it back as it is."""

    def displayText(self, value: str, locale: object) -> str:
        return plain(value)


class Completions(QListView):
    """Lies over `page` below `field`. Signal: `chosen(str)`. Setter: `offer(entries)`, nothing with none."""

    chosen = Signal(str)

    def __init__(self, field: QLineEdit, page: QWidget) -> None:
        super().__init__(page)
        self._field, self._page = field, page
        self._entries = QStringListModel(self)
        self.setModel(self._entries)
        self.setItemDelegate(_Entry(self))
        self.setProperty("role", "completions")
        self.setAccessibleName("What the search could go on with")
        self.setToolTip("Enter or Tab takes one")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.entered.connect(self.setCurrentIndex)
        self.clicked.connect(lambda index: self._take(index.data()))
        field.installEventFilter(self)
        self.hide()

    def offer(self, entries: Sequence[str]) -> None:
        """Lists the entries, none of them chosen yet."""
        if not entries:
            self.hide()
            return
        self._entries.setStringList(list(entries))
        below = self._field.mapTo(self._page, QPoint(0, self._field.height() + 4))
        rows = min(len(entries), MOST)
        self.setGeometry(below.x(), below.y(), WIDTH, rows * max(self.sizeHintForRow(0), 1) + 10)
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
        elif self.isVisible() and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress:
                return self._on_key(Qt.Key(event.key()))
            if event.type() == QEvent.Type.ShortcutOverride and event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Tab):
                event.accept()
        return super().eventFilter(watched, event)

    def _on_key(self, key: Qt.Key) -> bool:
        """Whether the key was for the list."""
        if key == Qt.Key.Key_Escape:
            self.hide()
            return True
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step, count = 1 if key == Qt.Key.Key_Down else -1, self._entries.rowCount()
            row = max(self.currentIndex().row(), -1 if step > 0 else 0)
            self.setCurrentIndex(self._entries.index((row + step) % count))
            return True
        if key in ACCEPT and (self.currentIndex().isValid() or key == Qt.Key.Key_Tab):
            index = self.currentIndex() if self.currentIndex().isValid() else self._entries.index(0)
            self._take(index.data())
            return True
        if key in ACCEPT:
            self.hide()
        return False

    def _take(self, entry: str) -> None:
        self.hide()
        self.chosen.emit(entry)
