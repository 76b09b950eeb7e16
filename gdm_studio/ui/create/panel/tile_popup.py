"""Popup with a searchable grid of titled images."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPen, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from gdm_studio.ui.create.panel.sample_tile import Tile, paint_sample
from gdm_studio.ui.models.sample_loader import Samples
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import within_text
from gdm_studio.ui.widgets.fields import TextLine
from gdm_studio.ui.widgets.item_models import Index, heading_item
from gdm_studio.ui.widgets.keys import OnEscape
from gdm_studio.ui.widgets.layouts import OverlayScrollBar, stacked
from gdm_studio.ui.widgets.shapes import Popup

TILE = Qt.ItemDataRole.UserRole
EDGE = 10
HEADER = 28
WIDE_ROW_HEIGHT = 36
MAX_HEIGHT = 600
MOVES = {Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class TilePopup(Popup):
    """Popup with a search field above a grid of titled images.

    Titles are below the images, or beside them if `wide`. Signal: `chosen(str id, bool entered)`. `entered` is True for
    the Enter key and False for a click.
    """

    chosen = Signal(str, bool)

    def __init__(self, theme: Theme, *, name: str, tile: QSize, columns: int, wide: bool, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self.setAccessibleName(name)
        self._tiles: list[Tile] = []
        self.samples = Samples(self)
        self._chosen_id = ""
        self._tile = tile
        self._columns = columns
        title = self.tr("Search {names}").format(names=within_text(name))
        keys = self.tr("Type to search. The arrow keys move, Enter chooses")
        self.search = TextLine(title, hint=title, tooltip=keys)
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        self._model = QStandardItemModel(self)
        self.view = _TileView(self._model)
        self.view.setAccessibleName(name)
        self.view.setItemDelegate(_TileDelegate(theme, self, wide))
        self.view.clicked.connect(lambda index: self._choose(index, False))
        OnEscape(self, self.hide)
        self.samples.read.connect(self.view.viewport().update)
        row = stacked(self.search, margins=(0, 0, EDGE - 2, 0))
        stacked(row, self.view, on=self, margins=(EDGE, EDGE, 2, EDGE), spacing=8)
        self.setFixedWidth(columns * tile.width() + 2 * EDGE + 1)

    def set_tiles(self, tiles: Sequence[Tile]) -> None:
        self._tiles = list(tiles)
        self.samples.forget()

    def open_at(self, position: QPoint, chosen: str = "") -> None:
        """Open the popup with its top left corner at the screen position `position`, showing all tiles.

        The tile with the id `chosen` is marked. The popup is moved if necessary to stay on the screen.
        """
        self._chosen_id = chosen
        self.search.clear()
        self._fill()
        room = self.screen().availableGeometry()
        height = min(self._full_height(), MAX_HEIGHT, room.height() - 16)
        self.setFixedHeight(height)
        self.show_at(position)
        self.search.setFocus()
        self.view.scrollTo(self.view.currentIndex())

    def chosen_id(self) -> str:
        """Return the id of the tile marked as the current choice."""
        return self._chosen_id

    def size_of(self, index: Index) -> QSize:
        """Return the size of an entry in the grid of tiles. Group names and wide rows span the full width."""
        tile: Tile | None = index.data(TILE)
        if tile is not None and not tile.is_wide_row:
            return self._tile
        return QSize(self._columns * self._tile.width(), HEADER if tile is None else WIDE_ROW_HEIGHT)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Forward arrow and Enter keys from the search field to the grid of tiles."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in MOVES:
                self.view.move_by(event)
                return True
            if event.key() in ENTER:
                self._choose(self.view.currentIndex(), True)
                return True
        return super().eventFilter(watched, event)

    def _choose(self, index: Index, entered: bool) -> None:
        tile = index.data(TILE) if index.isValid() else None
        if tile is not None:
            self.hide()
            self.chosen.emit(tile.id, entered)

    def _fill(self) -> None:
        """Show the tiles whose title or group matches the search text, under their group names."""
        words = self.search.text().lower().split()
        tiles = [t for t in self._tiles if all(word in f"{t.title} {t.group}".lower() for word in words)]
        self._model.clear()
        if not tiles:
            self._model.appendRow(heading_item(self.tr("Nothing has this name")))
        group, current = "", QModelIndex()
        for tile in tiles:
            if tile.group != group:
                group = tile.group
                self._model.appendRow(heading_item(group))
            item = QStandardItem(tile.title)
            item.setData(tile, TILE)
            item.setEditable(False)
            self._model.appendRow(item)
            if not current.isValid() or (tile.id == self._chosen_id and not words):
                current = item.index()
        self.view.setCurrentIndex(current)

    def _full_height(self) -> int:
        """Return the popup's height in logical pixels at which every tile is visible without scrolling."""
        height, in_row = 0, self._columns
        for row in range(self._model.rowCount()):
            size = self.size_of(self._model.index(row, 0))
            if size.width() > self._tile.width():
                height, in_row = height + size.height(), self._columns
                continue
            in_row += 1
            if in_row > self._columns:
                height, in_row = height + size.height(), 1
        return height + self.search.sizeHint().height() + 2 * EDGE + 14


