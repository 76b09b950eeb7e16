"""Create page: settings panel, main image view or view of an image set, and gallery panel."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from gdm_studio.studio.request_draft import RequestDraft
from gdm_studio.ui.create.panel.settings_panel import Controls
from gdm_studio.ui.create.viewer.canvas_panel import CanvasPanel
from gdm_studio.ui.gallery.list_model import PictureModel
from gdm_studio.ui.gallery.panel import GalleryPanel
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.widgets import Notices
from gdm_studio.ui.widgets.fields import NumberEdit
from gdm_studio.ui.widgets.layouts import in_row, put_in_tab_order
from gdm_studio.ui.widgets.splitter import Splitter

if TYPE_CHECKING:
    from gdm_studio.models.model_card import ModelCard
    from gdm_studio.ui.create.board.image_set_view import SetView
    from gdm_studio.ui.create.prompt.prompt_text_field import PromptEditor

# Minimum width of the canvas, at which its tools are still visible.
MIN_WIDTH = 290
DEFAULT_WIDTHS = (SPACE.controls_width, SPACE.gallery_width)


class CreatePage(QFrame):
    """Page on which images are generated, with the settings panel, the main image view and the gallery panel.

    Tab visits `controls`, then `canvas_panel` (or `set_view` in set mode), then `gallery`. Signal: `prompt_left()` when
    Escape leaves a prompt or a number.
    """

    prompt_left = Signal()

    def __init__(
        self, theme: Theme, request_draft: RequestDraft, model: PictureModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.controls = Controls(theme, request_draft)
        self.canvas_panel = CanvasPanel(theme)
        self._theme = theme
        self.gallery = GalleryPanel(theme, model)
        # Creation timestamps of the pictures that were selected in the gallery panel before the set.
        self._selected_before_set: list[int] = []
        self._model = model
        model.layoutChanged.connect(self._show_empty)
        self.controls.model_shown.connect(self._on_model)
        self.canvas_panel.example_picked.connect(lambda example: self.controls.examples.picked.emit(example, True))
        self._show_empty()
        self._middle_stack = QStackedWidget()
        self._middle_stack.addWidget(self.canvas_panel)
        self._columns = Splitter(
            theme, names=(self.tr("Width of the settings"), self.tr("Width of the picture list")), width=1
        )
        for place, part in enumerate((self.controls, self._middle_stack, self.gallery)):
            self._columns.addWidget(part)
            self._columns.setStretchFactor(place, int(part is self._middle_stack))
        self._middle_stack.setMinimumWidth(MIN_WIDTH)
        in_row(self._columns, on=self, spacing=0)
        # Widths of the panels in logical pixels. The panels are hidden at times.
        self._widths = DEFAULT_WIDTHS
        self._columns.splitterMoved.connect(self._on_divider_moved)
        self._columns.reset_asked.connect(lambda: self.set_panel_widths(*DEFAULT_WIDTHS))
        self.canvas_panel.canvas.panels_toggled.connect(self.toggle_panels)
        self._connect_editor(self.controls.prompt.editor)
        self.controls.when_filled(lambda: self._connect_editor(self.controls.negative.editor))

    def _connect_editor(self, editor: PromptEditor) -> None:
        editor.left.connect(self._leave_editor)
        # Escape does not close the mask or the sketch that is being painted.
        editor.keep_escape_if(self._is_painting)

    def _is_painting(self) -> bool:
        return self.canvas_panel.mode() == "mask" or self.canvas_panel.is_sketching()

    def _leave_editor(self) -> None:
        self._focus_middle()
        if not self._is_painting():
            self.prompt_left.emit()

    @cached_property
    def set_view(self) -> SetView:
        """View of an image set, created on first access."""
        from gdm_studio.ui.create.board.image_set_view import SetView

        view = SetView(self._theme)
        self._middle_stack.addWidget(view)
        put_in_tab_order(view, after=self.canvas_panel)
        return view

    def _shows_set(self) -> bool:
        return self._middle_stack.currentWidget() is not self.canvas_panel

    def _show_empty(self) -> None:
        """Show a hint and the model's example prompts on the empty canvas.

        They stay hidden while the gallery or the model is loading, because the gallery may supply an image.
        """
        card = self.controls.request_draft.card
        is_ready = card is not None and not self._model.is_reading()
        self.canvas_panel.show_examples(is_ready)
        if card is None or not is_ready:
            self.canvas_panel.canvas.set_empty("", "")
            return
        from gdm_studio.ui.create.viewer.welcome import sentence_of

        text = self.tr("{sentence} Press Generate, or choose an example.")
        if not card.examples:
            text = self.tr("{sentence} Press Generate.")
        self.canvas_panel.canvas.set_empty(
            self.tr("Your picture will appear here"), text.format(sentence=sentence_of(card))
        )

    def _on_model(self, card: ModelCard) -> None:
        self.canvas_panel.set_example_card(card)
        self._show_empty()

    def text_fields(self) -> list[QWidget]:
        """Return the fields whose text the user can edit before the window's controllers exist."""
        fields: list[QWidget] = [self.controls.prompt.editor]
        # The negative prompt is visible only if the last session left its section open.
        return [*fields, self.controls.negative.editor] if self.controls.is_filled else fields

    def toggle_panels(self) -> None:
        """Hide the settings panel and the gallery panel, or show them again."""
        self.show_panels(self.controls.isHidden())

    def show_panels(self, are_visible: bool = True) -> None:
        """Show or hide the panels beside the canvas.

        If a hidden panel had the keyboard focus, the widget in the middle of the page receives it.
        """
        if not are_visible and any(panel.isAncestorOf(self.focusWidget()) for panel in (self.controls, self.gallery)):
            self._focus_middle()
        for panel in (self.controls, self.gallery):
            panel.setVisible(are_visible)

    def panel_widths(self) -> tuple[int, int]:
        """Return the widths that the user chose for the settings panel and the gallery panel, in logical pixels."""
        return self._widths

    def set_panel_widths(self, controls: int, gallery: int) -> None:
        """Set the widths of the settings panel and the gallery panel, limited by the space that the canvas needs."""
        self._widths = controls, gallery
        self._columns.setSizes([controls, max(self.width() - controls - gallery, 1), gallery])

    def _on_divider_moved(self) -> None:
        controls, _, gallery = self._columns.sizes()
        if controls and gallery:
            self._widths = controls, gallery

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self.controls.isHidden():
            self.set_panel_widths(*self._widths)

    def show_set(self, on: bool) -> None:
        """Show an image set in the middle of the page, or the single image again.

        The gallery panel shows the details of the single image only beside it.
        """
        if on and self._middle_stack.currentWidget() is self.canvas_panel:
            self._selected_before_set = self.gallery.grid.selected_moments()
            self.gallery.mark("")
        elif not on and not self.gallery.grid.selected_rows():
            self.gallery.restore_selection(self._selected_before_set)
        self._middle_stack.setCurrentWidget(self.set_view if on else self.canvas_panel)

    def notices(self) -> Notices:
        """Return the notices widget in the middle of the page: that of the image set if it is shown, or else that of
        the main image view.
        """
        return self.set_view.notices if self._shows_set() else self.canvas_panel.notices

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the keyboard focus to the middle of the page after Enter or Esc in a number field of the settings, so
        that the keys which act on the image do so again. Esc also stops the run, as in a prompt.
        """
        focused = self.focusWidget()
        # Qt sets KeypadModifier for the Enter key of the number pad.
        has_modifier = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        leaves = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape) and not has_modifier
        if leaves and isinstance(focused, NumberEdit) and self.controls.isAncestorOf(focused):
            (self._leave_editor if event.key() == Qt.Key.Key_Escape else self._focus_middle)()
        else:
            super().keyPressEvent(event)

    def _focus_middle(self) -> None:
        """Move the keyboard focus to the main image view, or to the image set if it is shown."""
        visible_widget = self.set_view if self._shows_set() else self.canvas_panel
        visible_widget.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """Move the keyboard focus to the prompt, or to the list of a set, when the page appears, unless another widget
        has the focus.
        """
        if self.window().focusWidget() is None:
            (self.controls.things if self._shows_set() else self.controls.prompt).editor.setFocus()
