"""Row below the seed that shows, and can remove, the interpolation between two seeds or prompts."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from gdm_studio.request.generation_request import Interpolation
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets import ElidedLabel, mark
from gdm_studio.ui.widgets.layouts import in_row


class InterpolationRow(QFrame):
    """Row that shows the seed or prompt towards which the next image is interpolated, hidden without an interpolation.

    Signal: `changed()` when the user removes the interpolation.
    """

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "inset")
        self._toward: Interpolation | None = None
        self._words = ElidedLabel("", "muted")
        self._close = mark(theme, "x", self.tr("Use the seed and the prompt themselves"), size=14)
        self._close.clicked.connect(self._on_close)
        in_row((self._words, 1), self._close, on=self, margins=(11, 3, 5, 3))
        self.hide()

    def value(self) -> Interpolation | None:
        """Return the interpolation between two seeds or prompts that applies to the next image, or None."""
        return self._toward

    def set_value(self, toward: Interpolation | None) -> None:
        """Show the interpolation that applies to the next image, or hide the row if it is None."""
        self._toward = toward
        self.setVisible(toward is not None)
        self._words.setText(interpolation_text(toward) if toward is not None else "")

    def _on_close(self) -> None:
        self.set_value(None)
        self.changed.emit()


def interpolation_text(toward: Interpolation) -> str:
    """Return a description of an interpolation, such as "15 % towards seed 7".

    A chain of interpolations gives "3 steps away, the last 15 % towards seed 7".
    """
    legs = 1
    last = toward
    while last.then is not None:
        legs += 1
        last = last.then
    percent = f"{last.amount * 100:.0f}"
    if legs == 1:
        text = translate("InterpolationRow", "{percent} % towards seed {seed}")
        return text.format(percent=percent, seed=last.seed)
    text = translate("InterpolationRow", "{legs} steps away, the last {percent} % towards seed {seed}")
    return text.format(legs=legs, percent=percent, seed=last.seed)
