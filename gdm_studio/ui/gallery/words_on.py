"""What people add to a picture in words: its tags as chips, and a note of any length."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from gdm_studio.ui.actions import TAG, said
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets.chips import Chip, Flow
from gdm_studio.ui.widgets.keys import OnEscape
from gdm_studio.ui.widgets.layouts import stacked

PAUSE_MS = 700  # of typing, after which a note is saved
DONE = [Qt.Modifier.CTRL | key for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)]
LEAVES = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)  # who accepts the first has the key for itself
LINE, LEAST, MOST = 19, 2, 8  # height of a line of a note; how many lines are shown


class Tags(QWidget):
    """Signals: `removed(str)`, `add_asked(QPoint)` with the lower left corner of the button, in global pixels."""

    removed = Signal(str)
    add_asked = Signal(QPoint)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._names: tuple[str, ...] | None = None
        self._flow = Flow(parent=self)
        self._add = Chip(theme, TAG.label, tooltip=TAG.tooltip, icon=TAG.icon, removable=False, parent=self)
        self._add.clicked.connect(lambda: self.add_asked.emit(self.place_of_add()))
        self.show_tags(())

    def show_tags(self, names: Sequence[str]) -> None:
        if tuple(names) == self._names:
            return
        self._names = tuple(names)
        chips = [self._chip(name) for name in names]
        self._flow.set_widgets([*chips, self._add])
        self.updateGeometry()

    def place_of_add(self) -> QPoint:
        """Where a field for another tag belongs, in global pixels."""
        return self._add.mapToGlobal(QPoint(0, -4))

    def _chip(self, name: str) -> Chip:
        chip = Chip(self._theme, name, tooltip=said(f"Take {name} off", "Del"), parent=self)
        chip.removed.connect(lambda: self.removed.emit(name))
        return chip


class NoteField(QWidget):
    """Grows with its text. Signal: `written(str)`, a moment after typing and when the field is left."""

    written = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editor = _Editor()
        OnEscape(self.editor, self.editor.clearFocus)
        self.editor.setPlaceholderText("Note")
        self.editor.setAccessibleName("Note")
        self.editor.setToolTip("What you want to remember of it; searched too")
        self.editor.setTabChangesFocus(True)
        self._saved = ""
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.flush)
        self.editor.textChanged.connect(self._on_text)
        self.editor.left.connect(self.flush)
        stacked(self.editor, on=self)
        self._fit()

    def show_note(self, text: str) -> None:
        """Another picture's note, or the same one as it was saved."""
        if text == self._saved:
            return
        self._saved = text
        with QSignalBlocker(self.editor):
            self.editor.setPlainText(text)
        self._fit()

    def flush(self) -> None:
        """Says what was typed and not yet said."""
        self._pause.stop()
        text = self.editor.toPlainText().strip()
        if text != self._saved:
            self._saved = text
            self.written.emit(text)

    def _on_text(self) -> None:
        self._pause.start()
        self._fit()

    def _fit(self) -> None:
        lines = int(self.editor.document().size().height())
        self.editor.setFixedHeight(min(max(lines, LEAST), MOST) * LINE + 16)


class _Editor(QPlainTextEdit):
    """Ctrl+Enter leaves it, and is no wish for a picture."""

    left = Signal()

    def event(self, event: QEvent) -> bool:
        if event.type() in LEAVES and isinstance(event, QKeyEvent) and event.keyCombination() in DONE:
            event.accept()
            if event.type() == QEvent.Type.KeyPress:
                self.clearFocus()
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()
