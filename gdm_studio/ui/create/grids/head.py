"""The head of a sheet: its title, what can be done, and the way back to the picture."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from gdm_studio.ui.actions import Action
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import ElidedLabel, IconButton
from gdm_studio.ui.widgets.icon_button import pressed_by
from gdm_studio.ui.widgets.layouts import in_row

LEAST = 90  # logical pixels of a title that says something


class Head(QWidget):
    """Setters: `set_title(text)`, `fit()` after a part came or went. Part: `leave`, which Escape presses.

    Where all do not fit, the tools among its `parts` give up their words first, then the title gives way.
    """

    def __init__(self, theme: Theme, title: str, parts: Sequence[QWidget]) -> None:
        super().__init__()
        self.setProperty("role", "card")  # what is checked stands out from the page
        self._title = ElidedLabel(title, "strong")
        leave = Action("Back to the picture", keys="Escape")
        self.leave = IconButton(theme, "x", tooltip=leave.tooltip)
        pressed_by(self.leave, leave)
        self._words = {part: part.text() for part in parts if isinstance(part, IconButton)}
        self._row = row = in_row((self._title, 1), ..., on=self, margins=(16, 9, 12, 0), spacing=4)
        for part in (*parts, self.leave):
            row.addWidget(part)

    def set_title(self, text: str) -> None:
        self._title.setText(text)
        self.fit()

    def fit(self) -> None:
        """Words as far as there is room for them."""
        self._title.hide()
        for worded in (True, False):
            for part, words in self._words.items():
                part.set_text(words if worded else "")
            self._row.invalidate()
            room = self.width() - self._row.sizeHint().width() - self._row.spacing()
            if room >= self._title.sizeHint().width():
                break
        self._title.setVisible(room >= min(LEAST, self._title.sizeHint().width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()
