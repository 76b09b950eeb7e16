"""Editor for the subjects ("things") of an image set, separated by lines or commas."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from gdm_studio.request.prompts import is_list_too_long
from gdm_studio.studio.image_sets import MOST
from gdm_studio.ui.create.prompt.prompt_box import PAUSE
from gdm_studio.ui.create.prompt.prompt_chips import PromptChip, PromptChips
from gdm_studio.ui.create.prompt.prompt_text_field import leaves_undo_to_window
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets import label, mark
from gdm_studio.ui.widgets.file_drops import leave_files_to_window
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.window_actions import GENERATE, SET, with_keys

# Lines for which an empty list has room, up to which it grows, and that a low window always shows; height
# of a line in logical pixels.
LINES = 4
MOST_LINES = 14
FEWEST_LINES = 3
LINE_HEIGHT = 19
# Height of the title, the frame and the margins around the lines.
AROUND = 47
# The number of chips that the list has space for.
MAX_CHIPS = 4
# The bullet or number of an entry in a pasted list.
BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,3}[.)])\s+")
# An entry of the list. Lines end as in `str.splitlines`.
PART = re.compile(r"[^,;、\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")


def subjects_of(text: str) -> list[str]:
    """Return the distinct things (subjects of an image set) in a list, without bullets and numbers. Line breaks and
    commas separate them.

    At most MOST subjects are returned.
    """
    things: dict[str, str] = {}
    for thing, _, _ in _entries(text):
        things.setdefault(thing.casefold(), thing)
    return list(things.values())[:MOST]


def replace_subject(text: str, subject: str, replacement: str) -> str:
    """Replace the first mention of a thing (subject of an image set) in a list. Bullets, numbers and spaces are
    retained.

    `subject` is one of `subjects_of(text)`. A list without it is returned unchanged.
    """
    for listed, start, end in _entries(text):
        if listed == subject:
            return text[:start] + replacement + text[end:]
    return text


def _entries(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield each subject of a list with its position, as (subject, start, end), without bullets.

    `start` and `end` are character positions in `text`.
    """
    for match in PART.finditer(text):
        start, end = match.span()
        bullet = BULLET.match(text[start:end])
        after_bullet = start + bullet.end() if bullet else start
        written = text[after_bullet:end]
        if name := written.strip():
            first = after_bullet + written.index(name)
            yield " ".join(name.split()), first, first + len(name)


