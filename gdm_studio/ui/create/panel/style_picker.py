"""Menu of drawing styles, illustrated with sample images of one subject."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent

from gdm_studio.models.model_card import ModelCard, sample_path
from gdm_studio.ui.card_translations import card_text, translated_card
from gdm_studio.ui.create.panel.sample_tile import Tile, paint_sample
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets import Choice, Combo
from gdm_studio.ui.widgets.shapes import antialiased_painter, paint_field

if TYPE_CHECKING:
    from gdm_studio.ui.create.panel.tile_popup import TilePopup
    from gdm_studio.ui.models.sample_loader import Samples

TILE, COLUMNS = QSize(82, 94), 8


class StylePicker(Combo):
    """Combo box for drawing styles, whose list opens as a grid of sample images."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(
            theme, name=translate("Setting", "Style"), tooltip=translate("StylePicker", "How the picture is drawn")
        )
        self._tiles: dict[str, Tile] = {}

    @cached_property
    def popup(self) -> TilePopup:
        """Grid of the drawing styles, created after the first paint. It loads the sample images."""
        from gdm_studio.ui.create.panel.tile_popup import TilePopup

        popup = TilePopup(self._theme, name=self.tr("Styles"), tile=TILE, columns=COLUMNS, wide=False, parent=self)
        popup.chosen.connect(self._on_tile)
        popup.samples.read.connect(self.update)
        popup.set_tiles([*self._tiles.values()])
        self.update()
        return popup

    def _samples(self) -> Samples | None:
        return self.popup.samples if "popup" in vars(self) else None

    def set_styles(self, card: ModelCard) -> None:
        """Fill the menu with a model's drawing styles, sorted into groups after the entry “Any style”."""
        tiles = style_tiles(card)
        self._tiles = {tile.id: tile for tile in tiles}
        if "popup" in vars(self):
            self.popup.set_tiles(tiles)
        self.set_choices([Choice(tile.id, tile.title) for tile in tiles])

    def showPopup(self) -> None:
        self.popup.open_at(self.mapToGlobal(QPoint(0, self.height() + 4)), self.choice())

    def hidePopup(self) -> None:
        if "popup" in vars(self):
            self.popup.hide()
        super().hidePopup()

    def text_area(self) -> QRect:
        return self.rect().adjusted(37, 0, -28, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        paint_field(painter, self, self._theme)
        tile = self._tiles.get(self.choice()) or any_style()
        paint_sample(painter, QRectF(9, (self.height() - 22) / 2, 22, 22), tile, self._theme, self._samples())
        self.paint_text(painter, self.currentText(), 26)

    def _on_tile(self, style: str, entered: bool) -> None:
        self.set_choice(style)
        self.setFocus(Qt.FocusReason.PopupFocusReason)
        self.chosen.emit(style)


def any_style() -> Tile:
    """Return the menu entry “Any style”, which lets the model choose the drawing style."""
    return Tile("", card_text("Any style"), icon="sparkles", is_wide_row=True)


def style_tiles(card: ModelCard) -> list[Tile]:
    """Return the entries of the style menu: “Any style”, followed by a model's drawing styles with sample images, in
    groups.

    The list is empty for a model without styles.
    """
    card = translated_card(card)
    groups = list(dict.fromkeys(style.group for style in card.styles))
    ordered = sorted(card.styles, key=lambda style: groups.index(style.group))
    if not ordered:
        return []
    return [any_style(), *(Tile(s.id, s.title, s.group, sample_path(card, "style", s.id)) for s in ordered)]
