"""Popup with the settings for enlarging an image."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QWidget

from gdm_studio.common.errors import BadRequest
from gdm_studio.jobs.enlargement import REFINING_STRENGTH, Enlargement
from gdm_studio.request.generation_request import SETTINGS
from gdm_studio.ui.create.panel.bound_setting_widgets import slider_of
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import error_text
from gdm_studio.ui.widgets import ActionButton, Choice, Combo, Labelled, Segmented, wrapped
from gdm_studio.ui.widgets.keys import OnEscape
from gdm_studio.ui.widgets.layouts import stacked
from gdm_studio.ui.widgets.shapes import Popup

# Sizes in logical pixels.
WIDTH, EDGE = 300, 14
FACTORS = ("2", "4", "8")


class EnlargePopup(Popup):
    """Popup with the factor of the enlargement, the upscaler, and the strength of the noise.

    Signal: `asked(Enlargement)`.
    """

    asked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self.setAccessibleName(self.tr("Enlarge and refine"))
        explanation = self.tr("An upscaler enlarges the picture, and the model refines it in overlapping tiles.")
        self.factor = Segmented(theme, [Choice(each, f"{each} ×") for each in FACTORS], name=self.tr("Factor"))
        self.upscaler = Combo(theme, name=self.tr("Upscaler"))
        self._upscaler_field = Labelled(self.tr("Upscaler"), self.upscaler)
        self.strength = slider_of(theme, SETTINGS["strength"])
        self.strength.set_value(REFINING_STRENGTH)
        self._summary = wrapped("", "muted")
        self.run = ActionButton(
            theme, self.tr("Enlarge and refine"), tooltip=self.tr("Enlarge the picture and save it in the gallery")
        )
        self.run.setProperty("role", "primary")
        # Returns the size (width, height) for a factor, or raises BadRequest.
        self._size_of: Callable[[float], tuple[int, int]] | None = None
        self.factor.chosen.connect(self._show_size)
        self.run.clicked.connect(self._ask)
        OnEscape(self, self.hide)
        stacked(
            wrapped(explanation, "muted"),
            self.factor,
            self._upscaler_field,
            self.strength,
            self._summary,
            self.run,
            on=self,
            margins=EDGE,
            spacing=10,
        )
        self.setFixedWidth(WIDTH)

    def set_picture(self, size_of: Callable[[float], tuple[int, int]], upscalers: Sequence[str]) -> None:
        """Offer upscalers for a picture. `size_of` returns its size (width, height) after an enlargement by a factor,
        and raises BadRequest if it would be too large.
        """
        self._size_of = size_of
        current = self.upscaler.choice() if self.upscaler.count() else ""
        self.upscaler.set_choices([Choice("", self.tr("Built in")), *(Choice(name, name) for name in upscalers)])
        if current in upscalers:
            self.upscaler.set_choice(current)
        self._upscaler_field.setVisible(bool(upscalers))
        self._show_size()

    def open_at(self, position: QPoint) -> None:
        """Open the popup with its top left corner at a screen position, or as near to it as possible."""
        self.show_at(position)
        self.run.setFocus()

    def _show_size(self, *_: object) -> None:
        if self._size_of is None:
            return
        try:
            width, height = self._size_of(float(self.factor.choice()))
        except BadRequest as error:
            self._summary.setText(error_text(error))
            self.run.setEnabled(False)
        else:
            self._summary.setText(self.tr("{width} × {height} pixels").format(width=width, height=height))
            self.run.setEnabled(True)

    def _ask(self) -> None:
        self.hide()
        self.asked.emit(Enlargement(float(self.factor.choice()), self.strength.value(), self.upscaler.choice()))
