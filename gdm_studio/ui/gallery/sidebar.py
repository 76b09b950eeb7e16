"""Sidebar of the gallery, whose entries ("places") are collections, models, folders, saved searches and the trash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QModelIndex, QPoint, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QStandardItem,
    QStandardItemModel,
)
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

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.ui.theme import icons
from gdm_studio.ui.theme.safe_text import make_plain, tip
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import count_of_pictures, number_text, translate
from gdm_studio.ui.widgets import button_of, label
from gdm_studio.ui.widgets.file_drops import take_copy
from gdm_studio.ui.widgets.item_models import EntryPainter, Index, heading_item
from gdm_studio.ui.widgets.layouts import OverlayScrollBar, stacked
from gdm_studio.ui.widgets.menu import empty_menu
from gdm_studio.ui.widgets.shapes import paint_rounded_rect
from gdm_studio.ui.window_actions import ADD_FOLDER, OPEN_AS_SET

WIDTH = 208
ROW = 32
HEADER = 34
# Number of files above which progress is shown.
LONG = 400
PLACE = Qt.ItemDataRole.UserRole
# The place of the trash, which is not a search.
DELETED = "deleted"
# The search of the place with all imported images.
IMPORTED = "is:imported"


@dataclass(frozen=True)
class SidebarEntry:
    """Entry of the gallery's sidebar, such as a collection or a folder.

    `search` is the query that finds its images. `kind` is a key of KINDS if the user created the entry.
    """

    search: str
    title: str
    count: int | None = None
    kind: str = ""
    # Its name in the gallery.
    name: str = ""
    # Label of a button at the right, in place of the count.
    button: str = ""
    # True for a collection whose pictures are a set.
    is_set: bool = False

    def __post_init__(self) -> None:
        make_plain(self, "title")


@dataclass(frozen=True)
class _Kind:
    # Label of the menu entry that removes the place.
    remove: str
    hint: str
    # Accessible name of the field in which it is renamed.
    editor: str = ""
    # True if the user can rename it.
    named: bool = True


KINDS = {
    "collection": _Kind(
        QT_TRANSLATE_NOOP("Sidebar", "Remove collection"),
        QT_TRANSLATE_NOOP("Sidebar", "F2 renames it · Del removes it, its pictures stay"),
        QT_TRANSLATE_NOOP("Sidebar", "Name of the collection"),
    ),
    "search": _Kind(
        QT_TRANSLATE_NOOP("Sidebar", "Remove saved search"),
        QT_TRANSLATE_NOOP("Sidebar", "F2 renames it · Del removes it"),
        QT_TRANSLATE_NOOP("Sidebar", "Name of the search"),
    ),
    "folder": _Kind(
        QT_TRANSLATE_NOOP("Sidebar", "Remove from gallery"),
        QT_TRANSLATE_NOOP("Sidebar", "Del removes its pictures from the gallery; the files stay"),
        named=False,
    ),
}
# (heading, places), "" for no heading
Sections = Sequence[tuple[str, Sequence[SidebarEntry]]]


def built_in_places() -> list[SidebarEntry]:
    """Return the sidebar entries that every gallery has, such as "All pictures" and "Favourites", without image
    counts.
    """
    return [
        SidebarEntry("", translate("Sidebar", "All pictures")),
        SidebarEntry("is:favourite", translate("Sidebar", "Favourites")),
        SidebarEntry("date:today", translate("Sidebar", "Today")),
        SidebarEntry(IMPORTED, translate("Sidebar", "Imported")),
    ]


def search_of(collection: str) -> str:
    """Return the search query for the images of a collection."""
    return f'collection:"{collection}"'


class Sidebar(QFrame):
    """Sidebar of the Gallery page, which lists collections, folders and other entries that show their images when
    opened.

    The progress of a file scan is shown below the list.
    """

    # The search of the place that was opened.
    chosen = Signal(str)
    # A place and its new name.
    rename_asked = Signal(object, str)
    remove_asked = Signal(object)
    button_pressed = Signal(object)
    # The name of a collection whose pictures are a set, which is to be opened.
    set_asked = Signal(str)
    # The name of the collection on which pictures of the grid were dropped.
    collect_asked = Signal(str)
    import_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setFixedWidth(WIDTH)
        self._model = QStandardItemModel(self)
        self.view = _PlaceView(theme, self._model)
        self.view.removed.connect(self.remove_asked)
        self.view.renamed.connect(self.rename_asked)
        self.view.button_pressed.connect(self.button_pressed)
        self.view.set_asked.connect(self.set_asked)
        self.view.collect_asked.connect(self.collect_asked)
        add = button_of(theme, ADD_FOLDER.bind(self.import_asked.emit), icon=True, role="flat")
        self._progress = label("", "muted")
        self._progress.setContentsMargins(10, 0, 0, 0)
        self._progress.hide()
        stacked((self.view, 1), self._progress, add, on=self, margins=(10, 12, 10, 10), spacing=6)
        self._choice = ""
        self.show_places([("", built_in_places())])
        self.view.selectionModel().currentChanged.connect(self._on_current)

    def choice(self) -> str:
        return self._choice

    def place(self) -> SidebarEntry:
        """Return the open sidebar entry, or "All pictures" if that entry was removed."""
        places = [_place_of(index) for index in self._place_indexes()]
        return next((place for place in places if place.search == self._choice), built_in_places()[0])

    def show_places(self, sections: Sections) -> None:
        """Replace all entries of the sidebar. The open entry stays open if it is among the new ones."""
        if self.view.state() == QAbstractItemView.State.EditingState:
            # The user is renaming an entry. The entries are requested again afterwards.
            return
        scrolled = self.view.verticalScrollBar().value()
        was_there = self._open() is not None
        with QSignalBlocker(self.view.selectionModel()):
            self._model.clear()
            for heading, places in sections:
                if heading and places:
                    self._model.appendRow(heading_item(heading))
                for place in places:
                    self._model.appendRow(_create_item(place))
            self._mark_open_entry()
        self.view.verticalScrollBar().setValue(scrolled)
        if was_there and self._open() is None:
            self.choose("")

    def show_progress(self, seen: int, found: int) -> str:
        """Show how many of the new and changed image files have been read, unless there are only a few.

        Return the message that is shown, or "" if it is hidden.
        """
        words = self.tr("Reading {seen} of {found}…").format(seen=number_text(seen), found=number_text(found))
        self._progress.setText(words)
        is_shown = seen < found and found > LONG
        self._progress.setVisible(is_shown)
        return words if is_shown else ""

    def choose(self, search: str) -> None:
        """Open the sidebar entry with the query `search`, as if the user had clicked it."""
        self._choice = search
        self._mark_open_entry()
        self.chosen.emit(search)

    def follow(self, search: str, name: str) -> None:
        """Update the sidebar entry of a collection that was renamed to `name`. An open entry stays open."""
        renamed_search = search_of(name)
        for index in self._place_indexes():
            if (place := _place_of(index)).search == search:
                self._model.setData(index, replace(place, title=name, search=renamed_search, name=name), PLACE)
        if self._choice == search != renamed_search:
            self._choice = renamed_search
            self.chosen.emit(renamed_search)

    def rename(self, search: str) -> None:
        """Open the text field for renaming the sidebar entry with the query `search`."""
        for index in self._place_indexes():
            if _place_of(index).search == search and _place_of(index).kind:
                self.view.edit(index)

    def _open(self) -> QModelIndex | None:
        """Return the open sidebar entry's model index, or None if the entry was removed."""
        return next((index for index in self._place_indexes() if _place_of(index).search == self._choice), None)

    def _mark_open_entry(self) -> None:
        """Highlight the open sidebar entry, or "All pictures" if the open entry was removed."""
        self.view.setCurrentIndex(self._open() or self._model.index(0, 0))

    def _place_indexes(self) -> list[QModelIndex]:
        rows = (self._model.index(row, 0) for row in range(self._model.rowCount()))
        return [index for index in rows if index.data(PLACE) is not None]

    def _on_current(self, current: QModelIndex) -> None:
        place: SidebarEntry | None = current.data(PLACE)
        if place is not None and place.search != self._choice:
            self._choice = place.search
            self.chosen.emit(place.search)


