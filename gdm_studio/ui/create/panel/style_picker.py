"""The choice of a drawing style, each with a small picture of the same thing drawn in it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent

from gdm_studio.models.card import ModelCard
from gdm_studio.models.samples import sample_path
from gdm_studio.ui.create.panel.tiles import Tile, TilePopup, paint_sample
from gdm_studio.ui.look import icons
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import Choice, Combo
from gdm_studio.ui.widgets.painting import field, smooth

ANY = Tile("", "Any style", icon="sparkles", across=True)
TILE, COLUMNS = QSize(82, 94), 8


class StylePicker(Combo):
    """A combo box whose list opens as a grid of pictures. Setter: `set_styles(card)`; the rest is the combo's."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, name="Style", tooltip="How the picture is drawn")
        self._tiles: dict[str, Tile] = {}
        self.popup = TilePopup(theme, name="Styles", tile=TILE, columns=COLUMNS, wide=False, parent=self)
        self.popup.chosen.connect(self._on_tile)
        self.popup.samples.read.connect(self.update)

    def set_styles(self, card: ModelCard) -> None:
        """The styles of a model, those of a group together; any style comes first."""
        tiles = style_tiles(card)
        self._tiles = {tile.id: tile for tile in tiles}
        self.popup.set_tiles(tiles)
        self.set_choices([Choice(tile.id, tile.title) for tile in tiles])

    def showPopup(self) -> None:
        self.popup.open_at(self.mapToGlobal(QPoint(0, self.height() + 4)), self.choice())

    def hidePopup(self) -> None:
        self.popup.hide()
        super().hidePopup()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        field(painter, self, self._theme)
        tile = self._tiles.get(self.choice(), ANY)
        paint_sample(painter, QRectF(9, (self.height() - 22) / 2, 22, 22), tile, self._theme, self.popup.samples)
        tokens = self._theme.tokens
        painter.setPen(QColor(tokens.text if self.isEnabled() else tokens.faint))
        painter.setFont(self.font())
        room = self.rect().adjusted(37, 0, -28, 0)
        text = QFontMetrics(self.font()).elidedText(self.currentText(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        mark = QRectF(self.width() - 26, (self.height() - 16) / 2, 16, 16)
        icons.paint(painter, mark, "chevron-down", self._theme.colour("muted"))

    def _on_tile(self, style: str, entered: bool) -> None:
        self.set_choice(style)
        self.setFocus(Qt.FocusReason.PopupFocusReason)
        self.chosen.emit(style)


def style_tiles(card: ModelCard) -> list[Tile]:
    """A model's styles as tiles: any style, then the groups in the order in which the card begins them."""
    groups = list(dict.fromkeys(style.group for style in card.styles))
    ordered = sorted(card.styles, key=lambda style: groups.index(style.group))
    if not ordered:
        return []
    return [ANY, *(Tile(s.id, s.title, s.group, sample_path(card, "style", s.id)) for s in ordered)]
