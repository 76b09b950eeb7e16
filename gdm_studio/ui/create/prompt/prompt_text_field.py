"""Prompt editor with weights (Ctrl+Up, Ctrl+Down), underlined mistakes and a list of completions."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QEvent, QMimeData, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QInputMethodEvent, QKeyEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from gdm_studio.request.prompts import is_too_long
from gdm_studio.ui.theme.safe_text import tip
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.undo_stack import MAX_ACTIONS
from gdm_studio.ui.widgets.file_drops import leave_files_to_window

if TYPE_CHECKING:
    from gdm_studio.ui.create.prompt.prompt_list import PromptCompletion, PromptList

Weigher = Callable[[str, int, int, bool], tuple[str, int, int] | None]
# Maximum number of underlined mistakes. Every key repaints each of them.
MAX_MARKED = 200
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


class PromptMistake(Protocol):
    """Mistake in a prompt, such as an unbalanced bracket, from the character `start` up to but not including `end`."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def sentence(self) -> str: ...


@dataclass(frozen=True)
class _FollowedAction:
    """Action of the window that may have replaced the prompt, with the state of the editor after it."""

    undo: Callable[[], object]
    undo_steps: int
    text: str


class PromptEditor(QPlainTextEdit):
    """Text editor for a prompt, with word weights, underlined mistakes and completions.

    Positions count characters of Python strings. Signals: `submitted()` on Enter (Shift+Enter starts a new line),
    `typed()` when a key has changed the text, `left()` on Escape, `history_asked(back)` when an arrow key would leave
    the text, and `overflowed(text)` instead of a paste that would make the text too long.
    """

    submitted = Signal()
    typed = Signal()
    left = Signal()
    history_asked = Signal(bool)
    overflowed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._weigher: Weigher | None = None
        self._mistakes: Sequence[PromptMistake] = ()
        # Created with the first completions.
        self._list: PromptList | None = None
        # Widget below the editor that the completions must not cover.
        self._widget_below: QWidget | None = None
        # Returns True if Escape leaves the text instead of being a shortcut of the window.
        self._keeps_escape: Callable[[], bool] | None = None
        # Returns True if it uses pasted data, which is then not inserted.
        self._take_pasted: Callable[[QMimeData], bool] | None = None
        self._actions: deque[_FollowedAction] = deque(maxlen=MAX_ACTIONS)
        self._newest_action: Callable[[], Callable[[], object] | None] = lambda: None
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        leave_files_to_window(self.viewport())
        self.cursorPositionChanged.connect(self.close_list)
        self.verticalScrollBar().valueChanged.connect(self.close_list)
        theme.changed.connect(self._mark_again)

    def set_weigher(self, weigher: Weigher | None) -> None:
        """Set the function that changes the selected words' weight, or None if the model has no weights.

        `weigher(text, start, end, more)` returns the new text and selection, or None if nothing changes.
        """
        self._weigher = weigher

    def keep_escape_if(self, condition: Callable[[], bool]) -> None:
        """Let Escape leave the text while `condition()` returns True, instead of being a shortcut of the window."""
        self._keeps_escape = condition

    def keep_visible(self, below: QWidget) -> None:
        """Keep a widget below the editor visible while completions are shown: their list opens below this widget, not
        over it.
        """
        self._widget_below = below

    def selected_range(self) -> tuple[int, int]:
        """Return the start and end of the selected text, which are both the cursor position if nothing is selected."""
        cursor = self.textCursor()
        text = self.toPlainText()
        return _from_utf16(text, cursor.selectionStart()), _from_utf16(text, cursor.selectionEnd())

    def offer_pasted(self, take: Callable[[QMimeData], bool]) -> None:
        """Pass all data that the user pastes to `take` first, and insert its text only if `take` returns False."""
        self._take_pasted = take

    def leave_actions_to_window(self, newest: Callable[[], Callable[[], object] | None]) -> None:
        """Leave Ctrl+Z to the window if its newest action, undone by `newest()`, is newer than all changes of the
        prompt.
        """
        self._newest_action = newest

    def follow_action(self, undo: Callable[[], object]) -> None:
        """Remember an action of the window that may just have replaced the text among other settings."""
        self._actions.append(_FollowedAction(undo, self.document().availableUndoSteps(), self.toPlainText()))

    def actions_before_changes(self) -> list[Callable[[], object]]:
        """Return the functions that undo the actions of the window since which the text has not changed."""
        state = (self.document().availableUndoSteps(), self.toPlainText())
        return [each.undo for each in self._actions if (each.undo_steps, each.text) == state]

    def replace(self, start: int, end: int, text: str) -> None:
        """Replace the characters from `start` up to `end` as one undo step, and move the cursor after the new text."""
        units = _PositionConverter(self.toPlainText())
        first = units.of(start)
        last = units.of(end)
        cursor = self.textCursor()
        cursor.beginEditBlock()
        cursor.setPosition(last)
        cursor.insertText(text)
        # Remove last, because Qt would merge an insertion with the text typed next into one step to undo.
        cursor.setPosition(first)
        cursor.setPosition(last, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        cursor.endEditBlock()
        self._select(start + len(text), start + len(text))

    def _mark_again(self) -> None:
        self.mark(self._mistakes)

    def mark(self, mistakes: Sequence[PromptMistake]) -> None:
        """Underline mistakes in the prompt, with an explanation of each as its tooltip."""
        self._mistakes = mistakes
        marks = []
        units = _PositionConverter(self.toPlainText())
        for mistake in mistakes[:MAX_MARKED]:
            mark = QTextEdit.ExtraSelection()
            look = QTextCharFormat()
            look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            look.setUnderlineColor(self._theme.colour("danger"))
            cursor = self.textCursor()
            cursor.setPosition(units.of(mistake.start))
            cursor.setPosition(units.of(mistake.end), QTextCursor.MoveMode.KeepAnchor)
            mark.cursor = cursor
            mark.format = look
            marks.append(mark)
        self.setExtraSelections(marks)

    def offer(self, entries: Sequence[PromptCompletion], *, first: bool = False) -> None:
        """Show completions for the word at the cursor. If `first` is True, the first one is selected."""
        if self._list is None:
            if not entries:
                return
            from gdm_studio.ui.create.prompt.prompt_list import PromptList

            self._list = PromptList(self._theme, self.window())
            self._list.chosen.connect(lambda entry: self.replace(entry.start, entry.end, entry.text))
        parts = (
            [self, self._widget_below] if self._widget_below is not None and self._widget_below.isVisible() else [self]
        )
        place = QRect()
        for part in parts:
            place |= QRect(part.mapToGlobal(QPoint(0, 0)), part.size())
        self._list.offer(entries if self.hasFocus() else (), place, first=first)

    # events

    def event(self, event: QEvent) -> bool:
        is_newer = _is_undo(event) and self._newest_action() in self.actions_before_changes()
        if is_newer or leaves_undo_to_window(self, event):
            event.ignore()
            return False
        if isinstance(event, QKeyEvent):
            is_kept = self._has_list() or self._keeps_escape is not None and self._keeps_escape()
            is_own = event.key() == Qt.Key.Key_Escape and is_kept
            if event.type() == QEvent.Type.ShortcutOverride and is_own:
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
            self._change_weight(key == Qt.Key.Key_Up)
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._leaves_text(event):
            self.history_asked.emit(key == Qt.Key.Key_Up)
        else:
            before = self.document().revision()
            super().keyPressEvent(event)
            commands = CTRL | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
            if self.document().revision() != before and not event.modifiers() & commands:
                self.typed.emit()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        super().inputMethodEvent(event)
        if event.commitString():
            self.typed.emit()

    def insertFromMimeData(self, source: QMimeData) -> None:
        if self._take_pasted is not None and self._take_pasted(source):
            return
        if source.hasText():
            self.insert(source.text())
        else:
            super().insertFromMimeData(source)

    def insert(self, text: str) -> None:
        """Replace the selection by `text`, or insert `text` at the cursor."""
        (start, end) = self.selected_range()
        whole = self.toPlainText()
        whole = f"{whole[:start]}{text}{whole[end:]}"
        # Qt would take seconds or minutes to lay it out.
        if is_too_long(whole):
            self.overflowed.emit(whole)
        else:
            self.insertPlainText(text)
            self.ensureCursorVisible()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.close_list()
        super().focusOutEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            at = _from_utf16(self.toPlainText(), self.cursorForPosition(event.pos()).position())
            sentences = (each.sentence for each in self._mistakes if each.start <= at <= each.end)
            self.viewport().setToolTip(tip(next(sentences, "")))
        return super().viewportEvent(event)

    def _leaves_text(self, event: QKeyEvent) -> bool:
        """Return True if an arrow key would move the cursor out of the prompt's first or last line."""
        cursor = self.textCursor()
        way = cursor.MoveOperation.Up if event.key() == Qt.Key.Key_Up else cursor.MoveOperation.Down
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        return plain and not cursor.hasSelection() and not cursor.movePosition(way)

    def _change_weight(self, more: bool) -> None:
        text = self.toPlainText()
        changed = self._weigher and self._weigher(text, *self.selected_range(), more)
        if changed:
            new, start, end = changed
            first, last = _changed_range(text, new)
            self.replace(first, last, new[first : len(new) - (len(text) - last)])
            self._select(start, end)

    def _select(self, start: int, end: int) -> None:
        cursor = self.textCursor()
        units = _PositionConverter(self.toPlainText())
        cursor.setPosition(units.of(start))
        cursor.setPosition(units.of(end), QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def _has_list(self) -> bool:
        return self._list is not None and self._list.isVisible()

    def _list_takes(self, event: QKeyEvent) -> bool:
        is_plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        return self._list is not None and self._has_list() and is_plain and self._list.press(Qt.Key(event.key()))

    def close_list(self) -> None:
        """Hide the list of completions, if it is open."""
        if self._list is not None:
            self._list.hide()


def _changed_range(text: str, new: str) -> tuple[int, int]:
    """Return the (start, end) range of `text` that must be replaced to get `new`, excluding the common beginning and
    end of both.
    """
    shorter = min(len(text), len(new))
    first = next((at for at in range(shorter) if text[at] != new[at]), shorter)
    same = next((at for at in range(shorter - first) if text[-1 - at] != new[-1 - at]), shorter - first)
    return first, len(text) - same


class _PositionConverter:
    """Converter from positions in a Python string to Qt's positions, which count UTF-16 code units."""

    def __init__(self, text: str) -> None:
        self._two_unit_positions = [at for at, letter in enumerate(text) if letter > "\uffff"]

    def of(self, at: int) -> int:
        return at + bisect_left(self._two_unit_positions, at)


def _from_utf16(text: str, units: int) -> int:
    """Convert a Qt text position, which counts UTF-16 code units, to a position in a Python string."""
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "ignore"))


def leaves_undo_to_window(editor: QPlainTextEdit, event: QEvent) -> bool:
    """Return True if an event is Ctrl+Z in a text without changes to undo, so that the window undoes an action."""
    return _is_undo(event) and not editor.document().isUndoAvailable()


def _is_undo(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and (event.key(), event.modifiers()) == (Qt.Key.Key_Z, CTRL)
