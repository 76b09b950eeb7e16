"""Row below the seed that shows, and can remove, the interpolation between two seeds or prompts."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from gdm_studio.request.generation_request import Interpolation
from gdm_studio.ui.interpolation_texts import interpolation_text
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets import ElidedLabel, mark
from gdm_studio.ui.widgets.layouts import in_row


class InterpolationRow(QFrame):
    """Row that shows the seed or prompt towards which the next image is interpolated, hidden without an interpolation.

    Signal: `removed()` when the user removes the interpolation.
    """

    removed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "inset")
        self._phrase_label = ElidedLabel("", "muted")
        self._close_button = mark(theme, "x", self.tr("Use the seed and the prompt themselves"), size=14)
        self._close_button.clicked.connect(self.removed)
        in_row((self._phrase_label, 1), self._close_button, on=self, margins=(11, 3, 5, 3))
        self.hide()

    def show_interpolation(self, toward: Interpolation | None, prompt: str) -> None:
        """Show the interpolation that applies to the next image, whose prompt is `prompt`, or hide the row if it is
        None.
        """
        self.setVisible(toward is not None)
        self._phrase_label.setText(interpolation_text(toward, prompt) if toward is not None else "")
