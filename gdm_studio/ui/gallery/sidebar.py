"""The places of the gallery, each of them a search: everything, collections, models, saved searches, the deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QModelIndex, QPoint, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QListView,
    QMenu,
    QStyle,
    QStyleOptionViewItem,
    QWidget,
)

from gdm_studio.ui.actions import ADD_FOLDER
from gdm_studio.ui.look import icons
from gdm_studio.ui.look.index import EntryPainter, Index, heading_item
from gdm_studio.ui.look.plain import make_plain, tip
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import button_of, label
from gdm_studio.ui.widgets.layouts import stacked
from gdm_studio.ui.widgets.menu import empty_menu
from gdm_studio.ui.widgets.painting import rounded
from gdm_studio.ui.widgets.scroll_bar import OverlayScrollBar

WIDTH, ROW, HEADER = 208, 32, 34
LONG = 400  # files whose reading is worth a word
PLACE = Qt.ItemDataRole.UserRole
DELETED = "deleted"  # the choice that opens what is deleted, which is no search


@dataclass(frozen=True)
class Place:
    """`search` finds its pictures. `kind` says what people can do with one that they made: see KINDS."""

    search: str
    title: str
    count: int | None = None
    kind: str = ""
    name: str = ""  # that the gallery knows it by
    button: str = ""  # at its right, in place of the number

    def __post_init__(self) -> None:
        make_plain(self, "title")


@dataclass(frozen=True)
class _Kind:
    remove: str  # the menu's words
    hint: str
    named: bool = True  # can be given another name


KINDS = {
    "collection": _Kind("Remove collection", "F2 renames it · Del takes it apart, its pictures stay"),
    "search": _Kind("Remove saved search", "F2 renames it · Del forgets it"),
    "folder": _Kind("Show no more", "Del shows its pictures no more; the files stay", named=False),
}
EVERYWHERE = (
    Place("", "All pictures"),
    Place("is:favourite", "Favourites"),
    Place("date:today", "Today"),
    Place("is:imported", "Imported"),
)
Sections = Sequence[tuple[str, Sequence[Place]]]  # (heading, places), "" for none


def search_of(collection: str) -> str:
    """The search that finds the pictures of a collection."""
    return f'collection:"{collection}"'


class Sidebar(QFrame):
    """Signals, by people: `chosen(str search)`, `rename_asked(Place, str wanted)`, `remove_asked(Place)`,
    `button_pressed(Place)`, `import_asked()`.

    Setters: `show_places(sections)`, `show_progress(seen, found)`, `choose(search)`, `follow(search, name)`,
    `rename(search)`, which puts the cursor into it. Readers: `choice()`, the search of the place that is open;
    `place()`, that place.
    """

    chosen = Signal(str)
    rename_asked = Signal(object, str)
    remove_asked = Signal(object)
    button_pressed = Signal(object)
    import_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setFixedWidth(WIDTH)
        self._model = QStandardItemModel(self)
        self.view = _Places(theme, self._model)
        self.view.removed.connect(self.remove_asked)
        self.view.renamed.connect(self.rename_asked)
        self.view.button_pressed.connect(self.button_pressed)
        add = button_of(theme, ADD_FOLDER.does(self.import_asked.emit), icon=True, role="flat")
        self._progress = label("", "muted")
        self._progress.setContentsMargins(10, 0, 0, 0)
        self._progress.hide()
        stacked((self.view, 1), self._progress, add, on=self, margins=(10, 12, 10, 10), spacing=6)
        self._choice = ""
        self.show_places([("", EVERYWHERE)])
        self.view.selectionModel().currentChanged.connect(self._on_current)

    def choice(self) -> str:
        return self._choice

    def place(self) -> Place:
        """The place that is open; everything where it has gone."""
        return next((place for index in self._indexes() if (place := _of(index)).search == self._choice), EVERYWHERE[0])

    def show_places(self, sections: Sections) -> None:
        """All places; the one that is open stays open where it is there."""
        if self.view.state() == QAbstractItemView.State.EditingState:
            return  # a name is being written; it asks for the places anew when it is
        scrolled, was_there = self.view.verticalScrollBar().value(), self._open() is not None
        with QSignalBlocker(self.view.selectionModel()):
            self._model.clear()
            for heading, places in sections:
                if heading and places:
                    self._model.appendRow(heading_item(heading))
                for place in places:
                    self._model.appendRow(_item(place))
            self._mark()
        self.view.verticalScrollBar().setValue(scrolled)
        if was_there and self._open() is None:
            self.choose("")

    def show_progress(self, seen: int, found: int) -> None:
        """How far the files that came or changed have been read; a few are not worth a word."""
        self._progress.setText(f"Reading {seen:,} of {found:,}…".replace(",", "\u202f"))
        self._progress.setVisible(seen < found and found > LONG)

    def choose(self, search: str) -> None:
        """Opens a place, as if it had been clicked."""
        self._choice = search
        self._mark()
        self.chosen.emit(search)

    def follow(self, search: str, name: str) -> None:
        """The collection of that search is called `name` from now on; where it is open it stays so."""
        now = search_of(name)
        for index in self._indexes():
            if (place := _of(index)).search == search:
                self._model.setData(index, replace(place, title=name, search=now, name=name), PLACE)
        if self._choice == search != now:
            self._choice = now
            self.chosen.emit(now)

    def rename(self, search: str) -> None:
        """Lets people write another name for what they made."""
        for index in self._indexes():
            if _of(index).search == search and _of(index).kind:
                self.view.edit(index)

    def _open(self) -> QModelIndex | None:
        """Where the open place stands; None where it has gone."""
        return next((index for index in self._indexes() if _of(index).search == self._choice), None)

    def _mark(self) -> None:
        """Marks the open place; where it has gone, everything is open."""
        self.view.setCurrentIndex(self._open() or self._model.index(0, 0))

    def _indexes(self) -> list[QModelIndex]:
        rows = (self._model.index(row, 0) for row in range(self._model.rowCount()))
        return [index for index in rows if index.data(PLACE) is not None]

    def _on_current(self, current: QModelIndex) -> None:
        place: Place | None = current.data(PLACE)
        if place is not None and place.search != self._choice:
            self._choice = place.search
            self.chosen.emit(place.search)


class _Places(QListView):
    """Keys: arrows, F2 renames what people made, Delete takes it apart."""

    renamed = Signal(object, str)
    removed = Signal(object)
    button_pressed = Signal(object)

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
        """Opens what can be done with what people made, at a place of the screen."""
        menu = empty_menu(self)
        row, own = index.row(), _of(index)
        if KINDS[own.kind].named:
            rename = menu.addAction(icons.icon(self._theme, "pencil"), "Rename")
            rename.triggered.connect(lambda: self.edit(self.model().index(row, 0)))
        remove = menu.addAction(icons.icon(self._theme, "x"), KINDS[own.kind].remove)
        remove.triggered.connect(lambda: self.removed.emit(own))
        menu.popup(place)
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        if index.isValid() and index.data(PLACE) is not None and _of(index).kind:
            below = self.viewport().mapToGlobal(self.visualRect(index).center())
            self.show_menu(index, event.globalPos() if by_mouse else below)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        place: Place | None = index.data(PLACE) if index.isValid() else None
        if place is not None and place.button and event.position().x() > self.viewport().width() - 56:
            self.button_pressed.emit(place)
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        place: Place | None = self.currentIndex().data(PLACE) if self.currentIndex().isValid() else None
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and place is not None and place.kind:
            self.removed.emit(place)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and place is not None and place.button:
            self.button_pressed.emit(place)
        elif event.key() in (Qt.Key.Key_Slash, Qt.Key.Key_Escape):
            event.ignore()  # the page's
        else:
            super().keyPressEvent(event)


class _Row(EntryPainter[_Places]):
    """A place with the number of its pictures, or a heading."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, HEADER if index.data(PLACE) is None else ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(option.rect).adjusted(0, 1, 0, -1)
        words = room.adjusted(10, 0, -10, 0)
        place: Place | None = index.data(PLACE)
        if place is None:
            painter.setPen(self.theme.colour("muted"))
            painter.setFont(self.theme.font(11))
            painter.drawText(words.adjusted(0, 6, 0, 0), Qt.AlignmentFlag.AlignVCenter, index.data())
        else:
            self._paint_place(painter, option, room, words, place)
        painter.restore()

    def _paint_place(
        self, painter: QPainter, option: QStyleOptionViewItem, room: QRectF, words: QRectF, place: Place
    ) -> None:
        middle, chosen = Qt.AlignmentFlag.AlignVCenter, bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if chosen or hovered:
            rounded(painter, room, 8, ground=self.theme.colour("raised" if chosen else "hover"))
        if chosen and self.view.hasFocus():
            rounded(painter, room.adjusted(0.5, 0.5, -0.5, -0.5), 8, line=self.theme.colour("accent"))
        count = place.button or ("" if place.count is None else f"{place.count:,}".replace(",", "\u202f"))
        painter.setFont(self.theme.font(12))
        painter.setPen(self.theme.colour("accent" if place.button and hovered else "muted"))
        painter.drawText(words, middle | Qt.AlignmentFlag.AlignRight, count)
        wide = words.width() - painter.fontMetrics().horizontalAdvance(count) - 10
        painter.setFont(self.theme.font(13, 600 if chosen else 400))
        painter.setPen(self.theme.colour("text"))
        name = painter.fontMetrics().elidedText(place.title, Qt.TextElideMode.ElideRight, int(wide))
        painter.drawText(words, middle, name)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setAccessibleName(f"Name of the {_of(index).kind}")
        editor.setStyleSheet("min-height: 0; padding: 0 8px;")
        return editor

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:
        if isinstance(editor, QLineEdit) and editor.text().strip() not in ("", _of(index).title):
            self.view.renamed.emit(_of(index), editor.text())


def _of(index: Index) -> Place:
    place: Place = index.data(PLACE)
    return place


def _item(place: Place) -> QStandardItem:
    item = QStandardItem(place.title)
    item.setData(place, PLACE)
    item.setEditable(bool(place.kind) and KINDS[place.kind].named)
    number = "" if place.count is None else ", 1 picture" if place.count == 1 else f", {place.count} pictures"
    item.setData(f"{place.title}{number}", Qt.ItemDataRole.AccessibleTextRole)
    if place.kind:
        item.setToolTip(tip(f"{place.name or place.title}\n{KINDS[place.kind].hint}"))
    return item
