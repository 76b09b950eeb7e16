"""Button beside the prompt that opens the model's example prompts."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Signal

from gdm_studio.models.model_card import ModelCard, sample_path
from gdm_studio.ui.create.panel.sample_tile import Tile
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets import IconButton
from gdm_studio.ui.widgets.icon_button import show_action
from gdm_studio.ui.window_actions import EXAMPLES

if TYPE_CHECKING:
    from gdm_studio.ui.create.panel.tile_popup import TilePopup

TILE, COLUMNS = QSize(184, 46), 3
# Distance in logical pixels between the button and the open list.
DISTANCE = 24


class Examples(IconButton):
    """Button beside the prompt that opens a list of example prompts, hidden if the model has no examples. The window
    handles its keys, which work while it is hidden, too.

    Signal: `picked(Example, bool at_once)`. `at_once` is True if Enter was pressed.
    """

    picked = Signal(object, bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, EXAMPLES.icon, tooltip=EXAMPLES.description, text=EXAMPLES.title, size=13)
        self.setProperty("role", "mark")
        self.setFont(theme.font(12))
        self.setFixedHeight(20)
        self._theme = theme
        self._tiles: list[Tile] = []
        self._card: ModelCard | None = None
        self._is_offered = False
        self.clicked.connect(self.open)
        show_action(self, EXAMPLES)
        self.hide()

    @cached_property
    def popup(self) -> TilePopup:
        """List of the example prompts, created when it is first opened."""
        from gdm_studio.ui.create.panel.tile_popup import TilePopup

        popup = TilePopup(self._theme, name=EXAMPLES.title, tile=TILE, columns=COLUMNS, wide=True, parent=self)
        popup.chosen.connect(self._on_chosen)
        popup.set_tiles(self._tiles)
        return popup

    def set_card(self, card: ModelCard) -> None:
        self._card = card
        prompts = [example.prompt for example in card.examples]
        self._tiles = [Tile(prompt, prompt, picture=sample_path(card, "example", prompt)) for prompt in prompts]
        if "popup" in vars(self):
            self.popup.set_tiles(self._tiles)
        self.setVisible(self._is_offered and bool(self._tiles))

    def set_offered(self, offered: bool) -> None:
        """Show the button if the model has examples, or hide it."""
        self._is_offered = offered
        self.setVisible(offered and bool(self._tiles))

    def has_examples(self) -> bool:
        """Return True if the model has example prompts."""
        return bool(self._tiles)

    def _on_chosen(self, prompt: str, at_once: bool) -> None:
        for example in self._card.examples if self._card else ():
            if example.prompt == prompt:
                self.picked.emit(example, at_once)

    def open(self) -> None:
        """Open the list of example prompts. A click applies an example; Enter also generates its image."""
        # Hidden, it has no place of its own.
        beside = self if self.isVisible() else self.parentWidget() or self
        self.popup.open_at(beside.mapToGlobal(QPoint(beside.width() + DISTANCE, -4)))
