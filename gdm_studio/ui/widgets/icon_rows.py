"""Rows with an icon and a sentence that explain what the user can do on an empty page."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from gdm_studio.ui.theme import icons
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets.labels import wrapped
from gdm_studio.ui.widgets.layouts import in_row, stacked


class IconRows(QWidget):
    """Column of sentences, each with an icon in the accent colour to its left."""

    def __init__(self, theme: Theme, names: Sequence[str]) -> None:
        super().__init__()
        self._theme = theme
        self._icons = [(QLabel(), name) for name in names]
        self.texts = [wrapped("", "") for _ in names]
        rows = zip(self._icons, self.texts, strict=True)
        stacked(
            *(in_row((icon, 0, Qt.AlignmentFlag.AlignTop), (text, 1), spacing=14) for (icon, _), text in rows),
            on=self,
            spacing=14,
        )
        theme.changed.connect(self._recolour)
        self._recolour()

    def set_texts(self, *texts: str) -> None:
        """Set the sentence of each row."""
        for text, row in zip(texts, self.texts, strict=True):
            row.setText(text)

    def _recolour(self) -> None:
        for label, name in self._icons:
            label.setPixmap(icons.pixmap(self._theme, name, 20, "accent", self.devicePixelRatioF()))