class _Editor(QPlainTextEdit):
    """Text editor that rejects pasted text that is too long to be laid out quickly, and then emits `refused()`."""

    refused = Signal()

    def event(self, event: QEvent) -> bool:
        if leaves_undo_to_window(self, event):
            event.ignore()
            return False
        return super().event(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        if is_list_too_long(self.toPlainText() + source.text()):
            self.refused.emit()
        else:
            super().insertFromMimeData(source)


class ThingList(QWidget):
    """Editor for the list of things (subjects) in an image set, with their count and the button `leave` that ends set
    mode.

    Signals: `changed()`, `rested()` a while after the last change, and `submitted()` on Ctrl+Enter.
    """

    changed = Signal()
    submitted = Signal()
    rested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editor = _Editor()
        self.editor.setPlaceholderText(self.tr("fox\nowl\nmushroom\n\nOne thing per line, or with commas"))
        self.editor.setAccessibleName(self.tr("Things of the set"))
        self.editor.setToolTip(with_keys(self.tr("What the set shows, one thing per line"), GENERATE.keys))
        self.editor.setFont(theme.font(14))
        self.editor.setMinimumHeight(LINE_HEIGHT + 25)
        self.editor.setTabChangesFocus(True)
        self.editor.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.editor.installEventFilter(self)
        leave_files_to_window(self.editor.viewport())
        self.editor.textChanged.connect(self._on_text)
        self.leave = mark(theme, "x", with_keys(self.tr("Back to single pictures"), SET.keys), size=14, side=20)
        self._count = label("", "muted", align=Qt.AlignmentFlag.AlignRight)
        self.editor.refused.connect(lambda: self._count.setText(self.tr("The text is too long for a list")))
        self.chips = PromptChips(theme, most=MAX_CHIPS)
        self.chips.chosen.connect(self._on_chip)
        # The text for which the chips were computed.
        self._text_of_chips = ""
        self._pause_timer = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause_timer.timeout.connect(self.rested)
        head = in_row(label(self.tr("One thing per line"), buddy=self.editor), ..., self._count, self.leave)
        stacked(head, (self.editor, 1), self.chips, on=self, spacing=6)
        self._least_height = LINES * LINE_HEIGHT + AROUND
        self._most_height = MOST_LINES * LINE_HEIGHT + AROUND
        # Long lines wrap, and then count as several.
        self.editor.document().documentLayout().documentSizeChanged.connect(lambda _: self._fit())
        self.chips.resized.connect(self._fit)
        self._fit()

    def set_least_height(self, height: int) -> None:
        """Set the height of the editor with a short list. It grows with its lines, up to MOST_LINES."""
        self._least_height = height
        self._fit()

    def set_most_height(self, height: int) -> None:
        """Set the height up to which the list grows, so that what is below it stays in view. Longer lists scroll."""
        if height != self._most_height:
            self._most_height = height
            self._fit()

    def _fit(self) -> None:
        lines = min(round(self.editor.document().size().height()), MOST_LINES)
        chips = 0 if self.chips.isHidden() else self.chips.height() + 6
        wanted = max(self._least_height, lines * LINE_HEIGHT + AROUND + chips)
        fewest = FEWEST_LINES * LINE_HEIGHT + AROUND + chips
        self.setFixedHeight(min(wanted, max(self._most_height, fewest)))

    def things(self) -> list[str]:
        """Return the things (subjects of the image set) that the user listed, without duplicates."""
        return subjects_of(self.text())

    def text(self) -> str:
        """Return the list of subjects exactly as the user typed it."""
        return self.editor.toPlainText()

    def set_text(self, text: str) -> None:
        """Replace the list of subjects."""
        self.editor.setPlainText(text)

    def replace_text(self, text: str) -> None:
        """Replace the list of subjects as one change that Ctrl+Z in the list undoes."""
        cursor = self.editor.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(text)

    def select(self, subject: str) -> None:
        """Select the first mention of a subject in the list, so that the user can replace it."""
        for listed, start, end in _entries(self.text()):
            if listed == subject:
                cursor = self.editor.textCursor()
                # Qt counts in UTF-16 code units.
                lengths = [len(self.text()[:place].encode("utf-16-le")) // 2 for place in (start, end)]
                cursor.setPosition(lengths[0])
                cursor.setPosition(lengths[1], cursor.MoveMode.KeepAnchor)
                self.editor.setTextCursor(cursor)
                break
        self.editor.setFocus()

    def show_chips(self, chips: Sequence[PromptChip]) -> None:
        """Show chips (small labels) below the list of subjects, which mark the subjects that the model would ignore."""
        self._text_of_chips = self.text()
        self.chips.set_chips(chips)
        self._fit()
        # The editor has become smaller to make space for them.
        QTimer.singleShot(0, self.editor, self.editor.ensureCursorVisible)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # The list may come from an earlier session.
        self._pause_timer.start()

    def _on_chip(self, text: str) -> None:
        if self.text() != self._text_of_chips:
            # The chip's correction was made before the last changes. Other chips follow soon.
            return
        self.editor.setFocus()
        self.replace_text(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.submitted.emit()
                return True
        return super().eventFilter(watched, event)

    def _on_text(self) -> None:
        count = len(self.things())
        text = self.tr("%n thing(s)", "", count) if count else ""
        if count == MOST:
            text += self.tr(" · the first {maximum} count").format(maximum=MOST)
        self._count.setText(text)
        self._pause_timer.start()
        self.changed.emit()
