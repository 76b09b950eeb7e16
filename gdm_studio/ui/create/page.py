"""Create page: settings panel, stage or set view, and gallery panel."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from gdm_studio.models.card import ModelCard
from gdm_studio.studio.draft import Draft
from gdm_studio.ui.create.board.sets_view import SetView
from gdm_studio.ui.create.panel.controls import Controls
from gdm_studio.ui.create.stage.stage import Stage
from gdm_studio.ui.create.stage.welcome import sentence_of
from gdm_studio.ui.gallery.list_model import PictureModel
from gdm_studio.ui.gallery.panel import GalleryPanel
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import Notices, in_columns


class CreatePage(QFrame):
    """Page on which images are generated.

    Tab visits `controls`, then `stage` (`set_view` in set mode), then `gallery`. The stage contains the canvas.
    """

    def __init__(self, theme: Theme, draft: Draft, model: PictureModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.controls = Controls(theme, draft)
        self.stage = Stage(theme)
        self.set_view = SetView(theme)
        self.gallery = GalleryPanel(theme, model)
        self._model = model
        model.layoutChanged.connect(self._show_empty)
        self.controls.model_shown.connect(self._on_model)
        self.stage.welcome.picked.connect(lambda example: self.controls.examples.picked.emit(example, True))
        self._show_empty()
        self._middle = QStackedWidget()
        self._middle.addWidget(self.stage)
        self._middle.addWidget(self.set_view)
        in_columns(self, self.controls, self._middle, self.gallery, wide=1)
        self.stage.canvas.panels_toggled.connect(self.toggle_panels)
        for box in (self.controls.prompt, self.controls.negative):
            box.editor.left.connect(self.stage.setFocus)

    def _show_empty(self) -> None:
        """Show a hint and the model's examples on the empty canvas.

        While the gallery or the model is loading, show none, because the gallery may supply an image.
        """
        card = self.controls.draft.card
        is_ready = card is not None and not self._model.is_reading()
        self.stage.show_examples(is_ready)
        if card is None or not is_ready:
            self.stage.canvas.set_empty("", "")
            return
        text = self.tr("{sentence} Press Generate, or choose an example.")
        if not card.examples:
            text = self.tr("{sentence} Press Generate.")
        self.stage.canvas.set_empty(self.tr("Your picture will appear here"), text.format(sentence=sentence_of(card)))

    def _on_model(self, card: ModelCard) -> None:
        self.stage.set_example_card(card)
        self._show_empty()

    def toggle_panels(self) -> None:
        """Hide the side panels, or show them."""
        self.show_panels(self.controls.isHidden())

    def show_panels(self, are_visible: bool = True) -> None:
        """Show or hide the panels beside the canvas. The focus moves from a hidden panel to the stage."""
        if not are_visible and any(panel.isAncestorOf(self.focusWidget()) for panel in (self.controls, self.gallery)):
            self.stage.setFocus()
        # The panels and the separators beside the middle part.
        parts = self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        for part in parts:
            if part is not self._middle and not part.isWindow():
                part.setVisible(are_visible)

    def show_set(self, on: bool) -> None:
        """Show the set view in place of the stage, or the stage again."""
        self._middle.setCurrentWidget(self.set_view if on else self.stage)

    def notices(self) -> Notices:
        """Return the notice area of the set view or the stage, whichever is visible."""
        return self.set_view.notices if self._middle.currentWidget() is self.set_view else self.stage.notices

    def showEvent(self, event: QShowEvent) -> None:
        """Focus the prompt when the page appears, unless another widget has the focus."""
        if self.window().focusWidget() is None:
            self.controls.prompt.editor.setFocus()
