"""List of completions below a text field, which retains the keyboard focus."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QListView, QStyledItemDelegate, QWidget

from gdm_studio.ui.theme.safe_text import plain

MOST = 8
WIDTH = 260
ACCEPT = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)


class _Entry(QStyledItemDelegate):
    """Item delegate that shows completions without control characters."""

    def displayText(self, value: str, locale: object) -> str:
        return plain(value)


class Completions(QListView):
    """List of completions that opens over `page`, below the text field `field`. It emits `chosen(text)` when the user
    accepts one.
    """

    chosen = Signal(str)

    def __init__(self, field: QLineEdit, page: QWidget) -> None:
        super().__init__(page)
        self._field = field
        self._page = page
        self._entries = QStringListModel(self)
        self.setModel(self._entries)
        self.setItemDelegate(_Entry(self))
        self.setProperty("role", "completions")
        self.setAccessibleName(self.tr("Completions"))
        self.setToolTip(self.tr("Press Enter or Tab to use one"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.entered.connect(self.setCurrentIndex)
        self.clicked.connect(lambda index: self._take(index.data()))
        field.installEventFilter(self)
        self.hide()

    def offer(self, entries: Sequence[str]) -> None:
        """Show the given completions below the text field, with none selected. An empty list hides the widget."""
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
        """Handle a key pressed in the text field while completions are open. Return True if the key was used."""
        if key == Qt.Key.Key_Escape:
            self.hide()
            return True
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if key == Qt.Key.Key_Down else -1
            count = self._entries.rowCount()
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