class _TileView(QListView):
    """List view that shows tiles in a grid, in which the tile under the mouse pointer becomes the current one."""

    def __init__(self, model: QStandardItemModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll_bar = OverlayScrollBar(self)
        self.entered.connect(self._on_entered)

    def move_by(self, event: QKeyEvent) -> None:
        self.keyPressEvent(event)

    def _on_entered(self, index: QModelIndex) -> None:
        if index.data(TILE) is not None:
            self.setCurrentIndex(index)


class _TileDelegate(QStyledItemDelegate):
    """Item delegate that paints a tile in the popup's grid, or the name of a group."""

    def __init__(self, theme: Theme, popup: TilePopup, wide: bool) -> None:
        super().__init__(popup)
        self._theme = theme
        self._popup = popup
        self._wide = wide

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return self._popup.size_of(index)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tile: Tile | None = index.data(TILE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if tile is None:
            painter.setPen(self._theme.colour("muted"))
            painter.setFont(self._theme.font(11, 500))
            painter.drawText(option.rect.adjusted(4, 8, 0, 0), Qt.AlignmentFlag.AlignVCenter, index.data())
        else:
            self._paint_tile(painter, option, tile)
        painter.restore()

    def _paint_tile(self, painter: QPainter, option: QStyleOptionViewItem, tile: Tile) -> None:
        room = QRectF(option.rect).adjusted(2, 2, -2, -2)
        chosen_id = tile.id == self._popup.chosen_id()
        current = bool(option.state & QStyle.StateFlag.State_Selected)
        if current or chosen_id:
            painter.setBrush(self._theme.colour("hover" if current else "raised"))
            painter.setPen(QPen(self._theme.colour("accent"), 1.5) if chosen_id else Qt.PenStyle.NoPen)
            painter.drawRoundedRect(room.adjusted(0.75, 0.75, -0.75, -0.75), 8, 8)
        beside = self._wide or tile.is_wide_row
        side = room.height() - 10 if beside else room.height() - 42
        place = QRectF(0, 0, side, side)
        place.moveTopLeft(room.topLeft())
        place.translate((6 if beside else (room.width() - side) / 2), 5)
        paint_sample(painter, place, tile, self._theme, self._popup.samples)
        painter.setPen(self._theme.colour("text" if chosen_id or beside else "muted"))
        painter.setFont(self._theme.font(12 if beside else 11, 500 if chosen_id else 400))
        if beside:
            words, flags = room.adjusted(side + 14, 0, -4, 0), Qt.AlignmentFlag.AlignVCenter
        else:
            words, flags = room.adjusted(1, side + 7, -1, 0), Qt.AlignmentFlag.AlignHCenter
        painter.drawText(words, flags | Qt.TextFlag.TextWordWrap, tile.title)
