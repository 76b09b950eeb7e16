"""Buttons of the generation modes Fast, Live, Sketch and Set."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtWidgets import QSizePolicy

from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.widgets import IconButton
from gdm_studio.ui.window_actions import FAST, LIVE, SET, SKETCH, Action


class ModeButtons(QObject):
    """Owner of the buttons `fast`, `live`, `sketch` and `set`, which switch the generation modes and are placed by the
    settings panel.

    Signals: `fast_toggled(bool)`, `live_toggled(bool)`, `sketch_toggled(bool)` and `set_toggled(bool)` when the user
    clicks a button.
    """

    fast_toggled = Signal(bool)
    live_toggled = Signal(bool)
    sketch_toggled = Signal(bool)
    set_toggled = Signal(bool)

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.fast = self._create_button(theme, FAST, self.fast_toggled)
        self.live = self._create_button(theme, LIVE, self.live_toggled)
        self.sketch = self._create_button(theme, SKETCH, self.sketch_toggled)
        self.set = self._create_button(theme, SET, self.set_toggled)
        self._can_sketch = True
        self.show_fast(False, False)

    def show_fast(self, is_available: bool, on: bool) -> None:
        """Show the Fast button if the model has a fast version, and check it if that version is in use."""
        self.fast.setVisible(is_available)
        self.fast.setChecked(on)

    def show_set(self, on: bool) -> None:
        self.set.setChecked(on)
        self.live.setEnabled(not on)
        self.set_can_sketch(self._can_sketch)

    def set_can_sketch(self, can_sketch: bool) -> None:
        """Enable the Sketch button if the model starts from pictures, except in set mode."""
        self._can_sketch = can_sketch
        self.sketch.setEnabled(can_sketch and not self.set.isChecked())

    def _create_button(self, theme: Theme, action: Action, signal: SignalInstance) -> IconButton:
        button = IconButton(theme, action.icon, tooltip=action.tooltip, text=action.title, checkable=True, size=14)
        button.setProperty("role", "chip")
        button.setFont(theme.font(12, 500))
        button.setFixedHeight(SPACE.control)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.toggled.connect(lambda on: button.set_icon(action.icon, "accent" if on else "muted"))
        button.clicked.connect(signal)
        return button
