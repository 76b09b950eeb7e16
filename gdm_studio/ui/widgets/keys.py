"""The keys of a window's actions: those of a list of `Action`s, and none besides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from string import punctuation

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from gdm_studio.ui.actions import Action

Do = Callable[[Action], bool]
PUNCTUATION = set(punctuation)  # lists would search their entries for these; some keyboards type them with Shift
PRESS = QEvent.Type.KeyPress
FUNCTION_KEYS = range(Qt.Key.Key_F1.value, Qt.Key.Key_F35.value + 1)


class Keys:
    """Binds keys with Ctrl, function keys and signs to the window; plain ones wait for what no field wanted: `press`.

    `do(action)` carries an action out and returns whether it could. Where several actions have the same keys, the
    first that can be done is; where none can, `in_vain(actions)` is told.
    """

    def __init__(self, window: QWidget, do: Do, in_vain: Callable[[Sequence[Action]], object]) -> None:
        self._window, self._do, self._in_vain = window, do, in_vain
        self._plain: dict[Qt.Key, list[Action]] = {}
        self._shortcuts: dict[str, tuple[QShortcut, list[Action]]] = {}

    def bind(self, actions: Sequence[Action]) -> None:
        """Adds the keys of more actions."""
        for action in actions:
            for sequence in () if action.held else sequences(action.keys):
                key = _plain(sequence)
                if key is not None:
                    self._plain.setdefault(key, []).append(action)
                if key is None or _is_sign(sequence):
                    self._bind(sequence, action)

    def press(self, event: QKeyEvent) -> bool:
        """Does what a plain key stands for; False where it stands for nothing now."""
        reached = Qt.KeyboardModifier.KeypadModifier
        if event.text() in PUNCTUATION:
            reached |= Qt.KeyboardModifier.ShiftModifier
        held = event.modifiers() & ~reached
        return not held and self._first(self._plain.get(Qt.Key(event.key()), []))

    def _bind(self, sequence: QKeySequence, action: Action) -> None:
        text = sequence.toString()
        if text not in self._shortcuts:
            shortcut = QShortcut(sequence, self._window)
            self._shortcuts[text] = shortcut, []
            shortcut.activated.connect(partial(self._first, self._shortcuts[text][1]))
        self._shortcuts[text][1].append(action)

    def _first(self, actions: Sequence[Action]) -> bool:
        if not (done := any(self._do(action) for action in actions)):
            self._in_vain(actions)
        return done


class OnEscape(QObject):
    """Has Escape, pressed in a widget or in what lies on it, do something."""

    def __init__(self, widget: QWidget, do: Callable[[], object]) -> None:
        super().__init__(widget)
        self._do = do
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_escape = isinstance(event, QKeyEvent) and (event.type(), event.key()) == (PRESS, Qt.Key.Key_Escape)
        if is_escape:
            self._do()
        return is_escape


def sequences(keys: str) -> list[QKeySequence]:
    """What `Action.keys` stands for, Enter beside Return."""
    found = QKeySequence.listFromString(keys) if keys else []
    also = [text.replace("Return", "Enter") for text in keys.split("; ") if text.endswith("Return")]
    return [*found, *map(QKeySequence, also)]


def _plain(sequence: QKeySequence) -> Qt.Key | None:
    """The one key that it is, without Ctrl and the like; None for a shortcut."""
    first = sequence[0]  # type: ignore[index]
    if first.keyboardModifiers() != Qt.KeyboardModifier.NoModifier or first.key().value in FUNCTION_KEYS:
        return None
    return Qt.Key(first.key())


def _is_sign(sequence: QKeySequence) -> bool:
    """Whether it has to be a shortcut as well, lest a list takes it."""
    return sequence.toString() in PUNCTUATION
