"""The page on which pictures are made: controls, stage or the sheet of a set, gallery."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from gdm_studio.studio.draft import Draft
from gdm_studio.ui.create.panel.controls import Controls
from gdm_studio.ui.create.sets.sheet import SetSheet
from gdm_studio.ui.create.stage.stage import Stage
from gdm_studio.ui.gallery.list_model import PictureModel
from gdm_studio.ui.gallery.panel import GalleryPanel
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import Notices, in_columns


class CreatePage(QFrame):
    """Parts: `controls`, `stage` with the `sheet` in its place in set mode, `gallery`. Tab goes through them in this
    order. Setter: `show_sheet(bool)`. Reader: `notices()`, of what is in the middle.
    """

    def __init__(self, theme: Theme, draft: Draft, model: PictureModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.controls = Controls(theme, draft)
        self.stage = Stage(theme)
        self.sheet = SetSheet(theme)
        self.gallery = GalleryPanel(theme, model)
        self._model = model
        model.layoutChanged.connect(self._say_empty)
        self._say_empty()
        self._middle = QStackedWidget()
        self._middle.addWidget(self.stage)
        self._middle.addWidget(self.sheet)
        in_columns(self, self.controls, self._middle, self.gallery, wide=1)
        for box in (self.controls.prompt, self.controls.negative):
            box.editor.left.connect(self.stage.setFocus)

    def _say_empty(self) -> None:
        """What the empty canvas says; nothing while it is not known whether there is a picture for it."""
        words = ("Your picture will appear here", "Press Generate and watch it come out of the noise, step by step.")
        self.stage.canvas.set_empty(*(("", "") if self._model.is_reading() else words))

    def show_sheet(self, on: bool) -> None:
        """The sheet of a set in the middle, or the stage."""
        self._middle.setCurrentWidget(self.sheet if on else self.stage)

    def notices(self) -> Notices:
        """Where messages are seen."""
        return self.sheet.notices if self._middle.currentWidget() is self.sheet else self.stage.notices

    def showEvent(self, event: QShowEvent) -> None:
        """The cursor waits in the prompt, unless it has been put elsewhere."""
        if self.window().focusWidget() is None:
            self.controls.prompt.editor.setFocus()
