"""Search field with an icon, its keyboard shortcut, and a button that clears it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QLineEdit

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.ui.theme import icons
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.widgets.file_drops import leave_files_to_window
from gdm_studio.ui.widgets.icon_button import mark
from gdm_studio.ui.widgets.shapes import antialiased_painter
from gdm_studio.ui.window_actions import with_keys

# Pause in typing after which the search runs, so that keys in quick succession cause only one search.
PAUSE_MS = 10
# Space inside the frame that the text does not use.
PADDING = 16
# Shows the syntax of the gallery's search.
SYNTAX = QT_TRANSLATE_NOOP("SearchField", 'Words, "phrases", -without, is:favourite, seed:42, steps:>20')


class SearchField(QLineEdit):
    """Search field that emits `searched(text)` soon after typing or on Enter.

    Escape clears the field or, if it is empty, removes the focus and emits `left()`. `left_down()` is emitted on the
    Down key.
    """

    searched = Signal(str)
    left = Signal()
    left_down = Signal()

    def __init__(self, theme: Theme, *, title: str = "", tooltip: str = "") -> None:
        super().__init__()
        self._theme = theme
        self._last_search = ""
        title = title or self.tr("Search pictures")
        self._placeholder = f"{title}…"
        self.setPlaceholderText(self._placeholder)
        self.setAccessibleName(title)
        self.setToolTip(tooltip or with_keys(self.tr(SYNTAX), "/"))
        self.setFixedHeight(SPACE.control)
        self.setTextMargins(22, 0, 26, 0)
        self._clear_mark = mark(theme, "x", with_keys(self.tr("Clear the search"), "Esc"), size=14, side=22)
        self._clear_mark.setParent(self)
        self._clear_mark.setCursor(Qt.CursorShape.ArrowCursor)
        self._clear_mark.clicked.connect(self.empty)
        self._clear_mark.hide()
        self._pause_timer = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause_timer.timeout.connect(self._emit_search)
        self.textChanged.connect(self._on_text)
        self.returnPressed.connect(self._emit_search)
        leave_files_to_window(self)

    def empty(self) -> None:
        """Clear the search field and emit `searched` with ""."""
        self.set_text("")

    def set_text(self, text: str) -> None:
        """Replace the search text and search for it immediately."""
        self.setText(text)
        self.search_now()

    def search_now(self) -> None:
        """Emit `searched` immediately, without waiting for more typing."""
        self._emit_search()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self.text():
                self.empty()
            else:
                self.clearFocus()
                self.left.emit()
        elif event.key() == Qt.Key.Key_Down:
            self.left_down.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._clear_mark.move(self.width() - 30, (self.height() - 22) // 2)
        # In some languages the title does not fit.
        margins = self.textMargins()
        room = self.width() - margins.left() - margins.right() - PADDING
        fits = self.fontMetrics().horizontalAdvance(self._placeholder) <= room
        self.setPlaceholderText(self._placeholder if fits else self.tr("Search…"))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = antialiased_painter(self)
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
        self._clear_mark.setVisible(bool(text))
        self._pause_timer.start()

    def _emit_search(self) -> None:
        self._pause_timer.stop()
        text = self.text().strip()
        if text != self._last_search:
            self._last_search = text
            self.searched.emit(text)
