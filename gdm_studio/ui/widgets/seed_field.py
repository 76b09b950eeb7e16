"""The seed: a number, a die that rolls another, a lock that keeps it from picture to picture."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdm_studio.request import SEED_LIMIT
from gdm_studio.ui.actions import ANOTHER_SEED
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets.framed import Framed
from gdm_studio.ui.widgets.icon_button import mark, mark_of
from gdm_studio.ui.widgets.labels import label
from gdm_studio.ui.widgets.number_edit import NumberEdit


class SeedField(Framed):
    """Signals, by people only: `changed(object)`, an int, and `rolled()` for another by chance.

    Setter: `set_value(int)`. Reader: `value()`. Part: `lock`, a button that is checked while the seed stays.
    """

    changed = Signal(object)
    rolled = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = NumberEdit(name="Seed", low=0, high=SEED_LIMIT - 1, tooltip="Same seed and settings, same picture")
        self.edit.edited.connect(self.changed)
        self.dice = mark_of(theme, ANOTHER_SEED.does(self.rolled.emit), size=19)
        self.lock = mark(theme, "lock-open", "", checkable=True)
        self.lock.toggled.connect(self._show_lock)
        self._show_lock(False)
        self.hold(self.edit, self.dice, self.lock)

    def value(self) -> int:
        return int(self.edit.number())

    def set_value(self, seed: int) -> None:
        self.edit.set_number(seed)
        self.edit.setCursorPosition(0)

    def _show_lock(self, locked: bool) -> None:
        self.lock.set_icon("lock" if locked else "lock-open", "accent" if locked else "muted")
        self.lock.setToolTip("Locked: every run uses this seed" if locked else "Every run takes a new seed")
        self.lock.setAccessibleName("Keep this seed")


class Stepper(Framed):
    """A small whole number with − and +; the lowest may be shown as a word, `least`.

    Signals: `changed(int)`, by people only. Setters: `set_value(int)`, `set_unit(one, several)`. Reader: `value()`.
    """

    changed = Signal(int)

    def __init__(self, theme: Theme, *, name: str, low: int, high: int, least: str = "", tooltip: str = "") -> None:
        super().__init__()
        self.edit = NumberEdit(name=name, low=low, high=high, least=least, tooltip=tooltip)
        self.edit.edited.connect(self._on_edit)
        self.minus = mark(theme, "minus", f"Fewer {name.lower()}")
        self.plus = mark(theme, "plus", f"More {name.lower()}")
        for button, step in ((self.minus, -1), (self.plus, 1)):
            button.setAutoRepeat(True)
            button.clicked.connect(lambda _=False, step=step: self.edit.step_by(step))
        self._low, self._high = low, high
        self._unit = label("", "muted")
        self._units = ("", "")
        self.hold(self.edit, self._unit, self.minus, self.plus)
        self.set_value(low)

    def value(self) -> int:
        return int(self.edit.number())

    def set_value(self, value: int) -> None:
        self.edit.set_number(value)
        self._show_ends()

    def set_unit(self, one: str, several: str) -> None:
        """What it counts, said behind the number, where nothing stands above it."""
        self._units = (one, several)
        self._unit.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.edit.textChanged.connect(self._draw_close)
        self._draw_close(self.edit.text())
        self._show_ends()

    def _draw_close(self, text: str) -> None:
        """The number no wider than it is, so that what it counts follows it."""
        self.edit.setFixedWidth(self.edit.fontMetrics().horizontalAdvance(text or "0") + 8)
        self._unit.setVisible(len(text) < 3)

    def _on_edit(self, value: int) -> None:
        self._show_ends()
        self.changed.emit(int(value))

    def _show_ends(self) -> None:
        self._unit.setText(self._units[self.value() != 1])
        self.minus.setEnabled(self.value() > self._low)
        self.plus.setEnabled(self.value() < self._high)
