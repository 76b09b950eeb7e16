"""The text of a prompt: weights by Ctrl+Up and Ctrl+Down, mistakes underlined, a list of how it could go on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QInputMethodEvent, QKeyEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from gdm_studio.ui.look.plain import tip
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets.file_drops import leave_files_to_window
from gdm_studio.ui.widgets.prompt_list import Offer, PromptList

Weigher = Callable[[str, int, int, bool], tuple[str, int, int] | None]
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class Slip(Protocol):
    """A mistake from `start` up to `end` of the text."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def sentence(self) -> str: ...


class PromptEditor(QPlainTextEdit):
    """Signals: `submitted()` by Enter, while Shift+Enter begins a line; `typed()` when a key has changed the text;
    `left()` by Escape, which stops nothing while one types.

    Setters: `set_weigher(function)`, `mark(mistakes)`, `offer(entries, first)`, `replace(start, end, text)`. Reader:
    `chosen()`. All places are letters of the text.
    """

    submitted = Signal()
    typed = Signal()
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._weigher: Weigher | None = None
        self._slips: Sequence[Slip] = ()
        self._list: PromptList | None = None  # once there was something to offer
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        leave_files_to_window(self.viewport())
        self.cursorPositionChanged.connect(self.close_list)
        self.verticalScrollBar().valueChanged.connect(self.close_list)
        theme.changed.connect(self._mark_anew)

    def set_weigher(self, weigher: Weigher | None) -> None:
        """`weigher(text, start, end, more)` is the text in which what is chosen counts more, or less, and what is
        chosen then; None where prompts have no weights.
        """
        self._weigher = weigher

    def chosen(self) -> tuple[int, int]:
        """From where up to where the text is chosen; twice the cursor's place where nothing is."""
        cursor, text = self.textCursor(), self.toPlainText()
        return _letters(text, cursor.selectionStart()), _letters(text, cursor.selectionEnd())

    def replace(self, start: int, end: int, text: str) -> None:
        """Other text from `start` up to `end`, the cursor behind it; Ctrl+Z takes back that and nothing else."""
        before = self.toPlainText()
        first, last = _units(before, start), _units(before, end)
        cursor = self.textCursor()
        cursor.beginEditBlock()
        cursor.setPosition(last)
        cursor.insertText(text)
        cursor.setPosition(first)  # taken out last: what is put in last would become one with what is typed next
        cursor.setPosition(last, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        cursor.endEditBlock()
        self._choose(start + len(text), start + len(text))

    def _mark_anew(self) -> None:
        self.mark(self._slips)

    def mark(self, slips: Sequence[Slip]) -> None:
        """Underlines these mistakes, and tells of each where the mouse rests on it."""
        self._slips = slips
        marks, text = [], self.toPlainText()
        for slip in slips:
            mark = QTextEdit.ExtraSelection()
            look = QTextCharFormat()
            look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            look.setUnderlineColor(self._theme.colour("danger"))
            cursor = self.textCursor()
            cursor.setPosition(_units(text, slip.start))
            cursor.setPosition(_units(text, slip.end), QTextCursor.MoveMode.KeepAnchor)
            mark.cursor, mark.format = cursor, look
            marks.append(mark)
        self.setExtraSelections(marks)

    def offer(self, entries: Sequence[Offer], *, first: bool = False) -> None:
        """Lists how the text could go on below the line of the cursor, with the `first` entry chosen."""
        if self._list is None:
            if not entries:
                return
            self._list = PromptList(self._theme, self.window())
            self._list.chosen.connect(lambda entry: self.replace(entry.start, entry.end, entry.text))
        line = self.cursorRect()
        top = self.viewport().mapToGlobal(line.topLeft()).y()
        place = QRect(self.mapToGlobal(QPoint(0, 0)).x(), top, self.width(), line.height())
        self._list.offer(entries if self.hasFocus() else (), place, first=first)

    # events

    def event(self, event: QEvent) -> bool:
        undone = isinstance(event, QKeyEvent) and (event.key(), event.modifiers()) == (Qt.Key.Key_Z, CTRL)
        if undone and not self.document().isUndoAvailable():  # the window takes something back then
            event.ignore()
            return False
        if isinstance(event, QKeyEvent) and self._has_list():
            if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress and self._list_takes(event):
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & SHIFT:
            self.close_list()
            self.submitted.emit()
        elif self._weigher and key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and event.modifiers() & CTRL:
            self._weigh(key == Qt.Key.Key_Up)
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            before = self.document().revision()
            super().keyPressEvent(event)
            deeds = CTRL | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
            if self.document().revision() != before and not event.modifiers() & deeds:
                self.typed.emit()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        super().inputMethodEvent(event)
        if event.commitString():
            self.typed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.close_list()
        super().focusOutEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            at = _letters(self.toPlainText(), self.cursorForPosition(event.pos()).position())
            here = (slip.sentence for slip in self._slips if slip.start <= at <= slip.end)
            self.viewport().setToolTip(tip(next(here, "")))
        return super().viewportEvent(event)

    def _weigh(self, more: bool) -> None:
        text = self.toPlainText()
        found = self._weigher and self._weigher(text, *self.chosen(), more)
        if found:
            new, start, end = found
            first, last = _changed(text, new)
            self.replace(first, last, new[first : len(new) - (len(text) - last)])
            self._choose(start, end)

    def _choose(self, start: int, end: int) -> None:
        cursor, text = self.textCursor(), self.toPlainText()
        cursor.setPosition(_units(text, start))
        cursor.setPosition(_units(text, end), QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def _has_list(self) -> bool:
        return self._list is not None and self._list.isVisible()

    def _list_takes(self, event: QKeyEvent) -> bool:
        plainly = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        return self._list is not None and self._has_list() and plainly and self._list.press(Qt.Key(event.key()))

    def close_list(self) -> None:
        """Offers nothing any more."""
        if self._list is not None:
            self._list.hide()


def _changed(text: str, new: str) -> tuple[int, int]:
    """From where up to where `text` is another than `new`, both beginning and ending alike."""
    shorter = min(len(text), len(new))
    first = next((at for at in range(shorter) if text[at] != new[at]), shorter)
    same = next((at for at in range(shorter - first) if text[-1 - at] != new[-1 - at]), shorter - first)
    return first, len(text) - same


def _units(text: str, at: int) -> int:
    """Where Qt, for which an emoji is two, counts that place of the text."""
    return at + sum(letter > "\uffff" for letter in text[:at])


def _letters(text: str, units: int) -> int:
    """The place of the text that Qt counts so."""
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "ignore"))
