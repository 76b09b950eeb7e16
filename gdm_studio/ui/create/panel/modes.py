"""The three ways of working: Fast, under the Generate button; Live and a whole set at once, further down."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtWidgets import QSizePolicy

from gdm_studio.ui.actions import FAST, LIVE, SET, Action
from gdm_studio.ui.look.theme import SPACE, Theme
from gdm_studio.ui.widgets import IconButton


class Modes(QObject):
    """Buttons for whoever lays them out: `fast`, `live`, `set`.

    Signals: `fast_toggled(bool)`, `live_toggled(bool)`, `set_toggled(bool)`, by people only; `changed()` by anyone.
    Setters: `show_fast(there, on)`, `show_set(on)`, `set_enabled(yes)`; Live rests while a set is being put together.
    Reader: `words()`.
    """

    fast_toggled = Signal(bool)
    live_toggled = Signal(bool)
    set_toggled = Signal(bool)
    changed = Signal()

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.fast = self._chip(theme, FAST, self.fast_toggled)
        self.live = self._chip(theme, LIVE, self.live_toggled)
        self.set = self._chip(theme, SET, self.set_toggled)
        self.show_fast(False, False)

    def show_fast(self, there: bool, on: bool) -> None:
        """Whether the model has a fast version, and whether it is in use."""
        self.fast.setVisible(there)
        self.fast.setChecked(on)

    def show_set(self, on: bool) -> None:
        self.set.setChecked(on)
        self.live.setEnabled(not on)

    def set_enabled(self, enabled: bool) -> None:
        """Whether another way can be chosen now."""
        for button, free in ((self.fast, True), (self.live, not self.set.isChecked()), (self.set, True)):
            button.setEnabled(enabled and free)

    def words(self) -> list[str]:
        """Those in use that may be out of sight."""
        return [button.text() for button in (self.live, self.set) if button.isChecked()]

    def _chip(self, theme: Theme, action: Action, signal: SignalInstance) -> IconButton:
        chip = IconButton(theme, action.icon, tooltip=action.tooltip, text=action.label, checkable=True, size=14)
        chip.setProperty("role", "chip")
        chip.setFont(theme.font(12, 500))
        chip.setFixedHeight(SPACE.control)
        chip.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        chip.toggled.connect(lambda on: chip.set_icon(action.icon, "accent" if on else "muted"))
        chip.toggled.connect(self.changed)
        chip.clicked.connect(signal)
        return chip
