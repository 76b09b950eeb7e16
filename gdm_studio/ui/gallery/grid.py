"""Grid of thumbnails, which paints only the visible images of a list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRect,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QRegion,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QMenu, QWidget

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.ui import window_actions
from gdm_studio.ui.gallery.cells import GAP, RING, CellPainter, Cells, CellState, badge_rect, card_rect, ring_rect
from gdm_studio.ui.gallery.image_signals import ImageSignals
from gdm_studio.ui.gallery.list_model import (
    PICTURE,
    THUMBNAIL,
    Index,
    PictureLike,
    PictureModel,
    fit_pixmap,
    moment_of,
    runs_of,
)
from gdm_studio.ui.theme.safe_text import plain
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets.layouts import OverlayScrollBar
from gdm_studio.ui.widgets.shapes import antialiased_painter
from gdm_studio.ui.window_actions import Action

if TYPE_CHECKING:
    from gdm_studio.ui.gallery.in_progress import InProgressImage

# Value of `_removed_row` if the current picture was not deleted here, so that no other row becomes current.
LOST = -1
# Height of a heading.
HEADING = 32
# Margins beside the first column, and beside the last gap, under the scroll bar.
LEFT = RING
REST = 6
# Maximum number of files in one drag.
MOST_DRAGGED = 500
MOVES = [Qt.Key[f"Key_{name}"] for name in ("Left", "Right", "Up", "Down", "Home", "End", "PageUp", "PageDown")]
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
Move = QAbstractItemView.CursorAction
NONE_YET = {
    "is:favourite": QT_TRANSLATE_NOOP("Grid", "No favourites yet. Press F to mark the selected picture."),
    "date:today": QT_TRANSLATE_NOOP("Grid", "No pictures from today yet."),
    "is:imported": QT_TRANSLATE_NOOP("Grid", "No imported pictures yet. Drop a file here, or add a folder."),
}


class Grid(QListView):
    """Scrollable grid of gallery thumbnails for a `PictureModel`, optionally divided into sections by day.

    Images in progress come first, unless the list shows search results or begins with the oldest image. They have no
    row in the model, so a cell's index is its row plus the number of images in progress. Keys: arrows, Enter, Space, F
    (favourite), Delete, Ctrl+A.
    """

    # The current picture or None.
    current_changed = Signal(object)
    # The number of selected pictures.
    picked = Signal(int)
    # Enter or a double click on a picture.
    activated_picture = Signal(object)
    # A click on the picture that was the only selected one before.
    clicked_again = Signal(object)
    # Space was pressed.
    large_asked = Signal()
    # A click on a picture in progress: its queue item and image number.
    in_progress_clicked = Signal(str, int)

    def __init__(
        self,
        theme: Theme,
        model: PictureModel,
        *,
        cell: int,
        ground: str = "raised",
        headings: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pictures = model
        self._cell = cell
        self._headings = headings
        self.signals = ImageSignals(self)
        # The actions in the menu of a picture.
        self.menu_actions: Sequence[Action] = window_actions.MENU_BESIDE
        # Returns actions for all selected pictures, which replace those for the current one.
        self.selection_actions: Callable[[], Mapping[Action, Action]] = self.of_selected
        self._empty_text = self.tr("Your pictures will appear here.")
        self._reading_text = ""
        self._cells = Cells([], columns=1, pitch=cell + GAP, heading=HEADING)
        # The creation timestamp of the first visible picture, and the position of its line in the viewport.
        self._anchor: tuple[int, int] | None = None
        self._query = model.query()
        self._press_position = QPoint()
        self._footer_height = 0
        # The (item id, image number) of the picture in progress on which the mouse was pressed.
        self._pressed_tile: tuple[str, int] | None = None
        # True if the mouse was pressed on the only selected picture.
        self._is_pressed_again = False
        self._in_progress: tuple[InProgressImage, ...] = ()
        # Number of cells of pictures in progress.
        self._in_progress_count = 0
        self._cell_painter = CellPainter(theme, ground)
        # Ids of the pictures that the user deleted here.
        self._deleted_ids: set[object] = set()
        # The row of the current picture while it is being removed, or LOST if it was not deleted here.
        self._removed_row: int | None = None
        # The creation timestamp of that picture.
        self._removed_moment: int | None = None
        # True if pictures were selected after the last change of the selection.
        self._has_selection = False
        # The creation timestamp of the current picture while the list is being reset.
        self._current_moment: int | None = None
        # The pictures to select when the running search has found them.
        self._pictures_to_reveal: tuple[PictureLike, ...] = ()
        # Number of choices of the user.
        self._choices = 0
        self.signals.delete.connect(self._deleted_ids.update)
        # This must be connected before `setModel()`: Qt's own handler forgets the selection.
        model.rowsAboutToBeRemoved.connect(self._on_rows_about_to_be_removed)
        self.setModel(model)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Pictures"))
        self._scroll_bar = OverlayScrollBar(self)
        self.doubleClicked.connect(lambda index: self.activated_picture.emit(index.data(PICTURE)))
        model.modelAboutToBeReset.connect(self._on_about_to_reset)
        model.modelReset.connect(self._on_reset)
        for signal in (model.rowsInserted, model.rowsRemoved, model.layoutChanged):
            signal.connect(self._arrange)
        model.rowsRemoved.connect(self._select_next)
        model.found.connect(self._select_revealed)
        model.found.connect(self._stay_in_stack)
        theme.changed.connect(self.viewport().update)
        self._arrange()

    def set_empty_text(self, text: str) -> None:
        """Set the message shown while the grid contains no images."""
        self._empty_text = text
        self._describe()
        self.viewport().update()

    def set_reading_text(self, text: str) -> None:
        """Set the message shown while the grid contains no images because files are still being read."""
        if text != self._reading_text:
            self._reading_text = text
            if not self._pictures.rowCount():
                self._describe()
                self.viewport().update()

    def set_in_progress(self, forming: tuple[InProgressImage, ...]) -> None:
        """Set the images that are being generated, whose previews the grid shows before all finished images."""
        before = self._in_progress
        self._in_progress = forming
        if len(forming) != len(before):
            self._arrange()
            return
        for cell in range(self._in_progress_count):
            if forming[cell] is not before[cell]:
                self._update_cells(range(cell, cell + 1))

    def set_cell(self, side: int) -> None:
        """Set the desired width of the grid's cells in logical pixels.

        The actual width is adjusted to give whole columns.
        """
        self._cell = side
        self._arrange()

    def set_foot(self, height: int) -> None:
        """Reserve `height` pixels below the last line of the grid for the floating selection bar."""
        self._footer_height = height
        self.updateGeometries()

    def current(self) -> PictureLike | None:
        """Return the image at the keyboard cursor, or None if there is none, it is not loaded, or no image is
        selected.
        """
        index = self.currentIndex()
        return index.data(PICTURE) if index.isValid() and self.selectionModel().hasSelection() else None

    def selected_rows(self) -> list[range]:
        """Return the rows of the selected images as ranges of consecutive rows, in grid order."""
        selection = self.selectionModel().selection()
        ranges = [selection.at(place) for place in range(selection.count())]
        return sorted((range(one.top(), one.bottom() + 1) for one in ranges), key=lambda run: run.start)

    def selected(self) -> list[PictureLike]:
        """Return the selected images in grid order, leaving out images that are not loaded."""
        pictures = (self._pictures.picture(row) for run in self.selected_rows() for row in run)
        return [picture for picture in pictures if picture is not None]

    def with_selected(self, callback: Callable[[list[Any]], object]) -> None:
        """Call `callback` with a list of all selected images, loading them from the gallery first if necessary."""
        self._pictures.with_pictures([row for run in self.selected_rows() for row in run], callback)

    def with_ids(self, callback: Callable[[list[Any]], object]) -> None:
        """Call `callback` with the ids of all selected images, fetching them from the gallery first if necessary."""
        self._pictures.with_ids([row for run in self.selected_rows() for row in run], callback)

    def select(self, picture_id: object) -> None:
        """Select the image with this id and scroll to it, or clear the selection if the image is not in the list."""
        if (row := self._pictures.row_of(picture_id)) >= 0:
            self._select_only(row)
        else:
            self.clear_selection()

    def selected_moments(self) -> list[int]:
        """Return the creation timestamps of the selected images, in µs since 1970. That of the current image is first,
        and the others follow in grid order.
        """
        current = self.currentIndex().row()
        rows = [row for run in self.selected_rows() for row in run]
        return self._pictures.moments(sorted(rows, key=lambda row: row != current))

    def select_moments(self, moments: Iterable[int]) -> int:
        """Select the images with the given creation timestamps, as far as the grid lists them, and make the first of
        them the current image. Return the number of images that the grid lists; if it is 0, the selection is kept.
        """
        rows = [row for moment in moments if (row := self._pictures.row_at(moment)) >= 0]
        if rows:
            self._select_only(rows[0])
            self._select(runs_of(sorted(rows)), QItemSelectionModel.SelectionFlag.Select)
        return len(rows)

    def listed_moments(self) -> Sequence[int]:
        """Return the creation timestamps of all images in grid order, in µs since 1970."""
        return self._pictures.all_moments()

    def found_moments(self) -> Sequence[int]:
        """Return the creation timestamps of all matches in grid order, also of those in closed stacks, in µs since
        1970.
        """
        return self._pictures.found_moments()

    def row_of(self, picture_id: object) -> int:
        """Return the row of the image with this id, or -1 if the image is not loaded or not in the list."""
        return self._pictures.row_of(picture_id)

    def reveal(self, picture: PictureLike, *others: PictureLike) -> bool:
        """Select an image, together with `others`, as far as the grid lists them, and return True if it lists any.

        If any is missing, all are selected again after the next result of a search, which may list it.
        """
        pictures = (picture, *others)
        self._pictures.fill(pictures)
        for each in pictures:
            self._pictures.uncover(each)
        count = self.select_moments(map(moment_of, pictures))
        # While the deletion of several images is being undone, the list may contain only some of them.
        self._pictures_to_reveal = () if count == len(pictures) else pictures
        return count > 0

    def _select_revealed(self) -> None:
        if self._pictures_to_reveal:
            self.reveal(*self._pictures_to_reveal)
            # A later search must not select them.
            self._pictures_to_reveal = ()

    def choice(self) -> tuple[int, str]:
        """Return a value that changes when the user chooses an image or another search."""
        return self._choices, self._pictures.query()

    def _note_choice(self) -> None:
        self._choices += 1
        self._pictures_to_reveal = ()

    def clear_selection(self) -> None:
        """Deselect all images in the grid and clear the current image."""
        self.selectionModel().clear()

    def place_of_current(self) -> QPoint:
        """Return the centre of the current image's cell in screen coordinates, where menus open."""
        return self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).center())

    def entries(self) -> list[Action]:
        """Return the actions in the current image's context menu, or an empty list if there is no current image."""
        picture = self.current()
        known_actions = {**self.signals.of(self.current), **self.selection_actions()}
        if self.can_toggle_stack():
            known_actions[window_actions.STACK] = window_actions.STACK.bind(self.toggle_stack)
        if self.menu_actions is window_actions.MENU_BESIDE:
            known_actions[window_actions.USE] = known_actions[window_actions.USE].keyless
        if picture is not None and not picture.request.plain_icon:
            del known_actions[window_actions.OPEN_AS_SET]
        if picture is not None and picture.favourite:
            known_actions[window_actions.FAVOURITE] = window_actions.UNFAVOURITE.bind(self.toggle_favourite)
        return (
            [known_actions[action] for action in self.menu_actions if action in known_actions]
            if picture is not None
            else []
        )

    def show_menu(self, position: QPoint) -> QMenu:
        """Open the current image's context menu at a screen position."""
        from gdm_studio.ui.widgets.menu import menu_of

        return menu_of(self, self._theme, self.entries(), at=position)

    def of_selected(self) -> dict[Action, Action]:
        """Return the actions on the selected images, such as exporting and deleting. The dictionary maps each general
        action, such as EXPORT, to a copy that acts on the selection.
        """
        acts: dict[Action, Callable[[], object]] = {
            window_actions.FAVOURITE: self.toggle_favourite,
            window_actions.COMPARE: lambda: self.with_selected(self.signals.compare.emit),
            window_actions.COPY_PICTURE: lambda: self.with_selected(self.signals.copy.emit),
            window_actions.EXPORT: lambda: self.with_selected(self.signals.export.emit),
            window_actions.DELETE: lambda: self.with_ids(self.signals.delete.emit),
        }
        return {action: action.bind(act, lambda: bool(self.selected_rows())) for action, act in acts.items()}

    def toggle_favourite(self) -> None:
        """Mark all selected images as favourites, or remove the mark if all of them are favourites."""
        on = not all(picture.favourite for picture in self.selected())
        self.with_ids(lambda ids: self.signals.favourite.emit(ids, on))

    def can_toggle_stack(self) -> bool:
        """Return True if the current image belongs to a stack of near-identical images that can be opened or closed."""
        row = self.currentIndex().row()
        return row >= 0 and self._pictures.cover_of(row) >= 0

    def toggle_stack(self) -> None:
        """Open or close the current image's stack of near-identical images, and make its newest image current."""
        if self.can_toggle_stack():
            cover = self._pictures.cover_of(self.currentIndex().row())
            # The other images may disappear.
            self.setCurrentIndex(self._pictures.index(cover))
            self._pictures.toggle_stack(cover)

    def _badge_at(self, position: QPoint) -> int:
        """Return the row of the image whose stack badge is at a viewport position, or -1 if there is none."""
        index = self.indexAt(position)
        stack = self._pictures.stack_of(index.row()) if index.isValid() else None
        return index.row() if stack and badge_rect(self.visualRect(index), stack[0]).contains(position) else -1

    # Geometry

    def visualRect(self, index: Index) -> QRect:
        if not index.isValid():
            return QRect()
        inside = card_rect(self._rect_of(index.row()))
        return inside.translated(LEFT, -self.verticalOffset())

    def indexAt(self, position: QPoint) -> QModelIndex:
        row = self._cell_at(position) - self._in_progress_count
        return self._pictures.index(row) if row >= 0 else QModelIndex()

    def scrollTo(self, index: Index, hint: Any = QAbstractItemView.ScrollHint.EnsureVisible) -> None:
        if not index.isValid():
            return
        rect = self._rect_of(index.row())
        bar = self.verticalScrollBar()
        height = self.viewport().height()
        if index.row() == 0:
            # Show its heading, too.
            rect.setTop(0)
        if rect.top() < bar.value():
            bar.setValue(rect.top())
        elif rect.bottom() > bar.value() + height:
            bar.setValue(rect.bottom() - height)

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        return 0

    def isIndexHidden(self, index: Index) -> bool:
        return False

    def moveCursor(self, action: Move, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        last = self._pictures.rowCount() - 1
        if last < 0:
            return QModelIndex()
        row = self.currentIndex().row()
        if row < 0:
            return self._pictures.index(0)
        page = max(1, self.viewport().height() // self._cells.pitch)
        wanted = {
            Move.MoveLeft: row - 1,
            Move.MovePrevious: row - 1,
            Move.MoveRight: row + 1,
            Move.MoveNext: row + 1,
            Move.MoveHome: 0,
            Move.MoveEnd: last,
        }
        lines = {Move.MoveUp: 1, Move.MoveDown: -1, Move.MovePageUp: page, Move.MovePageDown: -page}
        target = (
            wanted[action]
            if action in wanted
            else self._cells.above(row + self._in_progress_count, lines[action]) - self._in_progress_count
        )
        return self._pictures.index(min(max(target, 0), last))

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Select cells for Qt: those that the rubber band overlaps while the user drags it, or else all cells from the
        upper left to the lower right corner of `rect`.
        """
        if self.state() == QAbstractItemView.State.DragSelectingState:
            box = rect.normalized().translated(-LEFT, self.verticalOffset())
            self._select(filter(None, map(self._rows_of, self._cells.inside(box))), command)
            return
        ends = [self.indexAt(place).row() for place in (rect.topLeft(), rect.bottomRight())]
        rows = [row for row in ends if row >= 0]
        self._select([range(min(rows), max(rows) + 1)] if rows else [], command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        # Repainting everything is faster than computing the region of many cells.
        return QRegion(self.viewport().rect())

    def selectAll(self) -> None:
        """Select all images as one range of rows.

        Qt's own method visits every cell, which is slow for large galleries.
        """
        if count := self._pictures.rowCount():
            self._select([range(count)], QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def doItemsLayout(self) -> None:
        QAbstractItemView.doItemsLayout(self)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        # Qt paints nothing here unless its own layout of the items is used.
        self.viewport().update()

    def updateGeometries(self) -> None:
        bar = self.verticalScrollBar()
        height = self.viewport().height()
        bar.setRange(0, max(0, self._cells.height + self._footer_height - height))
        bar.setPageStep(height)
        bar.setSingleStep(max(8, self._cells.pitch // 2))

    def _select_only(self, row: int) -> None:
        """Make the image in a row the current one and the only selected one, and scroll to it."""
        # The view's own `setCurrentIndex()` would extend the selection while the user still holds Ctrl, as after
        # Ctrl+Z.
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().setCurrentIndex(self._pictures.index(row), flags)

    def _select(self, runs: Iterable[range], command: QItemSelectionModel.SelectionFlag) -> None:
        selection = QItemSelection()
        for run in runs:
            selection.select(self._pictures.index(run.start), self._pictures.index(run.stop - 1))
        self.selectionModel().select(selection, command)

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """Repaint only the visible cells whose images have changed, since thumbnails arrive a few at a time.

        An image that was only loaded looks like an empty cell until its thumbnail arrives, unless it is a favourite.
        """
        top, height = self.verticalOffset(), self.viewport().height()
        sight = self._rows_of(self._cells.within(top, top + height - 1))
        rows = range(max(first.row(), sight.start), min(last.row() + 1, sight.stop))
        lead = self._in_progress_count
        is_loaded_only = list(roles) == [PICTURE]
        for run in runs_of([row for row in rows if not self._looks_empty(row)]) if is_loaded_only else [rows]:
            self._update_cells(range(run.start + lead, run.stop + lead))

    def _looks_empty(self, row: int) -> bool:
        picture = self._pictures.picture(row)
        return picture is None or not (
            picture.favourite or self._pictures.is_damaged(picture) or self._pictures.thumbnail(picture)
        )

    # Events

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        if index.isValid():
            if not self.selectionModel().isSelected(index):
                self.setCurrentIndex(index)
            self.show_menu(event.globalPos() if by_mouse else self.place_of_current())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        picture = self.current()
        without_modifiers = not event.modifiers()
        if event.key() in MOVES or (event.key() == Qt.Key.Key_A and not without_modifiers):
            self._note_choice()
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            # If no picture is selected, a notice says so.
            self.with_ids(self.signals.delete.emit)
        elif picture is None:
            event.ignore()
        elif event.key() in ENTER and without_modifiers:
            self.activated_picture.emit(picture)
        elif event.key() == Qt.Key.Key_Space and without_modifiers:
            self.large_asked.emit()
        elif event.key() == Qt.Key.Key_F and without_modifiers:
            self.toggle_favourite()
        else:
            event.ignore()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        # When a row is removed, Qt makes a neighbour the current one, which is not wanted here.
        self.current_changed.emit(None if self._removed_row == LOST else self.current())

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        if (has_selection := self.selectionModel().hasSelection()) != self._has_selection:
            self._has_selection = has_selection
            self.current_changed.emit(None if self._removed_row == LOST else self.current())
        self.picked.emit(sum(map(len, self.selected_rows())))

    def startDrag(self, actions: Qt.DropAction) -> None:
        rows = [row for run in self.selected_rows() for row in run[:MOST_DRAGGED]][:MOST_DRAGGED]
        if not rows:
            return
        drag = QDrag(self)
        drag.setMimeData(self._pictures.mimeData([self._pictures.index(row) for row in rows]))
        picture = self.currentIndex().data(THUMBNAIL)
        if isinstance(picture, QPixmap):
            drag.setPixmap(fit_pixmap(picture, 72, self.devicePixelRatioF()))
            drag.setHotSpot(QPoint(36, 36))
        drag.exec(Qt.DropAction.CopyAction)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._note_choice()
        self._press_position = event.position().toPoint() + QPoint(-LEFT, self.verticalOffset())
        self._pressed_tile = self._forming_at(event.position().toPoint())
        self._is_pressed_again = self._is_on_only_selected(event)
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and self._badge_at(event.position().toPoint()) >= 0:
            self.toggle_stack()
        beside = not (self._pressed_tile or self.indexAt(event.position().toPoint()).isValid())
        if beside and event.button() == Qt.MouseButton.LeftButton and not event.modifiers():
            self.clear_selection()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        # The press must have been on the same picture: a rubber band may end here, too.
        place = self._forming_at(event.position().toPoint())
        if place is not None and place == self._pressed_tile and event.button() == Qt.MouseButton.LeftButton:
            self.in_progress_clicked.emit(*place)
        if self._is_pressed_again and self._is_on_only_selected(event):
            self.clicked_again.emit(self.current())
        self._make_selected_current()
        self.viewport().update()

    def _is_on_only_selected(self, event: QMouseEvent) -> bool:
        """Return True if a left button event without modifiers is on the only selected picture, beside its badge."""
        position = event.position().toPoint()
        index = self.indexAt(position)
        runs = self.selected_rows()
        return (
            event.button() == Qt.MouseButton.LeftButton
            and not event.modifiers()
            and index.isValid()
            and [row for run in runs for row in run[:2]] == [index.row()]
            and self._badge_at(position) < 0
        )

    def _make_selected_current(self) -> None:
        """Make the nearest selected image the current one if the current image has been deselected by Ctrl and a click,
        so that keys and the details panel do not act on it. The grid does not scroll.
        """
        row = self.currentIndex().row()
        runs = self.selected_rows()
        if not runs or any(row in run for run in runs):
            return
        nearest = min((min(max(row, run.start), run.stop - 1) for run in runs), key=lambda each: abs(each - row))
        scrolls = self.hasAutoScroll()
        self.setAutoScroll(False)
        self.selectionModel().setCurrentIndex(self._pictures.index(nearest), QItemSelectionModel.SelectionFlag.NoUpdate)
        self.setAutoScroll(scrolls)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()
        super().resizeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # The headings depend on today's date.
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self.viewport())
        if not self._cells.count:
            self._cell_painter.paint_message(
                painter, self.viewport().rect().adjusted(16, 24, -16 - REST, -16), self._empty_message()
            )
            return
        top, height = self.verticalOffset(), self.viewport().height()
        if rows := self._rows_of(self._cells.within(top, top + height - 1)):
            self._anchor = (self._pictures.moments([rows.start])[0], self._rect_of(rows.start).top() - top)
            self._pictures.set_visible_rows(rows)
        painter.translate(LEFT, -top)
        for heading in self._cells.headings(top, top + height):
            self._cell_painter.heading(painter, QRect(0, heading.top, self.viewport().width(), HEADING), heading.title)
        self._paint_cells(painter, event.region().translated(-LEFT, top))
        self._paint_band(painter)

    def _paint_cells(self, painter: QPainter, region: QRegion) -> None:
        current = self.currentIndex().row() if self.hasFocus() else -1
        under = self.indexAt(self._mouse_position()).row() if self.underMouse() else -1
        selected = self.selected_rows()
        # The rectangle of a changed cell overlaps the gaps of its neighbours.
        boxes = cast("Iterable[QRect]", region)
        numbers = {number for box in boxes for cells in self._cells.inside(box) for number in cells}
        for number in sorted(numbers):
            inside, row = card_rect(self._cells.rect(number)), number - self._in_progress_count
            # The gaps between the cells are left out: neighbours of a changed cell need not be painted.
            if not region.intersects(ring_rect(inside)):
                continue
            if row < 0:
                self._cell_painter.paint_forming(
                    painter, inside, self._in_progress[number].picture, self._in_progress[number].share
                )
                continue
            picture = self._pictures.picture(row)
            state = CellState(
                is_damaged=picture is not None and self._pictures.is_damaged(picture),
                is_starred=picture is not None and picture.favourite,
                is_selected=any(row in run for run in selected),
                is_current=row == current,
                is_hovered=row == under,
                stack=self._pictures.stack_of(row),
            )
            thumbnail = self._pictures.thumbnail(picture) if picture else None
            self._cell_painter.paint_cell(painter, inside, thumbnail, state)

    def _paint_band(self, painter: QPainter) -> None:
        """Paint the rubber band while the user drags it to select images."""
        if self.state() == QAbstractItemView.State.DragSelectingState:
            pointer = self._mouse_position() + QPoint(-LEFT, self.verticalOffset())
            self._cell_painter.band(painter, QRect(self._press_position, pointer).normalized())

    def _rect_of(self, row: int) -> QRect:
        """Return the rectangle of a list row's cell, in grid coordinates."""
        return self._cells.rect(row + self._in_progress_count)

    def _rows_of(self, cells: range) -> range:
        """Convert a range of grid cells to a range of list rows, leaving out images that are being generated."""
        return range(max(cells.start - self._in_progress_count, 0), max(cells.stop - self._in_progress_count, 0))

    def _cell_at(self, position: QPoint) -> int:
        """Return the index of the grid cell at a viewport position, or -1 if there is none."""
        return self._cells.at(position + QPoint(-LEFT, self.verticalOffset()))

    def _forming_at(self, position: QPoint) -> tuple[str, int] | None:
        cell = self._cell_at(position)
        return self._in_progress[cell].place if 0 <= cell < self._in_progress_count else None

    def _update_cells(self, cells: range) -> None:
        """Repaint a range of grid cells. Their part of a line is one rectangle, since Qt compares the rectangles of an
        update with each other, and so does the painting with the cells.
        """
        top = self.verticalOffset()
        for line in self._cells.lines(cells):
            first, last = (ring_rect(card_rect(self._cells.rect(cell))) for cell in (line.start, line.stop - 1))
            self.viewport().update(first.united(last).translated(LEFT, -top))

    def _mouse_position(self) -> QPoint:
        return self.viewport().mapFromGlobal(self.cursor().pos())

    def _describe(self) -> None:
        """Set the message of the empty grid as its description for screen readers."""
        self.setAccessibleDescription("" if self._pictures.rowCount() else self._empty_message())

    def _empty_message(self) -> str:
        """Return the message that the empty grid shows: "" while a search is running, and the progress of the scan
        while files are read.
        """
        query = self._pictures.query()
        if self._pictures.is_waiting():
            return ""
        if self._pictures.is_reading():
            return self._reading_text
        if not query:
            return self._empty_text
        if query in NONE_YET:
            return self.tr(NONE_YET[query])
        # Imported here, because it imports the gallery, which the first paint does not need.
        from gdm_studio.gallery.search_terms import parse_terms

        terms = parse_terms(query)
        if all(term.atoms[0].field == "in" for term in terms):
            # The query stands for an imported folder in the sidebar; the user has not typed it.
            return self.tr("There are no pictures in this folder.")
        visible_query = " ".join(term.text for term in terms if term.atoms[0].field != "similar")
        return plain(self.tr("Nothing matches “{query}”.").format(query=visible_query or query))

    def _on_rows_about_to_be_removed(self, parent: Index, start: int, end: int) -> None:
        current = self.currentIndex()
        picture = self.current() if start <= current.row() <= end else None
        self._removed_moment = None if picture is None else self._pictures.moments([current.row()])[0]
        if picture is None:
            self._removed_row = None
        else:
            self._removed_row = start if picture.id in self._deleted_ids else LOST
        if self._deleted_ids:
            # If they are restored, they may disappear for another reason.
            pictures = (self._pictures.picture(row) for row in range(start, end + 1))
            self._deleted_ids.difference_update(each.id for each in pictures if each is not None)

    def _select_next(self) -> None:
        """Select the image that follows a deleted current image, so that keyboard navigation continues there, or the
        stack in which the user has just hidden it.
        """
        gone = self._removed_row
        self._removed_row = None
        if self._removed_moment is not None and (row := self._pictures.row_of_covering(self._removed_moment)) >= 0:
            self._removed_moment = None
            self._make_current(row)
        elif gone == LOST:
            self.setCurrentIndex(QModelIndex())
        elif gone is not None and (count := self._pictures.rowCount()):
            self._make_current(min(gone, count - 1))

    def _stay_in_stack(self) -> None:
        """Select another image of the stack of near-identical images from which the current one was deleted, if there
        is one. In a closed stack, the next newest is listed only now.
        """
        moment, self._removed_moment = self._removed_moment, None
        rows = self._pictures.rows_of_stack(moment) if moment is not None else range(0)
        row = self.currentIndex().row()
        if rows and row >= 0 and row not in rows:
            self._make_current(rows[-1] if row > rows[-1] else rows[0])

    def _make_current(self, row: int) -> None:
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().setCurrentIndex(self._pictures.index(row), flags)

    # Layout

    def _on_about_to_reset(self) -> None:
        row = self.currentIndex().row() if self.selectionModel().hasSelection() else -1
        self._current_moment = self._pictures.moments([row])[0] if row >= 0 else None

    def _on_reset(self) -> None:
        """Lay out the grid after its list was replaced. The current image stays current if it is in the new list."""
        if self._query != self._pictures.query():
            self._query = self._pictures.query()
            self._anchor = None
            # The page only ends a search to reveal a picture.
            if self._query:
                self._pictures_to_reveal = ()
        self._arrange()
        row = -1 if self._current_moment is None else self._pictures.row_at(self._current_moment)
        covering = -1 if self._current_moment is None else self._pictures.row_of_covering(self._current_moment)
        self._has_selection = row >= 0
        if covering >= 0:
            self._make_current(covering)
            return
        if row < 0:
            self.current_changed.emit(None)
        else:
            # The image has not changed, so views that show it need no signal.
            with QSignalBlocker(self.selectionModel()):
                flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
                self.selectionModel().setCurrentIndex(self._pictures.index(row), flags)
        self.picked.emit(int(row >= 0))

    def _arrange(self) -> None:
        """Recompute the grid's columns and sections for its width, and keep the first visible image in view by
        scrolling.
        """
        room = max(self.width() - LEFT - REST, self._cell + GAP)
        columns = max(1, round(room / (self._cell + GAP)))
        pitch = max(40, room // columns)
        searched = bool(self._pictures.query()) or self._pictures.is_oldest_first()
        self._in_progress_count = 0 if searched else len(self._in_progress)
        sections = [("", self._pictures.rowCount() + self._in_progress_count)]
        if self._headings:
            from gdm_studio.ui.gallery.date_sections import sections_of

            sections = sections_of(self._pictures.days(), date.today(), columns, more=self._in_progress_count)
        self._cells = Cells(sections, columns=columns, pitch=pitch, heading=HEADING)
        ratio = self.devicePixelRatioF()
        self._pictures.set_side(self._cell_painter.inner_side(pitch - GAP, ratio))
        scrolled = self.verticalOffset() > 0
        self.updateGeometries()
        if self._anchor is not None and scrolled:
            row = self._pictures.row_at(self._anchor[0])
            if row >= 0:
                self.verticalScrollBar().setValue(self._rect_of(row).top() - self._anchor[1])
        elif self._anchor is None:
            self.verticalScrollBar().setValue(0)
        self._describe()
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(4 * self._cells.pitch, 3 * self._cells.pitch)
