"""The list of things that a set shows: typed or pasted, one a line, or on one line with commas."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from gdm_studio.ui.actions import GENERATE, SET, said
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import label, mark, wrapped
from gdm_studio.ui.widgets.file_drops import leave_files_to_window
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.prompt_box import PAUSE

MOST = 200
LINES, LINE = 4, 19  # lines in sight where nothing else says how many, and the height of one at 14 px
PLACEHOLDER = "fox\nowl\nmushroom\n\nOne thing a line, or with commas"
BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,3}[.)])\s+")  # of a list that was pasted


def things_of(text: str) -> list[str]:
    """The things of a list in their order: each once, without bullets and numbers, MOST at most."""
    lines = [line for line in text.splitlines() if line.strip()]
    parts = re.split(r"[,;、]", lines[0]) if len(lines) == 1 else lines
    named = (" ".join(BULLET.sub("", part).split()).strip(",;") for part in parts)
    found: dict[str, str] = {}
    for thing in filter(None, named):
        found.setdefault(thing.casefold(), thing)
    return list(found.values())[:MOST]


class Things(QWidget):
    """Signals: `changed()`, `submitted()` (Ctrl+Enter). Setters: `set_text(str)`, `set_reader(function)`, as PromptBox
    has it. Readers: `things()`, `text()`. Part: `leave`, a button."""

    changed = Signal()
    submitted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editor = QPlainTextEdit()
        self.editor.setPlaceholderText(PLACEHOLDER)
        self.editor.setAccessibleName("Things of the set")
        self.editor.setToolTip(said("What the set shows, one thing a line", GENERATE.keys))
        self.editor.setFont(theme.font(14))
        self.editor.setMinimumHeight(LINE + 25)
        self.editor.setTabChangesFocus(True)
        self.editor.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.editor.installEventFilter(self)
        leave_files_to_window(self.editor.viewport())
        self.editor.textChanged.connect(self._on_text)
        self.leave = mark(theme, "x", said("One picture again", SET.keys), size=14, side=20)
        self._count = label("", "muted", align=Qt.AlignmentFlag.AlignRight)
        self._about = wrapped("", "hint")
        self._about.hide()
        self._reader: Callable[[str], str] = lambda text: ""
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._show_about)
        head = in_row(label("Things", buddy=self.editor), ..., self._count, self.leave)
        stacked(head, (self.editor, 1), self._about, on=self, spacing=6)
        self.setFixedHeight(LINES * LINE + 47)

    def things(self) -> list[str]:
        return things_of(self.text())

    def text(self) -> str:
        return self.editor.toPlainText()

    def set_text(self, text: str) -> None:
        self.editor.setPlainText(text)

    def set_reader(self, reader: Callable[[str], str]) -> None:
        self._reader = reader
        self._pause.start()

    def _show_about(self) -> None:
        said = self._reader("\n".join(self.things()))
        self._about.setText(said)
        self._about.setVisible(bool(said))
        QTimer.singleShot(0, self.editor.ensureCursorVisible)  # it has given way to the words

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.submitted.emit()
                return True
        return super().eventFilter(watched, event)

    def _on_text(self) -> None:
        count = len(self.things())
        beyond = f" · the first {MOST} count" if count == MOST else ""
        self._count.setText(f"{count} {'thing' if count == 1 else 'things'}{beyond}" if count else "")
        self._pause.start()
        self.changed.emit()