class _PlaceView(QListView):
    """List view of the sidebar's entries, in which F2 renames an entry that the user created, and Delete removes it.
    Collections accept pictures that are dragged from the grid.
    """

    renamed = Signal(object, str)
    removed = Signal(object)
    button_pressed = Signal(object)
    set_asked = Signal(str)
    collect_asked = Signal(str)

    def __init__(self, theme: Theme, model: QStandardItemModel) -> None:
        super().__init__()
        self._theme = theme
        # The row of the collection under dragged pictures, or -1.
        self.aimed_row = -1
        self.setModel(model)
        self.setAcceptDrops(True)
        self.setItemDelegate(_Row(theme, self))
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Places of the gallery"))
        self._scroll_bar = OverlayScrollBar(self)
        theme.changed.connect(self.viewport().update)

    def show_menu(self, index: Index, position: QPoint) -> QMenu:
        """Open a user-created sidebar entry's context menu at a screen position."""
        menu = empty_menu(self)
        row, own = index.row(), _place_of(index)
        if own.is_set:
            opened = menu.addAction(icons.icon(self._theme, OPEN_AS_SET.icon), OPEN_AS_SET.title)
            opened.triggered.connect(lambda: self.set_asked.emit(own.name))
        if KINDS[own.kind].named:
            rename = menu.addAction(icons.icon(self._theme, "pencil"), self.tr("Rename"))
            rename.triggered.connect(lambda: self.edit(self.model().index(row, 0)))
        remove = menu.addAction(icons.icon(self._theme, "x"), translate("Sidebar", KINDS[own.kind].remove))
        remove.triggered.connect(lambda: self.removed.emit(own))
        menu.popup(position)
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        if index.isValid() and index.data(PLACE) is not None and _place_of(index).kind:
            below = self.viewport().mapToGlobal(self.visualRect(index).center())
            self.show_menu(index, event.globalPos() if by_mouse else below)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.dragMoveEvent(event)
        # Only an accepted entry is followed by moves. The page decides about files from elsewhere.
        event.setAccepted(event.source() is not None)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.ignore()
        row = self._collection_at(event)
        if row >= 0:
            take_copy(event)
        self._aim(row)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._aim(-1)

    def dropEvent(self, event: QDropEvent) -> None:
        # The list may have changed since the last move.
        row = self._collection_at(event)
        self._aim(-1)
        if row >= 0:
            take_copy(event)
            self.collect_asked.emit(_place_of(self.model().index(row, 0)).name)

    def _collection_at(self, event: QDropEvent) -> int:
        """Return the row of the collection on which an event drops pictures of the window, or -1."""
        index = self.indexAt(event.position().toPoint())
        place: SidebarEntry | None = index.data(PLACE) if index.isValid() else None
        # Text of a field can be dragged, too.
        is_picture = event.source() is not None and event.mimeData().hasUrls()
        return index.row() if is_picture and place is not None and place.kind == "collection" else -1

    def _aim(self, row: int) -> None:
        """Highlight the collection that would receive the dragged pictures, or none for -1."""
        self.aimed_row = row
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        place: SidebarEntry | None = index.data(PLACE) if index.isValid() else None
        if place is not None and place.button and event.position().x() > self.viewport().width() - 56:
            self.button_pressed.emit(place)
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        place: SidebarEntry | None = self.currentIndex().data(PLACE) if self.currentIndex().isValid() else None
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and place is not None and place.kind:
            self.removed.emit(place)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and place is not None and place.button:
            self.button_pressed.emit(place)
        elif event.key() == Qt.Key.Key_Escape or (event.text() and event.text().isprintable()):
            # These keys are commands of the page, such as F for Favourite, and do not search the list.
            event.ignore()
        else:
            super().keyPressEvent(event)


