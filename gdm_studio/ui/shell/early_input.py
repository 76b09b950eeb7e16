"""User input that arrives before the window's controllers exist. Typed text is shown at once; all other input is
replayed later.
"""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from gdm_studio.ui.create.generation.generate_button import GenerateButton

_MOUSE = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick)
_KEYS = (QEvent.Type.KeyPress, QEvent.Type.KeyRelease)
# Keys with one of these modifiers may be commands, also in a text field.
_COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_MODIFIERS = (Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta)
# Keys that may leave a text field or be commands there.
_NOT_TYPED = (Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, *(Qt.Key(Qt.Key.Key_F1 + n) for n in range(12)))


class EarlyInput(QObject):
    """Event filter between the first paint and the end of the window's start.

    Text fields work at once. Clicks and commands elsewhere would find no controller, so they are delivered in their
    order when `replay` is called, and so are the keys pressed after them, which may be for a widget that they open. A
    click on Generate is shown at once.
    """

    def __init__(self, window: QWidget, fields: Collection[QWidget], button: GenerateButton) -> None:
        super().__init__(window)
        self._window = window
        self._fields = fields
        self._button = button
        self._held_events: list[tuple[QWidget, QEvent]] = []
        self._is_replaying = False
        # True once the user has clicked or typed.
        self.is_used = False
        # True if the waiting input may move the keyboard focus.
        self._may_move_focus = False
        QCoreApplication.instance().installEventFilter(self)  # type: ignore[union-attr]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        # Text of an input method, too, belongs to a widget that the waiting input may open.
        is_input = kind in _MOUSE or kind in _KEYS or (kind == QEvent.Type.InputMethod and self._may_move_focus)
        if self._is_replaying or not is_input or not isinstance(watched, QWidget):
            return False
        if watched.window() is not self._window:
            return False
        # The key that started the program, or Alt of Alt+Tab, may be released over the window.
        is_modifier = isinstance(event, QKeyEvent) and event.key() in _MODIFIERS
        self.is_used |= kind in (QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress) and not is_modifier
        if self._is_immediate(watched, event):
            return False
        self._held_events.append((watched, event.clone()))
        if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress):
            key = event if isinstance(event, QKeyEvent) else None
            if watched is self._button if key is None else _is_generate(key):
                if self._button.isEnabled():
                    self._button.set_starting()
            elif key is None or key.key() not in _MODIFIERS:
                self._may_move_focus = True
        return True

    def _is_immediate(self, widget: QWidget, event: QEvent) -> bool:
        """Return True for input to a text field that needs no controller: mouse events, and keys that edit the text."""
        if not any(field is widget or field.isAncestorOf(widget) for field in self._fields):
            return False
        if event.type() in _MOUSE:
            self._may_move_focus = False
            return True
        if self._may_move_focus or not isinstance(event, QKeyEvent):
            return False
        return not event.modifiers() & _COMMANDS and event.key() not in _NOT_TYPED

    def replay(self, *, deliver: bool = True) -> None:
        """End the filter. With `deliver`, deliver the waiting input to the window."""
        QCoreApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
        self._is_replaying = True
        held, self._held_events = self._held_events, []
        if held and not self._button.running:
            self._button.set_idle()
        for widget, event in held if deliver else ():
            # A key belongs to the widget that has the focus now, which an earlier click may have moved.
            target = widget if event.type() in _MOUSE else (QApplication.focusWidget() or widget)
            QCoreApplication.sendEvent(target, event)
        self.deleteLater()


def _is_generate(event: QKeyEvent) -> bool:
    is_return = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
    return is_return and event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.ControlModifier
