"""Gallery page with sidebar, search, grid, selection bar, and details of the selected image."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QKeyEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QWidget

from gdm_studio.ui.gallery.details_panel import DetailsPanel
from gdm_studio.ui.gallery.grid import Grid
from gdm_studio.ui.gallery.list_model import THUMBNAIL, PictureLike, PictureModel
from gdm_studio.ui.gallery.preview import LargePicture
from gdm_studio.ui.gallery.search_bar import SIZES, SearchBar
from gdm_studio.ui.gallery.selection_bar import SelectionBar
from gdm_studio.ui.gallery.sidebar import DELETED, Sidebar
from gdm_studio.ui.gallery.tags_and_note import TagEntry
from gdm_studio.ui.gallery.trash import TrashView
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.widgets import in_columns
from gdm_studio.ui.widgets.file_drops import DropFrame, dropped_paths, local_paths, take_copy
from gdm_studio.ui.widgets.keys import accept_letters
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.window_actions import COLLECT, MENU, REVIEW, TAG, Action

EDGE = 18
TOP = 14


class GalleryPage(QFrame):
    """Page of the window that shows all images of the gallery, with sidebar, search bar, grid and details panel.

    It emits signals for everything that needs access to the gallery.
    """

    # A picture or None.
    selected = Signal(object)
    # A picture.
    activated = Signal(object)
    large_asked = Signal(object)
    # Review the selected pictures, or all listed ones.
    review_asked = Signal()
    # Ids of pictures, the tags, and whether to add or remove them.
    tag = Signal(list, list, bool)
    # The name of a collection ("" for a new one) and ids of pictures.
    collect_asked = Signal(str, list)
    removal_asked = Signal(str, list)
    # A picture and its note.
    noted = Signal(object, str)
    save_search_asked = Signal(str)
    # Paths of folders and files.
    dropped = Signal(list)
    deleted_opened = Signal()

    def __init__(self, theme: Theme, model: PictureModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self.setAccessibleName(self.tr("Gallery"))
        self.setAcceptDrops(True)
        self._model = model
        self._grid_column = QWidget(self)
        self.search = SearchBar(theme, self)
        self.sidebar = Sidebar(theme)
        self.grid = Grid(theme, model, cell=SIZES[1], ground="card", headings=True)
        self.signals = self.grid.signals
        self.grid.menu_actions = MENU
        self.grid.selection_actions = self.of_selected
        self.side = DetailsPanel(theme, self.signals)
        self.deleted = TrashView(theme)
        self._lay_out()
        self.bar = SelectionBar(theme, self.grid, self.of_selected())
        self.tag_entry = TagEntry(theme, self)
        self.large = LargePicture(theme, self)
        accept_letters(self)
        self.deleted.hide()
        self._drop_frame = DropFrame(theme, self, lambda event: event.source() is None and dropped_paths(event))
        self._connect()
        self._on_current(None)
        self.grid.setFocus()

    def select(self, picture_id: object) -> None:
        self.grid.select(picture_id)

    def reveal(self, picture: PictureLike) -> None:
        """Select an image in the grid, clearing the current search first if the image does not match it."""
        if not self.grid.reveal(picture):
            self.search_for("")

    def show_progress(self, seen: int, found: int) -> None:
        """Show how many of the new and changed image files have been read: in the sidebar, and in an empty grid."""
        self.grid.set_reading_text(self.sidebar.show_progress(seen, found))

    def focus_search(self) -> None:
        # The search is hidden while the trash is shown.
        if self.search.isHidden():
            self.sidebar.choose("")
        self.search.field.setFocus()
        self.search.field.selectAll()

    def set_look(self, cell: int, *, oldest_first: bool) -> None:
        """Set the look of the grid, as saved in the session: the width of its cells in logical pixels, and its sort
        order.
        """
        self.search.choose_size(cell)
        self.search.choose_order(oldest_first)

    def search_for(self, query: str) -> None:
        """Search all gallery images for a query, as if the user had typed it."""
        self.sidebar.choose("")
        self.search.set_text(query)

    def search_similar(self, picture: PictureLike) -> None:
        """Search all gallery images for those similar to the given image."""
        self.sidebar.choose("")
        self.search.search_similar(picture.id, picture.request.subject or picture.path.name)

    def of_selected(self) -> dict[Action, Action]:
        """Return the actions on the selected images, such as tagging and exporting. The dictionary maps each general
        action to a copy that acts on the selection.
        """
        own: dict[Action, Callable[[], object]] = {
            TAG: self.ask_for_tag,
            COLLECT: lambda: self.bar.show_menu(self.grid.place_of_current()),
        }
        some = {action: action.bind(act, lambda: bool(self.grid.selected_rows())) for action, act in own.items()}
        review = REVIEW.bind(self.review_asked.emit, lambda: self._model.rowCount() > 0)
        return {**self.grid.of_selected(), **some, REVIEW: review}

    def can_open_set(self) -> bool:
        """Return True if the open collection is a set, or the current picture was made as one of a set."""
        picture = self.grid.current()
        return self.sidebar.place().is_set or picture is not None and picture.request.plain_icon

    def open_set(self) -> None:
        """Request that the set of the open collection, or else that of the current picture, be opened."""
        if (place := self.sidebar.place()).is_set:
            self.sidebar.set_asked.emit(place.name)
        else:
            self.with_current(self.signals.open_set.emit)

    def ask_for_tag(self, position: QPoint | None = None) -> None:
        """Open the popup field for adding a tag to the selected images.

        It opens at a screen position, or at the bottom of the grid.
        """
        if self.grid.selected_rows():
            foot = self.grid.mapTo(self, QPoint(0, self.grid.height() - self.bar.foot()))
            at = foot if position is None else self.mapFromGlobal(position)
            self.tag_entry.open_at(at, lambda tags: self.grid.with_ids(lambda ids: self.tag.emit(ids, tags, True)))

    def notice_area(self) -> QRect:
        """Return the part of the page that notices may cover: the grid above the selection bar, or the large view above
        its buttons.
        """
        if foot := self.large.foot():
            return self.rect().adjusted(0, 0, 0, -foot)
        return self._grid_column.geometry().adjusted(0, 0, 0, -self.bar.foot())

    def with_current(self, callback: Callable[[Any], object]) -> None:
        """Call `callback` with the grid's current image, or do nothing if there is none."""
        if (picture := self.grid.current()) is not None:
            callback(picture)

    def showEvent(self, event: QShowEvent) -> None:
        """Move the keyboard focus to the grid when the page appears. The key / then moves it to the search field."""
        super().showEvent(event)
        self.grid.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.grid.selected_rows():
            self._select_none()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Change the grid's cell size when the user turns the mouse wheel with Ctrl pressed."""
        if isinstance(event, QWheelEvent) and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.search.select_next_size(1 if event.angleDelta().y() > 0 else -1)
            return True
        return super().eventFilter(watched, event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        # The window would import pictures dragged from the grid, as it does files of other programs.
        if event.source() is not None or dropped_paths(event):
            take_copy(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if event.source() is None:
            take_copy(event)
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        take_copy(event)
        self.dropped.emit(local_paths(event.mimeData()))

    def _select_none(self) -> None:
        self.grid.clear_selection()
        self.grid.setFocus()

    def _connect(self) -> None:
        self.search.searched.connect(self._search)
        self.search.field.left.connect(self.grid.setFocus)
        self.search.left_down.connect(self.grid.setFocus)
        self.search.review_asked.connect(self.review_asked)
        self.search.save_asked.connect(self.save_search_asked)
        self.search.oldest_first.connect(self._model.set_oldest_first)
        self.search.size_chosen.connect(self.grid.set_cell)
        self.sidebar.chosen.connect(self._on_place)
        self._model.found.connect(self._on_found)
        for changed in (self._model.rowsInserted, self._model.rowsRemoved, self._model.layoutChanged):
            changed.connect(self._count_selected)
        self._model.dataChanged.connect(self._on_data)
        self.grid.viewport().installEventFilter(self)
        self.grid.current_changed.connect(self._on_current)
        self.grid.picked.connect(self._on_picked)
        self.grid.activated_picture.connect(self.activated)
        self.grid.large_asked.connect(lambda: self.with_current(self.large_asked.emit))
        self.large.closed.connect(self.grid.setFocus)
        self._connect_side()
        self._connect_bar()

    def _connect_side(self) -> None:
        side = self.side
        side.opened.connect(self.activated)
        side.large_asked.connect(lambda: self.with_current(self.large_asked.emit))
        side.tag_asked.connect(self._tag_current)
        side.untagged.connect(lambda tag: self.with_current(lambda one: self.tag.emit([one.id], [tag], False)))
        side.noted.connect(self.noted)

    def _connect_bar(self) -> None:
        bar = self.bar
        grid = self.grid
        for asked in (bar.collect_asked, self.sidebar.collect_asked):
            asked.connect(lambda name: grid.with_ids(lambda ids: self.collect_asked.emit(name, ids)))
        bar.removal_asked.connect(lambda name: grid.with_ids(lambda ids: self.removal_asked.emit(name, ids)))
        bar.closed.connect(self._select_none)

    def _tag_current(self, position: QPoint) -> None:
        picture = self.side.picture()
        if picture is not None:
            self.tag_entry.open_at(self.mapFromGlobal(position), lambda tags: self.tag.emit([picture.id], tags, True))

    def _on_place(self) -> None:
        open_place = self.sidebar.place()
        self.bar.set_open_collection(open_place.name if open_place.kind == "collection" else "")
        is_deleted = open_place.search == DELETED
        self.deleted.setVisible(is_deleted)
        for part in (self.search, self.grid):
            part.setHidden(is_deleted)
        if is_deleted:
            self._select_none()
            self.deleted_opened.emit()
        else:
            self._search()

    def _search(self) -> None:
        self._model.set_query(" ".join(filter(None, [self.sidebar.choice(), self.search.text()])))

    def _on_found(self, count: int) -> None:
        is_alone = self.search.has_only_similar() and not self.sidebar.choice()
        if count == 0 and is_alone and not self._model.is_waiting():
            # A picture is similar to itself, so without any result, the picture of the search has been deleted.
            self.search.set_text("")
            return
        self.search.show_found(count, self._model.search_ms())

    def _count_selected(self) -> None:
        runs = self.grid.selected_rows()
        self.bar.show_count(sum(map(len, runs)), self._model.count_images(runs))

    def _on_picked(self, count: int) -> None:
        self._count_selected()
        self.side.set_acts(count <= 1)
        self.grid.set_foot(self.bar.foot())

    def _on_current(self, picture: PictureLike | None) -> None:
        self._show(picture)
        self.selected.emit(picture)

    def _on_data(self) -> None:
        """Update the details panel after the current image was loaded or changed."""
        picture = self.grid.current()
        before = self.side.picture()
        if (picture is None) != (before is None):
            self._on_current(picture)
        elif picture is not None and picture is not before:
            self._show(picture)

    def _show(self, picture: PictureLike | None) -> None:
        index = self.grid.currentIndex()
        self.side.show_picture(picture, index.data(THUMBNAIL) if index.isValid() else None)

    def _lay_out(self) -> None:
        head = in_row(self.search, margins=(0, 0, EDGE, 0))
        stacked(
            head,
            (self.grid, 1),
            (self.deleted, 1),
            on=self._grid_column,
            margins=(EDGE, TOP, 0, 0),
            spacing=SPACE.small,
        )
        in_columns(self, self.sidebar, self._grid_column, self.side, wide=1)
