"""A field to search in: a glass, the key that leads here, and a cross that empties it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QLineEdit

from gdm_studio.ui.actions import said
from gdm_studio.ui.look import icons
from gdm_studio.ui.look.theme import SPACE, Theme
from gdm_studio.ui.widgets.file_drops import leave_files_to_window
from gdm_studio.ui.widgets.icon_button import mark
from gdm_studio.ui.widgets.painting import smooth

PAUSE_MS = 10  # of typing, after which the search runs: keys that come together are one search
PICTURES = 'Words, "phrases", -without, is:favourite, seed:42, steps:>20 (/)'  # what can be looked for


class SearchField(QLineEdit):
    """Signals: `searched(str)` a moment after typing, at once with Enter; `left_down()` with the Down key.

    Escape empties the field, and where it is empty leaves it.
    """

    searched = Signal(str)
    left_down = Signal()

    def __init__(self, theme: Theme, *, what: str = "pictures", tooltip: str = PICTURES) -> None:
        super().__init__()
        self._theme, self._said = theme, ""
        self.setPlaceholderText(f"Search {what}…")
        self.setAccessibleName(f"Search {what}")
        self.setToolTip(tooltip)
        self.setFixedHeight(SPACE.control)
        self.setTextMargins(22, 0, 26, 0)
        self._clear = mark(theme, "x", said("Empty the search", "Esc"), size=14, side=22)
        self._clear.setParent(self)
        self._clear.setCursor(Qt.CursorShape.ArrowCursor)
        self._clear.clicked.connect(self.empty)
        self._clear.hide()
        self._wait = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._wait.timeout.connect(self._say)
        self.textChanged.connect(self._on_text)
        self.returnPressed.connect(self._say)
        leave_files_to_window(self)

    def empty(self) -> None:
        """Takes the search back."""
        self.set_text("")

    def set_text(self, text: str) -> None:
        """Writes a search and runs it."""
        self.setText(text)
        self.search_now()

    def search_now(self) -> None:
        """Runs the search without waiting for more keys."""
        self._say()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self.text():
                self.empty()
            else:
                self.clearFocus()
        elif event.key() == Qt.Key.Key_Down:
            self.left_down.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._clear.move(self.width() - 30, (self.height() - 22) // 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = smooth(self)
        middle = self.height() / 2
        icons.paint(painter, QRectF(11, middle - 8, 16, 16), "search", self._theme.colour("muted"))
        if self.text() or self.hasFocus():
            return
        key = QRectF(self.width() - 29, middle - 9, 18, 18).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(self._theme.colour("edge"), 1))
        painter.drawRoundedRect(key, 5, 5)
        painter.setPen(self._theme.colour("muted"))
        painter.setFont(self._theme.font(11))
        painter.drawText(key, Qt.AlignmentFlag.AlignCenter, "/")

    def _on_text(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        self._wait.start()

    def _say(self) -> None:
        self._wait.stop()
        text = self.text().strip()
        if text != self._said:
            self._said = text
            self.searched.emit(text)
