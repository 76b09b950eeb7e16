"""The page on which pictures are made: controls, stage, gallery."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from gdm_studio.ui.controls import Controls
from gdm_studio.ui.gallery_model import PictureModel
from gdm_studio.ui.gallery_panel import GalleryPanel
from gdm_studio.ui.stage import Stage
from gdm_studio.ui.theme import Theme
from gdm_studio.ui.widgets import column_rule


class CreatePage(QFrame):
    """Parts: `controls`, `stage`, `gallery`. Tab goes through them in this order."""

    def __init__(self, theme: Theme, model: PictureModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.controls = Controls(theme)
        self.stage = Stage(theme)
        self.gallery = GalleryPanel(theme, model)
        self.stage.canvas.set_empty(
            "Your picture will appear here",
            "Press Generate and watch it come out of the noise, step by step.",
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.controls)
        row.addWidget(column_rule())
        row.addWidget(self.stage, 1)
        row.addWidget(column_rule())
        row.addWidget(self.gallery)

    def showEvent(self, event: QShowEvent) -> None:
        """The cursor waits in the prompt, unless it has been put elsewhere."""
        if self.window().focusWidget() is None:
            self.controls.prompt.editor.setFocus()
