"""The grid of thumbnails, and how a cell is painted."""

from __future__ import annotations

from PySide6.QtCore import (
    QItemSelection,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDrag,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from gdm_studio.ui import icons
from gdm_studio.ui.gallery_model import PICTURE, THUMBNAIL, Index, PictureLike, PictureModel, fitted
from gdm_studio.ui.theme import Theme
from gdm_studio.ui.widgets.scroll_bar import OverlayScrollBar

GAP, RADIUS = 8, 9
MOST_COLUMNS = 16  # beyond, cells grow rather than become more
REST = 6  # beside the last gap, under the scroll bar
MOVES = {
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
}


class Grid(QListView):
    """Thumbnails of a `PictureModel`.

    Signals: `current_changed(object picture | None)`, `picked(list)` the selected pictures, `activated_picture(object)`
    (Enter, double click), `use_settings(object)`, `favourite(object, bool)`, `open_folder(object)`, `delete(list)`,
    `export(list)`, `copy_credit(object)`.
    Keys: arrows, Enter, F marks a favourite, Delete, Ctrl+A.
    """

    current_changed = Signal(object)
    picked = Signal(list)
    activated_picture = Signal(object)
    use_settings = Signal(object)
    favourite = Signal(object, bool)
    open_folder = Signal(object)
    delete = Signal(list)
    export = Signal(list)
    copy_credit = Signal(object)

    def __init__(
        self,
        theme: Theme,
        model: PictureModel,
        *,
        cell: int,
        ground: str = "raised",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._pictures, self._cell = theme, model, cell
        self._empty = "Your pictures will appear here."
        self.setModel(model)
        self.setItemDelegate(_Cell(theme, self, ground))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionRectVisible(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setMouseTracking(True)
        self.setAccessibleName("Pictures")
        self._scroll_bar = OverlayScrollBar(self)
        self.verticalScrollBar().setSingleStep(cell // 2)
        self.doubleClicked.connect(lambda index: self.activated_picture.emit(index.data(PICTURE)))
        model.modelReset.connect(self._on_reset)
        theme.changed.connect(self.viewport().update)
        self._fit_cells()

    def set_empty_text(self, text: str) -> None:
        """What the grid says while it has no picture."""
        self._empty = text
        self.viewport().update()

    def current(self) -> PictureLike | None:
        """The picture whose details are shown."""
        index = self.currentIndex()
        return index.data(PICTURE) if index.isValid() else None

    def selected(self) -> list[PictureLike]:
        """The selected pictures in the order of the grid."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        return [self._pictures.picture(row) for row in rows]

    def select(self, picture_id: object) -> None:
        """Selects one picture and brings it into sight."""
        row = self._pictures.row_of(picture_id)
        if row >= 0:
            self.setCurrentIndex(self._pictures.index(row))

    def clear_selection(self) -> None:
        """No picture is selected or current."""
        self.selectionModel().clear()

    def show_menu(self, place: QPoint) -> QMenu:
        """Opens what can be done with the current picture, at a place of the screen."""
        menu, picture = QMenu(self), self.current()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        if picture is not None:
            for icon, text, act in (
                ("sliders-horizontal", "Use settings", lambda: self.use_settings.emit(picture)),
                ("star", _favourite_words(picture), lambda: self.toggle_favourite()),
                ("folder-open", "Open folder", lambda: self.open_folder.emit(picture)),
                ("download", "Export…", lambda: self.export.emit(self.selected())),
                ("info", "Copy credit", lambda: self.copy_credit.emit(picture)),
            ):
                menu.addAction(icons.icon(self._theme, icon), text).triggered.connect(act)
            menu.addSeparator()
            delete = menu.addAction(icons.icon(self._theme, "trash-2", "danger", active="danger"), "Delete")
            delete.setShortcut(Qt.Key.Key_Delete)
            delete.triggered.connect(lambda: self.delete.emit(self.selected()))
        menu.popup(place)
        return menu

    def toggle_favourite(self) -> None:
        """All selected become favourites, or none where all are."""
        pictures = self.selected()
        on = not all(picture.favourite for picture in pictures)
        for picture in pictures:
            if picture.favourite != on:
                self.favourite.emit(picture, on)

    # events

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos()) if event.reason() == QContextMenuEvent.Reason.Mouse else self.currentIndex()
        if index.isValid():
            if index not in self.selectedIndexes():
                self.setCurrentIndex(index)
            below = self.viewport().mapToGlobal(self.visualRect(index).center())
            self.show_menu(event.globalPos() if event.reason() == QContextMenuEvent.Reason.Mouse else below)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        picture = self.current()
        if event.key() in MOVES or (event.key() == Qt.Key.Key_A and event.modifiers()):
            super().keyPressEvent(event)
        elif picture is None:
            event.ignore()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.activated_picture.emit(picture)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete.emit(self.selected())
        elif event.key() == Qt.Key.Key_F and not event.modifiers():
            self.toggle_favourite()
        else:
            event.ignore()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.current_changed.emit(self.current())

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.picked.emit(self.selected())

    def startDrag(self, actions: Qt.DropAction) -> None:
        indexes = self.selectedIndexes()
        if not indexes:
            return
        drag = QDrag(self)
        drag.setMimeData(self._pictures.mimeData(indexes))
        picture = self.currentIndex().data(THUMBNAIL)
        if isinstance(picture, QPixmap):
            drag.setPixmap(fitted(picture, 72, self.devicePixelRatioF()))
            drag.setHotSpot(QPoint(36, 36))
        drag.exec(Qt.DropAction.CopyAction)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit_cells()
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._pictures.rowCount() or self._pictures.is_waiting():
            return
        painter = QPainter(self.viewport())
        painter.setPen(self._theme.colour("muted"))
        painter.setFont(self._theme.font(12))
        room = self.viewport().rect().adjusted(16, 24, -16 - REST, -16)
        query = self._pictures.query()
        words = f"Nothing matches “{query}”." if query else self._empty
        painter.drawText(room, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap.value, words)

    def _on_reset(self) -> None:
        self.current_changed.emit(None)
        self.picked.emit([])

    def _fit_cells(self) -> None:
        """As many columns as fit at about the wanted size, filling the width."""
        room = self.width() - REST
        wanted = min(max(self._cell, room // MOST_COLUMNS), 2 * self._cell)
        columns = max(1, round(room / (wanted + GAP)))
        pitch = max(40, room // columns)
        if self.gridSize().width() != pitch:
            self.setGridSize(QSize(pitch, pitch))


class _Cell(QStyledItemDelegate):
    def __init__(self, theme: Theme, grid: Grid, ground: str) -> None:
        super().__init__(grid)
        self._theme, self._grid, self._ground = theme, grid, ground

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return self._grid.gridSize()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens = self._theme.tokens
        side = self._grid.gridSize().width() - GAP
        cell = QRectF(option.rect.left() + 1, option.rect.top() + 1, side - 2, side - 2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(Qt.PenStyle.NoPen)
        hover = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.setBrush(self._theme.colour("hover" if hover else self._ground))
        painter.drawRoundedRect(cell, RADIUS, RADIUS)
        self._paint_picture(painter, cell, index.data(THUMBNAIL))
        if index.data(PICTURE).favourite:
            star = QRectF(cell.right() - 17, cell.top() + 4, 13, 13)
            icons.paint(painter, star, "star", self._theme.colour("star"), filled=True)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawRoundedRect(cell, RADIUS, RADIUS)
        painter.restore()

    def _paint_picture(self, painter: QPainter, cell: QRectF, picture: QPixmap | None) -> None:
        if picture is None or picture.isNull():
            return
        inner = round(cell.width() * 0.82)
        sharp = fitted(picture, inner, self._grid.devicePixelRatioF())
        size = sharp.deviceIndependentSize()
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(cell.center())
        painter.drawPixmap(place.topLeft(), sharp)


def _favourite_words(picture: PictureLike) -> str:
    return "Not a favourite any more" if picture.favourite else "Favourite"
