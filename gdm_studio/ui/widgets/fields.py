"""Input fields: a text field, a number field, and a frame around a number field and buttons."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QToolTip, QWidget

from gdm_studio.request.generation_request import SEED_LIMIT
from gdm_studio.ui.theme.roles import announce
from gdm_studio.ui.theme.safe_text import tip
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import with_decimal_point
from gdm_studio.ui.widgets.file_drops import leave_files_to_window
from gdm_studio.ui.widgets.icon_button import mark, mark_of
from gdm_studio.ui.widgets.labels import ElidedLabel
from gdm_studio.ui.widgets.layouts import in_row
from gdm_studio.ui.window_actions import ANOTHER_SEED

# Time that a hint about a corrected number is shown.
HINT_MS = 6000
# Delay of a tooltip after a click.
HINT_DELAY_MS = 300
# Minus sign of typography, which a number may be typed or pasted with.
MINUS = "\N{MINUS SIGN}"
# Characters of a number besides digits, including those of "1e3" and separators of thousands.
NUMBER_CHARACTERS = f"+-{MINUS}., e"
# Typed seed that stands for a random one.
RANDOM_SEED = -1


class TextLine(QLineEdit):
    """Single-line text field with an accessible name, a placeholder and a tooltip.

    Dropped files are left to the window.
    """

    def __init__(self, name: str, *, text: str = "", hint: str = "", tooltip: str = "", role: str = "") -> None:
        super().__init__(text)
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.setToolTip(tooltip)
        self.setProperty("role", role or None)
        leave_files_to_window(self)

    def setText(self, text: str | None, /) -> None:
        """Replace the text. A long one shows its beginning, unless the user is editing it."""
        super().setText(text)
        if not self.hasFocus():
            self.setCursorPosition(0)


class NumberEdit(QLineEdit):
    """Text field for a number from `low` to `high`, in which `least`, if given, replaces the lowest number.

    Only the characters of a number and of `least` can be typed. Up and Down change the number, and Escape restores it.
    A number out of range is corrected with a hint. `edited(number)` is emitted for user input, with an int if
    `decimals` is 0. Buttons do not take the focus, so the typed text is also accepted on any mouse press or shortcut
    elsewhere.
    """

    edited = Signal(object)

    def __init__(
        self,
        *,
        name: str,
        low: float,
        high: float,
        decimals: int = 0,
        step: float = 1,
        least: str = "",
        tooltip: str = "",
    ) -> None:
        super().__init__()
        self._minimum = low
        self._maximum = high
        self._decimals = decimals
        self._step = step
        self._value: float = low
        self._minimum_text = least
        # True if the last Enter has corrected the typed number.
        self._is_corrected = False
        self.setAccessibleName(name)
        self.setToolTip(tooltip)
        self.textEdited.connect(lambda: QApplication.instance().installEventFilter(self))  # type: ignore[union-attr]
        self.editingFinished.connect(self.take)
        leave_files_to_window(self)
        self.set_number(low)

    def event(self, event: QEvent) -> bool:
        """Handle a Qt event. If the clipboard contains no text but, for example, an image, Ctrl+V is left to the
        window.

        Qt would empty the field.
        """
        is_paste = isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Paste)
        if is_paste and not QApplication.clipboard().text():
            event.ignore()
            return False
        return super().event(event)

    def number(self) -> float:
        return self._value

    def set_number(self, number: float) -> None:
        """Show a number, limited to the field's range, without emitting `edited`."""
        self._value = min(max(number, self._minimum), self._maximum)
        self.setText(self._displayed_text())

    def set_range(self, low: float, high: float) -> None:
        self._minimum = low
        self._maximum = high
        self.set_number(self._value)

    def set_step(self, step: float) -> None:
        """Set the amount by which Up and Down change the number in the field."""
        self._step = step

    def step_by(self, steps: int) -> None:
        """Change the number by `steps` steps, which may be negative, and emit `edited` if it changed."""
        self._change_by_user(round(self._value + steps * self._step, self._decimals))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}
        if event.key() in moves and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.take()
            self.step_by(moves[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Escape and self.text() != self._displayed_text():
            self.setText(self._displayed_text())
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier or self._is_typeable(event.text()):
            self._is_corrected = False
            super().keyPressEvent(event)
            if self._is_corrected:
                # The parents would move the focus on after Enter, which would close the hint.
                event.accept()

    def _is_typeable(self, text: str) -> bool:
        """Return True if the text of a pressed key may be part of a number, or is a control character."""
        typeable = NUMBER_CHARACTERS + self._minimum_text.casefold()
        return all(each in typeable or each.isdecimal() for each in text.casefold() if each.isprintable())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Accept the typed number on any mouse press or shortcut in the application.

        This is necessary because buttons do not take the focus.
        """
        kind = event.type()
        pressed = kind == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget) and watched is not self
        if pressed or kind == QEvent.Type.Shortcut:
            self.take()
        return False

    def _displayed_text(self) -> str:
        if self._minimum_text and self._value == self._minimum:
            return self._minimum_text
        if not self._decimals:
            return str(int(self._value))
        return with_decimal_point(f"{self._value:.{self._decimals}f}")

    def take(self) -> None:
        """Accept the typed text as the new number.

        If it is no number or out of range, it is corrected with a hint.
        """
        QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
        if self.text() == self._displayed_text():
            return
        text = self.text().strip()
        typed = self._parse()
        before = self._value
        self._change_by_user(self._value if typed is None else self._corrected_number(typed))
        if typed is None or not self._minimum <= typed <= self._maximum:
            self._show_hint(text if typed is None else "", before)

    def _corrected_number(self, typed: float) -> float:
        """Return the number that a typed number becomes. `set_number` then limits it to the range."""
        return typed

    def _parse(self) -> float | None:
        if self._minimum_text and self.text().strip().lower() == self._minimum_text.lower():
            return self._minimum
        text = self.text().strip().replace(",", ".").replace(" ", "").replace(MINUS, "-")
        try:
            return int(text)
        except ValueError:
            pass
        try:
            number = float(text)
        except ValueError:
            return None
        # "1e30" is a whole number, and infinity is too large.
        is_number = number == number if self._decimals else number.is_integer() or math.isinf(number)
        return number if is_number else None

    def _change_by_user(self, number: float) -> None:
        before = self._value
        self.set_number(number)
        if self._value != before:
            self.edited.emit(self._value)

    def _show_hint(self, no_number: str, before: float) -> None:
        """Show a tooltip about the correction of the typed number, and announce it to screen readers.

        `no_number` is what the user typed if it is not a number, or "" for a number out of range. `before` is the
        number before the correction.
        """
        self._is_corrected = True
        low = with_decimal_point(f"{self._minimum:g}")
        high = with_decimal_point(f"{self._maximum:g}") if self._maximum < 1e6 else str(self._maximum)
        place = self.mapToGlobal(self.rect().bottomLeft())
        name = self.accessibleName()
        if no_number:
            text = self.tr("“{text}” is not a number; {name} is still {number}")
        elif self._value == before:
            text = self.tr("{name} must be from {low} to {high}; it is still {number}")
        else:
            text = self.tr("{name} must be from {low} to {high}; it is {number} now")
        words = text.format(text=no_number[:20], name=name, low=low, high=high, number=self._displayed_text())

        def show() -> None:
            # The user may have left the page meanwhile.
            if self.isVisible():
                QToolTip.showText(place, tip(words), self, QRect(), HINT_MS)

        if self.hasFocus() and not QApplication.mouseButtons():
            show()
        else:
            # The rest of the click, or the move of the focus, would close it at once.
            QTimer.singleShot(HINT_DELAY_MS, self, show)
        announce(self, words)


class FramedField(QFrame):
    """Frame around a number field and its buttons, highlighted while the number field has the keyboard focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Not the focus proxy: Tab would visit it a second time, because Qt orders a frame apart from its proxy.
        self._edit: NumberEdit | None = None
        self.setProperty("role", "field")
        self.setFixedHeight(SPACE.control)

    def add_buttons(self, edit: NumberEdit, *beside: QWidget) -> None:
        """Arrange the number field and the given widgets in a row inside the frame."""
        edit.installEventFilter(self)
        # A line edit adds two pixels. Without them the text is aligned with that of other fields.
        edit.setTextMargins(-2, 0, 0, 0)
        self._edit = edit
        in_row((edit, 1), *beside, on=self, spacing=1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move the keyboard focus to the number field when the user clicks anywhere in the frame."""
        if self._edit is not None:
            self._edit.setFocus(Qt.FocusReason.MouseFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.setProperty("focused", event.type() == QEvent.Type.FocusIn)
            self.style().unpolish(self)
            self.style().polish(self)
        return super().eventFilter(watched, event)


class _SeedEdit(NumberEdit):
    """Text field for a seed. RANDOM_SEED emits `rolled()`, as in other programs, and a seed out of range is refused.

    `edited` is also emitted if the user types the displayed seed again, because a typed seed is used in the next run.
    """

    rolled = Signal()

    def __init__(self, *, name: str, low: float, high: float, tooltip: str) -> None:
        super().__init__(name=name, low=low, high=high, tooltip=tooltip)
        self._is_typed = False
        self.textEdited.connect(self._on_typing)

    def _on_typing(self) -> None:
        self._is_typed = True

    def take(self) -> None:
        is_same = self._is_typed and self.text() == self._displayed_text()
        self._is_typed = False
        if self._parse() == RANDOM_SEED:
            self.setText(self._displayed_text())
            self.rolled.emit()
        super().take()
        if is_same:
            self.edited.emit(self._value)

    def _corrected_number(self, typed: float) -> float:
        # The limit would be a seed that nobody has chosen.
        return typed if self._minimum <= typed <= self._maximum else self._value


class SeedField(FramedField):
    """Input field for an image's seed, with a button for a random seed (`rolled()`) and one that locks the seed.

    It emits `changed(seed)` for edits by the user, and also `rolled()` for the seed −1. The button `lock` is checked
    while all jobs use the same seed.
    """

    changed = Signal(object)
    rolled = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = _SeedEdit(
            name=self.tr("Seed"),
            low=0,
            high=SEED_LIMIT - 1,
            tooltip=self.tr("The same seed and settings give the same picture"),
        )
        self.edit.edited.connect(self.changed)
        self.edit.rolled.connect(self.rolled)
        self.dice = mark_of(theme, ANOTHER_SEED.bind(self.rolled.emit), size=19)
        self.lock = mark(theme, "lock-open", "", checkable=True)
        self.lock.toggled.connect(self._show_lock)
        self._show_lock(False)
        self.add_buttons(self.edit, self.dice, self.lock)

    def value(self) -> int:
        return int(self.edit.number())

    def set_value(self, seed: int) -> None:
        self.edit.set_number(seed)
        self.edit.setCursorPosition(0)

    def _show_lock(self, locked: bool) -> None:
        self.lock.set_icon("lock" if locked else "lock-open", "accent" if locked else "muted")
        unlocked = self.tr("Every run uses a new seed")
        self.lock.setToolTip(self.tr("Locked: every run uses this seed") if locked else unlocked)
        self.lock.setAccessibleName(self.tr("Keep this seed"))


class Stepper(FramedField):
    """Input field for a small integer with − and + buttons, which emits `changed(number)` for user input.

    If `least` is given, it is shown in place of the lowest number.
    """

    changed = Signal(int)

    def __init__(self, theme: Theme, *, name: str, low: int, high: int, least: str = "", tooltip: str = "") -> None:
        super().__init__()
        self.edit = NumberEdit(name=name, low=low, high=high, least=least, tooltip=tooltip)
        self.edit.edited.connect(self._on_edit)
        # Narrow buttons leave room for the unit, such as "4 imágenes".
        self.minus = mark(theme, "minus", self.tr("{name}: fewer").format(name=name), side=20)
        self.plus = mark(theme, "plus", self.tr("{name}: more").format(name=name), side=20)
        for button, step in ((self.minus, -1), (self.plus, 1)):
            button.setAutoRepeat(True)
            button.clicked.connect(lambda _=False, step=step: self.edit.step_by(step))
        self._minimum = low
        self._maximum = high
        self._unit = ElidedLabel("", "muted")
        # Returns the unit for a count.
        self._unit_of: Callable[[int], str] = lambda count: ""
        self.add_buttons(self.edit, self._unit, self.minus, self.plus)
        self.set_value(low)

    def value(self) -> int:
        return int(self.edit.number())

    def set_value(self, value: int) -> None:
        self.edit.set_number(value)
        self._show_ends()

    def set_unit(self, unit_of: Callable[[int], str]) -> None:
        """Show a unit after the number in the field.

        `unit_of(count)` returns the singular or plural form of the unit.
        """
        self._unit_of = unit_of
        self.edit.textChanged.connect(self._fit_width)
        self._fit_width(self.edit.text())
        self._show_ends()

    def _fit_width(self, text: str) -> None:
        """Set the number field's width to that of its text, so that the unit directly follows the number."""
        self.edit.setFixedWidth(self.edit.fontMetrics().horizontalAdvance(text or "0") + 6)
        self._unit.setVisible(len(text) < 3)

    def _on_edit(self, value: int) -> None:
        self._show_ends()
        self.changed.emit(int(value))

    def _show_ends(self) -> None:
        self._unit.setText(self._unit_of(self.value()))
        self.minus.setEnabled(self.value() > self._minimum)
        self.plus.setEnabled(self.value() < self._maximum)
