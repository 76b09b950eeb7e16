"""The grid of thumbnails: every picture of a list in its place, and only those in sight painted."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QRect, QSize, Qt, Signal
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

from gdm_studio.ui import actions
from gdm_studio.ui.actions import Action
from gdm_studio.ui.gallery.asks import Asks
from gdm_studio.ui.gallery.cell_painter import GAP, CellPainter
from gdm_studio.ui.gallery.cells import RING, Cells
from gdm_studio.ui.gallery.days import sections_of
from gdm_studio.ui.gallery.forming import Forming
from gdm_studio.ui.gallery.list_model import PICTURE, THUMBNAIL, Index, PictureLike, PictureModel, fitted
from gdm_studio.ui.look.plain import plain
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets.menu import menu_of
from gdm_studio.ui.widgets.painting import smooth
from gdm_studio.ui.widgets.scroll_bar import OverlayScrollBar

LOST = -1  # no row
HEADING = 32  # height of a day's name
LEFT = RING  # beside the first column
REST = 6  # beside the last gap, under the scroll bar
MOST_DRAGGED = 500  # files at once
MOVES = [Qt.Key[f"Key_{name}"] for name in ("Left", "Right", "Up", "Down", "Home", "End", "PageUp", "PageDown")]
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
Move = QAbstractItemView.CursorAction
NONE_YET = {
    "is:favourite": "No favourites yet. F makes the selected picture one.",
    "date:today": "No pictures of today yet.",
    "is:imported": "No imported pictures yet. Drop a file here, or add a folder.",
}


class Grid(QListView):
    """Thumbnails of a `PictureModel`, under the names of their days where there are `headings`.

    First of all stand the pictures that are being made (`set_forming`), unless the list is searched or begins with the
    oldest: cells without a row, so that a cell's number is its row and as many more as there are of them.

    Signals: `current_changed(object picture | None)`, `picked(int)` how many are selected,
    `activated_picture(object)` (Enter, double click), `large_asked()` (Space), `forming_clicked(str item, int image)`.
    Part: `asks`. Keys: arrows, Enter, F marks a favourite, Delete, Ctrl+A.
    """

    current_changed = Signal(object)
    picked = Signal(int)
    activated_picture = Signal(object)
    large_asked = Signal()
    forming_clicked = Signal(str, int)

    def __init__(
        self, theme: Theme, model: PictureModel, *, cell: int, ground: str = "raised", headings: bool = False,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._theme, self._pictures, self._cell, self._headings = theme, model, cell, headings
        self.asks = Asks(self)
        self.listed: Sequence[Action] = actions.MENU_BESIDE  # in the menu of a picture
        self.offered: Callable[[], Mapping[Action, Action]] = self.of_selected  # in its place, what is done to several
        self._empty = "Your pictures will appear here."
        self._cells = Cells([], columns=1, pitch=cell + GAP, heading=HEADING)
        self._anchor: tuple[int, int] | None = None  # a moment in sight, and where its line is
        self._query = model.query()
        self._pressed, self._foot = QPoint(), 0
        self._pressed_on: tuple[str, int] | None = None  # a picture that is being made
        self._forming: tuple[Forming, ...] = ()
        self._lead = 0  # cells of those
        self._paint = CellPainter(theme, ground)
        self._unwanted: set[object] = set()  # ids of pictures that people had deleted here
        self._gone: int | None = None  # while the current one is taken out: the row of one of these, LOST of another
        self.asks.delete.connect(self._unwanted.update)
        model.rowsAboutToBeRemoved.connect(self._before_removal)  # before Qt's own, which forgets what was selected
        self.setModel(model)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setMouseTracking(True)
        self.setAccessibleName("Pictures")
        self._scroll_bar = OverlayScrollBar(self)
        self.doubleClicked.connect(lambda index: self.activated_picture.emit(index.data(PICTURE)))
        model.modelReset.connect(self._on_reset)
        for signal in (model.rowsInserted, model.rowsRemoved, model.layoutChanged):
            signal.connect(self._arrange)
        model.rowsRemoved.connect(self._after_removal)
        theme.changed.connect(self.viewport().update)
        self._arrange()

    def set_empty_text(self, text: str) -> None:
        """What the grid says while it has no picture."""
        self._empty = text
        self._describe()
        self.viewport().update()

    def set_forming(self, forming: tuple[Forming, ...]) -> None:
        """The pictures that are being made, first of all; none once they are made."""
        before, self._forming = self._forming, forming
        if len(forming) != len(before):
            self._arrange()
            return
        for cell in range(self._lead):
            if forming[cell] is not before[cell]:
                self._update_cell(cell)

    def set_cell(self, side: int) -> None:
        """About how wide a cell is to be, in logical pixels."""
        self._cell = side
        self._arrange()

    def set_foot(self, height: int) -> None:
        """Room below the last line, for what floats over the foot of the grid."""
        self._foot = height
        self.updateGeometries()

    def current(self) -> PictureLike | None:
        """The picture whose details are shown."""
        index = self.currentIndex()
        return index.data(PICTURE) if index.isValid() else None

    def selected_rows(self) -> list[range]:
        """Runs of selected rows, in the order of the grid."""
        selection = self.selectionModel().selection()
        ranges = [selection.at(place) for place in range(selection.count())]
        return sorted((range(one.top(), one.bottom() + 1) for one in ranges), key=lambda run: run.start)

    def selected(self) -> list[PictureLike]:
        """The selected pictures in the order of the grid, as far as they are held."""
        found = (self._pictures.picture(row) for run in self.selected_rows() for row in run)
        return [picture for picture in found if picture is not None]

    def with_selected(self, act: Callable[[list[Any]], object]) -> None:
        """Calls `act` with all selected pictures; at once where they are held."""
        self._pictures.with_pictures([row for run in self.selected_rows() for row in run], act)

    def with_ids(self, act: Callable[[list[Any]], object]) -> None:
        """Calls `act` with the ids of all selected pictures; at once where they are held."""
        self._pictures.with_ids([row for run in self.selected_rows() for row in run], act)

    def select(self, picture_id: object) -> None:
        """Selects one picture and brings it into sight; none where it is not listed."""
        if (row := self._pictures.row_of(picture_id)) >= 0:
            self.setCurrentIndex(self._pictures.index(row))
        else:
            self.clear_selection()

    def clear_selection(self) -> None:
        """No picture is selected or current."""
        self.selectionModel().clear()

    def place_of_current(self) -> QPoint:
        """The middle of the current picture, on the screen."""
        return self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).center())

    def entries(self) -> list[Action]:
        """What can be done with the current picture, ready to be done; nothing without one."""
        picture = self.current()
        known = {**self.asks.of(self.current), **self.offered()}
        if self.listed is actions.MENU_BESIDE:
            known[actions.USE] = known[actions.USE].keyless
        if picture is not None and picture.favourite:
            known[actions.FAVOURITE] = actions.UNFAVOURITE.does(self.toggle_favourite)
        return [known[action] for action in self.listed] if picture is not None else []

    def show_menu(self, place: QPoint) -> QMenu:
        """Opens what can be done with the current picture, at a place of the screen."""
        return menu_of(self, self._theme, self.entries(), at=place)

    def of_selected(self) -> dict[Action, Action]:
        """Actions ready to be done to all selected pictures."""
        acts: dict[Action, Callable[[], object]] = {
            actions.FAVOURITE: self.toggle_favourite,
            actions.COMPARE: lambda: self.with_selected(self.asks.compare.emit),
            actions.COPY_PICTURE: lambda: self.with_selected(self.asks.copy.emit),
            actions.EXPORT: lambda: self.with_selected(self.asks.export.emit),
            actions.DELETE: lambda: self.with_ids(self.asks.delete.emit),
        }
        return {action: action.does(act, lambda: bool(self.selected_rows())) for action, act in acts.items()}

    def toggle_favourite(self) -> None:
        """All selected become favourites, or none where all are."""
        on = not all(picture.favourite for picture in self.selected())
        self.with_ids(lambda ids: self.asks.favourite.emit(ids, on))

    # where the cells are

    def visualRect(self, index: Index) -> QRect:
        if not index.isValid():
            return QRect()
        inside = self._rect(index.row()).adjusted(0, 0, -GAP, -GAP)
        return inside.translated(LEFT, -self.verticalOffset())

    def indexAt(self, place: QPoint) -> QModelIndex:
        row = self._cell_at(place) - self._lead
        return self._pictures.index(row) if row >= 0 else QModelIndex()

    def scrollTo(self, index: Index, hint: Any = QAbstractItemView.ScrollHint.EnsureVisible) -> None:
        if not index.isValid():
            return
        rect, bar, height = self._rect(index.row()), self.verticalScrollBar(), self.viewport().height()
        if index.row() == 0:
            rect.setTop(0)  # with its heading
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
        to = wanted[action] if action in wanted else self._cells.above(row + self._lead, lines[action]) - self._lead
        return self._pictures.index(min(max(to, 0), last))

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """A box drawn with the mouse selects what it meets; anything else from cell to cell, as one reads."""
        if self.state() == QAbstractItemView.State.DragSelectingState:
            box = rect.normalized().translated(-LEFT, self.verticalOffset())
            self._select(filter(None, map(self._rows, self._cells.inside(box))), command)
            return
        ends = [self.indexAt(place).row() for place in (rect.topLeft(), rect.bottomRight())]
        rows = [row for row in ends if row >= 0]
        self._select([range(min(rows), max(rows) + 1)] if rows else [], command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        return QRegion(self.viewport().rect())  # one repaint costs less than a region of many cells

    def selectAll(self) -> None:
        """As one run, where Qt would look at every cell."""
        if count := self._pictures.rowCount():
            self._select([range(count)], QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def doItemsLayout(self) -> None:
        QAbstractItemView.doItemsLayout(self)

    def updateGeometries(self) -> None:
        bar, height = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(0, self._cells.height + self._foot - height))
        bar.setPageStep(height)
        bar.setSingleStep(max(8, self._cells.pitch // 2))

    def _select(self, runs: Iterable[range], command: QItemSelectionModel.SelectionFlag) -> None:
        selection = QItemSelection()
        for run in runs:
            selection.select(self._pictures.index(run.start), self._pictures.index(run.stop - 1))
        self.selectionModel().select(selection, command)

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """Small pictures come a few at a time: their cells alone are painted."""
        top, height = self.verticalOffset(), self.viewport().height()
        sight = self._rows(self._cells.within(top, top + height - 1))
        for row in range(max(first.row(), sight.start), min(last.row() + 1, sight.stop)):
            self._update_cell(row + self._lead)

    # events

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        if index.isValid():
            if not self.selectionModel().isSelected(index):
                self.setCurrentIndex(index)
            self.show_menu(event.globalPos() if by_mouse else self.place_of_current())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        picture, plain = self.current(), not event.modifiers()
        if event.key() in MOVES or (event.key() == Qt.Key.Key_A and not plain):
            super().keyPressEvent(event)
        elif picture is None:
            event.ignore()
        elif event.key() in ENTER and plain:
            self.activated_picture.emit(picture)
        elif event.key() == Qt.Key.Key_Space and plain:
            self.large_asked.emit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.with_ids(self.asks.delete.emit)
        elif event.key() == Qt.Key.Key_F and plain:
            self.toggle_favourite()
        else:
            event.ignore()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.current_changed.emit(None if self._gone == LOST else self.current())  # Qt goes to a neighbour then

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.picked.emit(sum(map(len, self.selected_rows())))

    def startDrag(self, actions: Qt.DropAction) -> None:
        rows = [row for run in self.selected_rows() for row in run[:MOST_DRAGGED]][:MOST_DRAGGED]
        if not rows:
            return
        drag = QDrag(self)
        drag.setMimeData(self._pictures.mimeData([self._pictures.index(row) for row in rows]))
        picture = self.currentIndex().data(THUMBNAIL)
        if isinstance(picture, QPixmap):
            drag.setPixmap(fitted(picture, 72, self.devicePixelRatioF()))
            drag.setHotSpot(QPoint(36, 36))
        drag.exec(Qt.DropAction.CopyAction)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position().toPoint() + QPoint(-LEFT, self.verticalOffset())
        self._pressed_on = self._forming_at(event.position().toPoint())
        super().mousePressEvent(event)
        beside = not (self._pressed_on or self.indexAt(event.position().toPoint()).isValid())
        if beside and event.button() == Qt.MouseButton.LeftButton and not event.modifiers():
            self.clear_selection()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        place = self._forming_at(event.position().toPoint())  # of a box that was drawn it is but the end
        if place is not None and place == self._pressed_on and event.button() == Qt.MouseButton.LeftButton:
            self.forming_clicked.emit(*place)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()
        super().resizeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._arrange()  # days may have gone by

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(self.viewport())
        if not self._cells.count:
            self._paint.words(painter, self.viewport().rect().adjusted(16, 24, -16 - REST, -16), self._words())
            return
        top, height = self.verticalOffset(), self.viewport().height()
        if rows := self._rows(self._cells.within(top, top + height - 1)):
            self._anchor = (self._pictures.moments([rows.start])[0], self._rect(rows.start).top() - top)
            self._pictures.look_at(rows)
        painter.translate(LEFT, -top)
        for heading in self._cells.headings(top, top + height):
            self._paint.heading(painter, QRect(0, heading.top, self.viewport().width(), HEADING), heading.title)
        self._paint_cells(painter, event.region().translated(-LEFT, top))
        self._paint_band(painter)

    def _paint_cells(self, painter: QPainter, region: QRegion) -> None:
        current = self.currentIndex().row() if self.hasFocus() else -1
        under = self.indexAt(self._mouse()).row() if self.underMouse() else -1
        selected = self.selected_rows()
        for number in itertools.chain.from_iterable(self._cells.inside(region.boundingRect())):
            cell, row = self._cells.rect(number), number - self._lead
            if not region.intersects(cell):
                continue
            inside = cell.adjusted(0, 0, -GAP, -GAP)
            if row < 0:
                self._paint.forming(painter, inside, self._forming[number].picture, self._forming[number].share)
                continue
            picture = self._pictures.picture(row)
            self._paint.cell(
                painter,
                inside,
                self._pictures.thumbnail(picture) if picture else None,
                damaged=picture is not None and self._pictures.is_damaged(picture),
                starred=picture is not None and picture.favourite,
                selected=any(row in run for run in selected),
                current=row == current,
                hovered=row == under,
            )

    def _paint_band(self, painter: QPainter) -> None:
        """The box that is being drawn with the mouse."""
        if self.state() == QAbstractItemView.State.DragSelectingState:
            here = self._mouse() + QPoint(-LEFT, self.verticalOffset())
            self._paint.band(painter, QRect(self._pressed, here).normalized())

    def _rect(self, row: int) -> QRect:
        """Where the cell of a row lies."""
        return self._cells.rect(row + self._lead)

    def _rows(self, cells: range) -> range:
        """The rows of a run of cells."""
        return range(max(cells.start - self._lead, 0), max(cells.stop - self._lead, 0))

    def _cell_at(self, place: QPoint) -> int:
        """The number of the cell at a place of the viewport; -1 between and beside them."""
        return self._cells.at(place + QPoint(-LEFT, self.verticalOffset()))

    def _forming_at(self, place: QPoint) -> tuple[str, int] | None:
        cell = self._cell_at(place)
        return self._forming[cell].place if 0 <= cell < self._lead else None

    def _update_cell(self, cell: int) -> None:
        here = self._cells.rect(cell).translated(LEFT, -self.verticalOffset())
        self.viewport().update(here.adjusted(-2, -2, 2, 2))

    def _mouse(self) -> QPoint:
        return self.viewport().mapFromGlobal(self.cursor().pos())

    def _describe(self) -> None:
        """Tells screen readers what is painted in place of pictures."""
        self.setAccessibleDescription("" if self._pictures.rowCount() else self._words())

    def _words(self) -> str:
        """What stands in place of pictures."""
        query = self._pictures.query()
        if self._pictures.is_waiting() or self._pictures.is_reading():
            return ""
        return plain(NONE_YET.get(query, f"Nothing matches “{query}”.")) if query else self._empty

    def _before_removal(self, parent: Index, start: int, end: int) -> None:
        now = self.currentIndex()
        picture = self.current() if start <= now.row() <= end else None
        self._gone = None if picture is None else start if picture.id in self._unwanted else LOST

    def _after_removal(self) -> None:
        """What comes next is selected in the place of what people had deleted, so that the keys go on there."""
        gone, self._gone = self._gone, None
        if gone == LOST:
            self.setCurrentIndex(QModelIndex())
        elif gone is not None and (count := self._pictures.rowCount()):
            index = self._pictures.index(min(gone, count - 1))
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    # layout

    def _on_reset(self) -> None:
        if self._query != self._pictures.query():
            self._query, self._anchor = self._pictures.query(), None
        self._arrange()
        self.current_changed.emit(None)
        self.picked.emit(0)

    def _arrange(self) -> None:
        """As many columns as fit at about the wanted size, filling the width; what is in sight stays there."""
        room = max(self.width() - LEFT - REST, self._cell + GAP)
        columns = max(1, round(room / (self._cell + GAP)))
        pitch = max(40, room // columns)
        searched = bool(self._pictures.query()) or self._pictures.is_oldest_first()
        self._lead = 0 if searched else len(self._forming)
        sections = [("", self._pictures.rowCount() + self._lead)]
        if self._headings:
            sections = sections_of(self._pictures.days(), date.today(), columns, more=self._lead)
        self._cells = Cells(sections, columns=columns, pitch=pitch, heading=HEADING)
        ratio = self.devicePixelRatioF()
        self._pictures.set_side(self._paint.inner_side(pitch - GAP, ratio))
        scrolled = self.verticalOffset() > 0
        self.updateGeometries()
        if self._anchor is not None and scrolled:
            row = self._pictures.row_at(self._anchor[0])
            if row >= 0:
                self.verticalScrollBar().setValue(self._rect(row).top() - self._anchor[1])
        elif self._anchor is None:
            self.verticalScrollBar().setValue(0)
        self._describe()
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(4 * self._cells.pitch, 3 * self._cells.pitch)