class _Row(EntryPainter[_PlaceView]):
    """Item delegate of the sidebar, which paints a section heading, or an entry with its number of images."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, HEADER if index.data(PLACE) is None else ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(option.rect).adjusted(0, 1, 0, -1)
        words = room.adjusted(10, 0, -10, 0)
        place: SidebarEntry | None = index.data(PLACE)
        if place is None:
            painter.setPen(self.theme.colour("muted"))
            painter.setFont(self.theme.font(11))
            painter.drawText(words.adjusted(0, 6, 0, 0), Qt.AlignmentFlag.AlignVCenter, index.data())
        else:
            self._paint_place(painter, option, room, words, place)
        if index.row() == self.view.aimed_row:
            paint_rounded_rect(painter, room.adjusted(0.5, 0.5, -0.5, -0.5), 8, line=self.theme.colour("accent"))
        painter.restore()

    def _paint_place(
        self, painter: QPainter, option: QStyleOptionViewItem, room: QRectF, words: QRectF, entry: SidebarEntry
    ) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if chosen or hovered:
            paint_rounded_rect(painter, room, 8, ground=self.theme.colour("raised" if chosen else "hover"))
        if chosen and self.view.hasFocus():
            paint_rounded_rect(painter, room.adjusted(0.5, 0.5, -0.5, -0.5), 8, line=self.theme.colour("accent"))
        count = entry.button or ("" if entry.count is None else number_text(entry.count))
        painter.setFont(self.theme.font(12))
        painter.setPen(self.theme.colour("accent" if entry.button and hovered else "muted"))
        painter.drawText(words, middle | Qt.AlignmentFlag.AlignRight, count)
        wide = words.width() - painter.fontMetrics().horizontalAdvance(count) - 10
        painter.setFont(self.theme.font(13, 600 if chosen else 400))
        painter.setPen(self.theme.colour("text"))
        # Names of models often differ only at the end.
        name = painter.fontMetrics().elidedText(entry.title, Qt.TextElideMode.ElideMiddle, int(wide))
        painter.drawText(words, middle, name)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setAccessibleName(translate("Sidebar", KINDS[_place_of(index).kind].editor))
        editor.setStyleSheet("min-height: 0; padding: 0 8px;")
        return editor

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:
        if isinstance(editor, QLineEdit) and editor.text().strip() not in ("", _place_of(index).title):
            self.view.renamed.emit(_place_of(index), editor.text())


def _place_of(index: Index) -> SidebarEntry:
    place: SidebarEntry = index.data(PLACE)
    return place


def _create_item(entry: SidebarEntry) -> QStandardItem:
    item = QStandardItem(entry.title)
    item.setData(entry, PLACE)
    item.setEditable(bool(entry.kind) and KINDS[entry.kind].named)
    accessible = entry.title
    if entry.count is not None:
        accessible = f"{entry.title}, {count_of_pictures(entry.count)}"
    item.setData(accessible, Qt.ItemDataRole.AccessibleTextRole)
    # Long titles are elided.
    item.setToolTip(tip(entry.title))
    if entry.kind:
        item.setToolTip(tip(f"{entry.name or entry.title}\n{translate('Sidebar', KINDS[entry.kind].hint)}"))
    return item
