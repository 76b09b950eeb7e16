"""Binding of the keyboard shortcuts of actions to a window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from string import punctuation

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QWidget

from gdm_studio.ui.window_actions import Action

Do = Callable[[Action], bool]
# Lists search their entries for these characters, and some keyboards need Shift to type them.
PUNCTUATION = set(punctuation)
PRESS = QEvent.Type.KeyPress
FUNCTION_KEYS = range(Qt.Key.Key_F1.value, Qt.Key.Key_F35.value + 1)
# Property of the widgets in which a letter is a command.
LETTER_AREA = "letter_area"
# Characters that change nothing, so that they are commands everywhere: search, and the list of shortcuts.
HARMLESS = "/?"


class Keys:
    """Binding of keyboard shortcuts to a window's actions.

    Keys with Ctrl, function keys and punctuation become Qt shortcuts. The window passes other keys to `press` if the
    focused widget did not accept them. `do(action)` runs an action and returns True if it could run. Among actions that
    share a key, the first that can run is used. If none can, `in_vain(actions)` is called.
    """

    def __init__(self, window: QWidget, do: Do, in_vain: Callable[[Sequence[Action]], object]) -> None:
        self._window = window
        self._call_action = do
        self._report_unavailable = in_vain
        self._plain_keys: dict[Qt.Key, list[Action]] = {}
        self._shortcuts: dict[str, tuple[QShortcut, list[Action]]] = {}

    def bind(self, actions: Sequence[Action]) -> None:
        """Register the keyboard shortcuts of the given actions in the window."""
        for action in actions:
            for sequence in () if action.held else key_sequences(action.keys):
                key = _plain_key(sequence)
                if key is not None:
                    self._plain_keys.setdefault(key, []).append(action)
                if key is None or _is_punctuation(sequence):
                    self._bind(sequence, action)

    def press(self, event: QKeyEvent) -> bool:
        """Run the action whose shortcut is the pressed key without modifiers.

        Return False if no such action can run.
        """
        ignored = Qt.KeyboardModifier.KeypadModifier
        if event.text() in PUNCTUATION:
            ignored |= Qt.KeyboardModifier.ShiftModifier
        modifiers = event.modifiers() & ~ignored
        return not modifiers and self._run_first(self._plain_keys.get(Qt.Key(event.key()), []))

    def _bind(self, sequence: QKeySequence, action: Action) -> None:
        text = sequence.toString()
        if text not in self._shortcuts:
            shortcut = QShortcut(sequence, self._window)
            self._shortcuts[text] = shortcut, []
            shortcut.activated.connect(partial(self._run_first, self._shortcuts[text][1]))
        self._shortcuts[text][1].append(action)

    def _run_first(self, actions: Sequence[Action]) -> bool:
        done = any(self._call_action(action) for action in actions)
        if not done:
            self._report_unavailable(actions)
        return done


class OnEscape(QObject):
    """Event filter that calls `do()` when the user presses Escape in a widget or one of its children."""

    def __init__(self, widget: QWidget, do: Callable[[], object]) -> None:
        super().__init__(widget)
        self._call_action = do
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_escape = isinstance(event, QKeyEvent) and (event.type(), event.key()) == (PRESS, Qt.Key.Key_Escape)
        if is_escape:
            self._call_action()
        return is_escape


def accept_letters(*widgets: QWidget) -> None:
    """Let letters be commands while the keyboard focus is in one of these widgets, such as the canvas."""
    for widget in widgets:
        widget.setProperty(LETTER_AREA, True)


def is_letter(event: QKeyEvent) -> bool:
    """Return True for a letter, a digit or another character that is typed without Ctrl and Alt, except HARMLESS."""
    modifiers = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
    text = event.text()
    return not modifiers and text.isprintable() and bool(text.strip()) and text not in HARMLESS


def takes_letters(focused: QWidget | None) -> bool:
    """Return True if a letter is a command while this widget has the keyboard focus.

    This is so in the widgets of `accept_letters`, except in their combo boxes, where a user types to find an entry.
    Elsewhere, a letter was probably meant for a text field, and must change nothing.
    """
    if isinstance(focused, QComboBox):
        return False
    while focused is not None and not focused.property(LETTER_AREA):
        focused = None if focused.isWindow() else focused.parentWidget()
    return focused is not None


def key_sequences(keys: str) -> list[QKeySequence]:
    """Return an action's key sequences as Qt objects. A shortcut with Return also gets the keypad's Enter key."""
    standard = QKeySequence.listFromString(keys) if keys else []
    also = [text.replace("Return", "Enter") for text in keys.split("; ") if text.endswith("Return")]
    return [*standard, *map(QKeySequence, also)]


def _plain_key(sequence: QKeySequence) -> Qt.Key | None:
    """Return a shortcut's key if it has no modifiers, or None for function keys and keys with modifiers."""
    first = sequence[0]  # type: ignore[index]
    if first.keyboardModifiers() != Qt.KeyboardModifier.NoModifier or first.key().value in FUNCTION_KEYS:
        return None
    return Qt.Key(first.key())


def _is_punctuation(sequence: QKeySequence) -> bool:
    """Return True if a keyboard shortcut is a single punctuation character, such as "?".

    Punctuation must be a Qt shortcut, because a focused list would handle the key.
    """
    return sequence.toString() in PUNCTUATION
