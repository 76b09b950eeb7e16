"""The places of the gallery: everything, the favourites, today's pictures, and people's collections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gdm_studio.ui import icons
from gdm_studio.ui.theme import Theme
from gdm_studio.ui.widgets.scroll_bar import OverlayScrollBar

if TYPE_CHECKING:
    from gdm_studio.gallery import Collection

WIDTH, ROW, HEADER = 208, 32, 36
EVERYWHERE = {"": "All pictures", "is:favourite": "Favourites", "date:today": "Today"}  # search -> name
QUERY, COUNT, NAME = (Qt.ItemDataRole.UserRole + number for number in range(3))  # NAME is a collection's
Index = QModelIndex | QPersistentModelIndex


def search_of(collection: str) -> str:
    """The search that finds the pictures of a collection."""
    return f'collection:"{collection}"'


class Sidebar(QFrame):
    """Signals, by people: `chosen(str search)`, `rename_asked(str name, str wanted)`, `remove_asked(str name)`.

    Setters: `show_places(counts, collections)`, `choose(search)`, `rename(name)` puts the cursor into it.
    Reader: `choice()`, the search of the place that is open.
    """

    chosen = Signal(str)
    rename_asked = Signal(str, str)
    remove_asked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setFixedWidth(WIDTH)
        self._model = QStandardItemModel(self)
        self.view = _Places(theme, self._model)
        self.view.removed.connect(self.remove_asked)
        self.view.renamed.connect(self.rename_asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 12, 10, 12)
        column.addWidget(self.view)
        self._choice = ""
        self.show_places({}, [])
        self.view.selectionModel().currentChanged.connect(self._on_current)

    def choice(self) -> str:
        return self._choice

    def show_places(self, counts: Mapping[str, int], collections: Sequence[Collection]) -> None:
        """The numbers of pictures by search, and the collections; the open place stays open where it is there."""
        if self.view.state() == QAbstractItemView.State.EditingState:
            return  # a name is being written; it asks for the places anew when it is
        rows = [_place(name, query, counts.get(query)) for query, name in EVERYWHERE.items()]
        if collections:
            rows.append(_header("Collections"))
            rows += [_place(one.name, search_of(one.name), one.count, of_people=True) for one in collections]
        self._model.clear()
        for item in rows:
            self._model.appendRow(item)
        self._mark()

    def choose(self, search: str) -> None:
        """Opens a place, as if it had been clicked."""
        self._choice = search
        self._mark()
        self.chosen.emit(search)

    def rename(self, name: str) -> None:
        """Lets people write another name for a collection."""
        for index in self._indexes():
            if index.data(NAME) == name:
                self.view.edit(index)

    def _mark(self) -> None:
        """Marks the open place; where it has gone, everything is open."""
        found = next((index for index in self._indexes() if index.data(QUERY) == self._choice), None)
        self.view.setCurrentIndex(found if found is not None else self._model.index(0, 0))

    def _indexes(self) -> list[QModelIndex]:
        return [self._model.index(row, 0) for row in range(self._model.rowCount())]

    def _on_current(self, current: QModelIndex) -> None:
        query = current.data(QUERY)
        if query is not None and query != self._choice:
            self._choice = query
            self.chosen.emit(query)


class _Places(QListView):
    """Keys: arrows, F2 renames a collection, Delete takes it apart."""

    renamed = Signal(str, str)
    removed = Signal(str)

    def __init__(self, theme: Theme, model: QStandardItemModel) -> None:
        super().__init__()
        self._theme = theme
        self.setModel(model)
        self.setItemDelegate(_Row(theme, self))
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setAccessibleName("Places of the gallery")
        self._bar = OverlayScrollBar(self)
        theme.changed.connect(self.viewport().update)

    def show_menu(self, index: Index, place: QPoint) -> QMenu:
        """Opens what can be done with a collection, at a place of the screen."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        row, name = index.row(), index.data(NAME)
        rename = menu.addAction(icons.icon(self._theme, "pencil"), "Rename")
        rename.triggered.connect(lambda: self.edit(self.model().index(row, 0)))
        remove = menu.addAction(icons.icon(self._theme, "x"), "Remove collection")
        remove.setToolTip("Its pictures stay in the gallery")
        remove.triggered.connect(lambda: self.removed.emit(name))
        menu.popup(place)
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        if index.isValid() and index.data(NAME):
            below = self.viewport().mapToGlobal(self.visualRect(index).center())
            self.show_menu(index, event.globalPos() if by_mouse else below)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name = self.currentIndex().data(NAME) if self.currentIndex().isValid() else None
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and name:
            self.removed.emit(name)
        elif event.key() in (Qt.Key.Key_Slash, Qt.Key.Key_Escape):
            event.ignore()  # the page's
        else:
            super().keyPressEvent(event)


class _Row(QStyledItemDelegate):
    """A place with the number of its pictures, or a heading."""

    def __init__(self, theme: Theme, view: _Places) -> None:
        super().__init__(view)
        self._theme, self._view = theme, view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, HEADER if index.data(QUERY) is None else ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(option.rect).adjusted(0, 1, 0, -1)
        words = room.adjusted(10, 0, -10, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        if index.data(QUERY) is None:
            painter.setPen(self._theme.colour("muted"))
            painter.setFont(self._theme.font(11))
            painter.drawText(words.adjusted(0, 6, 0, 0), middle, index.data())
        else:
            chosen = bool(option.state & QStyle.StateFlag.State_Selected)
            if chosen or option.state & QStyle.StateFlag.State_MouseOver:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self._theme.colour("raised" if chosen else "hover"))
                painter.drawRoundedRect(room, 8, 8)
            count = "" if index.data(COUNT) is None else f"{index.data(COUNT):,}".replace(",", "\u202f")
            painter.setFont(self._theme.font(12))
            painter.setPen(self._theme.colour("muted"))
            painter.drawText(words, middle | Qt.AlignmentFlag.AlignRight, count)
            wide = words.width() - painter.fontMetrics().horizontalAdvance(count) - 10
            painter.setFont(self._theme.font(13, 600 if chosen else 400))
            painter.setPen(self._theme.colour("text"))
            name = painter.fontMetrics().elidedText(index.data(), Qt.TextElideMode.ElideRight, int(wide))
            painter.drawText(words, middle, name)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setAccessibleName("Name of the collection")
        editor.setStyleSheet("min-height: 0; padding: 0 8px;")
        return editor

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, QLineEdit) and editor.text().strip() not in ("", index.data(NAME)):
            self._view.renamed.emit(index.data(NAME), editor.text())


def _place(name: str, query: str, count: int | None, *, of_people: bool = False) -> QStandardItem:
    item = QStandardItem(name)
    item.setData(query, QUERY)
    item.setData(count, COUNT)
    item.setData(name if of_people else None, NAME)
    item.setEditable(of_people)
    item.setData(f"{name}, {count or 0} pictures", Qt.ItemDataRole.AccessibleTextRole)
    if of_people:
        item.setToolTip(f"{name}\nF2 renames it · Del takes it apart, its pictures stay")
    return item


def _header(title: str) -> QStandardItem:
    item = QStandardItem(title)
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    return item
