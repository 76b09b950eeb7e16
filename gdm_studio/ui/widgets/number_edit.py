"""A line of text that holds a number, and mends what is typed when it is left."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QToolTip, QWidget

from gdm_studio.ui.look.plain import tip
from gdm_studio.ui.widgets.file_drops import leave_files_to_window

HINT_MS = 6000  # long enough to be read by who looks elsewhere first


class NumberEdit(QLineEdit):
    """A number from `low` to `high`, the lowest shown as the word `least` where that is given.

    Up and Down change it, Escape takes back what was typed. A press or a shortcut elsewhere takes it, for buttons leave
    the keys where they are and are to find the number that is shown.

    Signals: `edited(object)`, an int where `decimals` is 0, by people only. Setters: `set_number(n)`,
    `set_range(low, high)`, `set_step(step)`. A value out of range is brought into it with a hint; nothing beeps.
    """

    edited = Signal(object)

    def __init__(
        self, *, name: str, low: float, high: float, decimals: int = 0, step: float = 1, least: str = "",
        tooltip: str = "",
    ) -> None:  # fmt: skip
        super().__init__()
        self._low, self._high, self._decimals, self._step = low, high, decimals, step
        self._number: float = low
        self._least = least
        self.setAccessibleName(name)
        self.setToolTip(tooltip)
        self.textEdited.connect(lambda: QApplication.instance().installEventFilter(self))  # type: ignore[union-attr]
        self.editingFinished.connect(self.take)
        leave_files_to_window(self)
        self.set_number(low)

    def number(self) -> float:
        return self._number

    def set_number(self, number: float) -> None:
        """Shows a number of the range."""
        self._number = min(max(number, self._low), self._high)
        self.setText(self._shown())

    def set_range(self, low: float, high: float) -> None:
        self._low, self._high = low, high
        self.set_number(self._number)

    def set_step(self, step: float) -> None:
        """By how much Up and Down change it."""
        self._step = step

    def step_by(self, steps: int) -> None:
        """The number moved by so many steps, as by a key or a button."""
        self._change(round(self._number + steps * self._step, self._decimals))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}
        if event.key() in moves and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.take()
            self.step_by(moves[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Escape and self.text() != self._shown():
            self.setText(self._shown())
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Of all that happens between a key typed here and the number taken."""
        kind = event.type()
        pressed = kind == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget) and watched is not self
        if pressed or kind == QEvent.Type.Shortcut:
            self.take()
        return False

    def _shown(self) -> str:
        if self._least and self._number == self._low:
            return self._least
        return f"{self._number:.{self._decimals}f}" if self._decimals else str(int(self._number))

    def take(self) -> None:
        """Takes what was typed, as when it is left."""
        QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
        if self.text() == self._shown():
            return
        text, typed = self.text().strip(), self._parsed()
        self._change(self._number if typed is None else typed)
        if typed is None or not self._low <= typed <= self._high:
            self._hint(text if typed is None else "")

    def _parsed(self) -> float | None:
        if self._least and self.text().strip().lower() == self._least.lower():
            return self._low
        text = self.text().strip().replace(",", ".").replace(" ", "")
        try:
            number = float(text) if self._decimals else int(text)
        except ValueError:
            return None
        return number if number == number else None

    def _change(self, number: float) -> None:
        before = self._number
        self.set_number(number)
        if self._number != before:
            self.edited.emit(self._number)

    def _hint(self, no_number: str) -> None:
        """What became of what was typed, which was out of range or no number at all."""
        low, high = f"{self._low:g}", f"{self._high:g}" if self._high < 1e6 else str(self._high)
        place = self.mapToGlobal(self.rect().bottomLeft())
        name = self.accessibleName()
        first = f"“{no_number[:20]}” is no number" if no_number else f"{name} goes from {low} to {high}"
        words = f"{first}; it is {self._shown()} {'still' if no_number else 'now'}"
        QToolTip.showText(place, tip(words), self, QRect(), HINT_MS)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))
