"""What stands beside a picture that is close to a training drawing: which one, whose, and a way to draw another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gdm_studio.request import Request
from gdm_studio.ui.look.plain import plain, tip
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import ActionButton, wrapped
from gdm_studio.ui.widgets.layouts import stacked

if TYPE_CHECKING:
    from gdm_studio.models.origins import Origin

FREER = 0.25  # added to the temperature of a picture that shall be less like a drawing
FREEST = 1.2  # above it, pictures fall apart


class CloseTo(QWidget):
    """Signal: `less_asked()`. Setter: `show_origin(origin | None)`."""

    less_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = wrapped("", "hint")
        self._less = ActionButton(
            theme, "Make it less like that", tooltip="Draw it without a style, more freely and with another seed"
        )
        self._less.setProperty("role", "small")
        self._less.clicked.connect(self.less_asked)
        stacked(self._words, self._less, on=self, spacing=6)
        self.hide()

    def show_origin(self, origin: Origin | None) -> None:
        self.setVisible(origin is not None)
        if origin is not None:
            self._words.setText(plain(f"Close to {origin.words}"))
            self._words.setToolTip(tip(f"{origin.source.url}\nThe model learned from this drawing."))


def less_like(request: Request, seed: int) -> Request:
    """What draws the same words further from any one drawing: no style, a higher temperature, another seed."""
    warmth = min(max(FREEST, request.temperature), request.temperature + FREER)
    return replace(request, style="", temperature=round(warmth, 2), seed=seed, branch=None, toward=None)
