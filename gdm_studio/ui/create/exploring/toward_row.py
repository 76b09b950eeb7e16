"""Where the next picture is on its way to, below the seed: said while it is anywhere, with a way out."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from gdm_studio.request import Toward
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import ElidedLabel, mark
from gdm_studio.ui.widgets.layouts import in_row


class TowardRow(QFrame):
    """Signals: `changed()`, by people. Setter: `set_value(toward | None)`. Reader: `value()`."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "inset")
        self._toward: Toward | None = None
        self._words = ElidedLabel("", "muted")
        self._close = mark(theme, "x", "Stay with the seed and the prompt themselves", size=14)
        self._close.clicked.connect(self._on_close)
        in_row((self._words, 1), self._close, on=self, margins=(11, 3, 5, 3))
        self.hide()

    def value(self) -> Toward | None:
        return self._toward

    def set_value(self, toward: Toward | None) -> None:
        """Shows it; with None the row goes out of sight."""
        self._toward = toward
        self.setVisible(toward is not None)
        self._words.setText(toward_words(toward) if toward is not None else "")

    def _on_close(self) -> None:
        self.set_value(None)
        self.changed.emit()


def toward_words(toward: Toward) -> str:
    """A way in words: "15 % towards seed 7", of several legs "3 steps away, the last 15 % towards seed 7"."""
    legs, last = 1, toward
    while last.then is not None:
        legs, last = legs + 1, last.then
    far = f"{last.amount * 100:.0f} % towards seed {last.seed}"
    return far if legs == 1 else f"{legs} steps away, the last {far}"
