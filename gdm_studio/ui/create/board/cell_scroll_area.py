"""Scroll area that arranges a board's cells in rows and columns, optionally with axis labels."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise
from math import ceil

from PySide6.QtCore import QMargins, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget

from gdm_studio.ui.create.board.board_cell import ARROW_STEPS, FOOT, Cell
from gdm_studio.ui.theme.safe_text import plain
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets.layouts import OverlayScrollBar, put_in_tab_order

# All sizes are logical pixels: the margin around the cells and the gap between them.
EDGE = 16
GAP = 10
# Minimum and maximum width of a cell without axis labels. The area scrolls rather than use smaller cells, unless all
# cells fit at MIN_WHOLE_WIDTH: to scroll by a few pixels is worse than a slightly smaller cell.
MIN_WIDTH = 112
MIN_WHOLE_WIDTH = 100
MAX_WIDTH = 360
# Default minimum side of a cell with axis labels.
MIN_AXES_SIDE = 84
# The height of the column labels and the width of the row labels.
TOP = 34
LEFT = 104


class CellArea(QScrollArea):
    """Scroll area that shows a board's image cells in reading order.

    Arrow keys move the focus between cells. A cell never becomes smaller than `min_side`; the area scrolls instead. If
    `selectable`, cells are selected like files: a click selects one, Ctrl+click toggles one, and Shift+click or
    dragging selects a range. Tab then stops at only one of the cells. Signal: `selection_changed()`.
    """

    selection_changed = Signal()

    def __init__(
        self,
        theme: Theme,
        *,
        min_side: int = MIN_AXES_SIDE,
        selectable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._min_side = min_side
        self.selectable = selectable
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._scroll_bar = OverlayScrollBar(self)
        self.page = QWidget()
        self.setWidget(self.page)
        # Widget after which Tab visits the cells, or None if it visits them last.
        self._tab_start: QWidget | None = None
        self._cells: list[Cell] = []
        # Index of the cell that Tab focuses, and index of the cell at which a range selection starts.
        self._focused_index = 0
        self._anchor = 0
        # Number of columns. 0 means that it depends on the width.
        self._columns = 0
        # The width of the row labels and the height of the column labels.
        self._margins = (0, 0)
        self._column_labels = _Labels(theme, self, upright=False)
        self._row_labels = _Labels(theme, self, upright=True)
        self.horizontalScrollBar().valueChanged.connect(self._column_labels.update)
        self.verticalScrollBar().valueChanged.connect(self._row_labels.update)

    def set_cells(
        self, cells: Sequence[Cell], across: Sequence[str] = (), down: Sequence[str] = (), *, columns: int = 0
    ) -> None:
        """Replace all image cells and clear the selection.

        `across` labels the columns and `down` the rows. `columns` defaults to the number of column labels. If there are
        none, the area uses the number of columns that gives the largest cells.
        """
        if any(old.hasFocus() for old in self._cells):
            # Without this, Qt would focus a button of another page. From the area, an arrow key focuses a cell.
            self.setFocus()
        for old in self._cells:
            old.hide()
            old.deleteLater()
        self._cells = list(cells)
        self._columns = columns or len(across)
        self._margins = (LEFT, TOP) if across else (0, 0)
        self._column_labels.set_labels(across)
        self._row_labels.set_labels(down)
        if self._tab_start is not None and cells:
            put_in_tab_order(cells[0], after=self._tab_start)
        for before, after in pairwise(cells):
            QWidget.setTabOrder(before, after)
        for index, cell in enumerate(cells):
            cell.show()
            cell.moved.connect(lambda x, y, index=index: self._focus_beside(index, x, y))
            if self.selectable:
                cell.setFocusPolicy(Qt.FocusPolicy.StrongFocus if index == 0 else Qt.FocusPolicy.ClickFocus)
                cell.pressed.connect(lambda index=index: self._select_at(index))
                cell.dragged.connect(self._on_dragged)
        self._focused_index = 0
        self._anchor = 0
        self._arrange()

    def set_tab_order_after(self, widget: QWidget) -> None:
        """Let Tab visit the next cells after another widget. They are created later than all other widgets."""
        self._tab_start = widget

    def selected(self) -> list[int]:
        """Return the indices of the selected image cells in ascending order."""
        return [index for index, cell in enumerate(self._cells) if cell.isChecked()]

    def select(self, indices: Collection[int]) -> None:
        """Select exactly the image cells with the given indices, and emit `selection_changed` if the selection
        changes.
        """
        if set(indices) != set(self.selected()):
            for index, cell in enumerate(self._cells):
                cell.setChecked(index in indices)
            self.selection_changed.emit()

    def select_all(self) -> None:
        """Select all image cells, as Ctrl+A does."""
        self.select(range(len(self._cells)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        first = next((index for index, cell in enumerate(self._cells) if cell.isEnabled()), None)
        if Qt.Key(event.key()) in ARROW_STEPS and first is not None:
            self._focus(first)
        elif event.key() == Qt.Key.Key_Escape and self.selected():
            self.select(())
        elif self.selectable and event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Clear the selection when the user clicks outside all image cells."""
        super().mousePressEvent(event)
        if self.selectable:
            self.select(())

    def _select_at(self, index: int) -> None:
        """Select the image cell that the user clicked. Ctrl toggles it, and Shift selects the range up to it."""
        modifiers = QApplication.keyboardModifiers()
        self._set_current(index)
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            self.select(_indices_between(self._anchor, index))
            return
        self._anchor = index
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            self.select(set(self.selected()) ^ {index})
        else:
            self.select({index})

    def _on_dragged(self, position: QPoint) -> None:
        """Select all image cells from the one where the mouse was pressed to the one under the pointer."""
        cell = self.page.childAt(position)
        if cell in self._cells and cell is not self._cells[self._focused_index]:
            self._set_current(self._cells.index(cell))
            self.select(_indices_between(self._anchor, self._focused_index))

    def _set_current(self, index: int) -> None:
        """Make the image cell with this index the only one that the Tab key can focus."""
        self._cells[self._focused_index].setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._cells[index].setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._focused_index = index

    def _focus(self, index: int) -> None:
        """Move the keyboard focus to a cell and scroll to it. In a selectable area, also select it unless Ctrl is
        pressed.
        """
        self._cells[index].setFocus(Qt.FocusReason.TabFocusReason)
        self.ensureWidgetVisible(self._cells[index], EDGE, EDGE)
        if self.selectable and QApplication.keyboardModifiers() & Qt.KeyboardModifier.ControlModifier:
            self._set_current(index)
        elif self.selectable:
            self._select_at(index)

    def _focus_beside(self, index: int, across: int, down: int) -> None:
        """Move the keyboard focus from the image cell at `index` to the nearest enabled cell in the direction
        (`across`, `down`).

        The direction is given in columns and rows.
        """
        columns = self._columns or max(1, self._row_length())
        step = across + down * columns
        while 0 <= index + step < len(self._cells) and (down or (index + step) // columns == index // columns):
            index += step
            if self._cells[index].isEnabled():
                self._focus(index)
                return

    def _row_length(self) -> int:
        top = self._cells[0].y()
        return sum(cell.y() == top for cell in self._cells)

    def _arrange(self) -> None:
        left, top = self._margins
        margins = QMargins(left, top, 0, 0)
        if self.viewportMargins() != margins:
            self.setViewportMargins(margins)
        room = QSize(self.width() - left, self.height() - top)
        self._column_labels.setGeometry(left, 0, room.width(), top)
        self._row_labels.setGeometry(0, top, left, room.height())
        if self._cells:
            (self._arrange_axes if self._columns else self._arrange_flow)(room)

    def _arrange_flow(self, room: QSize) -> None:
        columns, width = columns_that_fit(len(self._cells), room.width() - 2 * EDGE, room.height() - EDGE)
        rows = ceil(len(self._cells) / columns)
        left = (room.width() - columns * (width + GAP) + GAP) // 2
        self.page.resize(room.width(), max(rows * (width + FOOT + GAP) - GAP + EDGE, room.height()))
        for index, cell in enumerate(self._cells):
            row, column = divmod(index, columns)
            cell.setGeometry(left + column * (width + GAP), row * (width + FOOT + GAP), width, width + FOOT)

    def _arrange_axes(self, room: QSize) -> None:
        columns, rows = self._columns, ceil(len(self._cells) / self._columns)
        side = cell_side(columns, rows, (room.width() - EDGE, room.height() - EDGE), self._min_side)
        width, height = columns * (side + GAP) - GAP, rows * (side + GAP) - GAP
        self.page.resize(max(width + EDGE, room.width()), height + EDGE)
        left = 0 if self._margins[0] else max((room.width() - width) // 2, 0)
        for index, cell in enumerate(self._cells):
            row, column = divmod(index, columns)
            cell.setGeometry(left + column * (side + GAP), row * (side + GAP), side, side)
        self._column_labels.set_pitch(side, side + GAP)
        self._row_labels.set_pitch(side, side + GAP)


class _Labels(QWidget):
    """Column or row labels of a board of images, which stay aligned with the cells while the area scrolls."""

    def __init__(self, theme: Theme, area: QScrollArea, *, upright: bool) -> None:
        super().__init__(area)
        self._theme = theme
        self._area = area
        self._upright = upright
        self._labels: list[str] = []
        self._side = 1
        self._pitch = 1
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.changed.connect(self.update)

    def set_labels(self, labels: Sequence[str]) -> None:
        self._labels = list(map(plain, labels))
        self.update()

    def set_pitch(self, side: int, pitch: int) -> None:
        """Set the side of a cell and the distance from one cell to the next, in logical pixels, to align the labels."""
        self._side = side
        self._pitch = pitch
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = self._theme.font(12, 500)
        painter.setFont(font)
        painter.setPen(self._theme.colour("text"))
        bar = self._area.verticalScrollBar() if self._upright else self._area.horizontalScrollBar()
        for index, text in enumerate(self._labels):
            at = index * self._pitch - bar.value()
            if self._upright:
                room = QRectF(EDGE, at, LEFT - EDGE - 10, self._side)
                flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(room, flags, text)
            else:
                room = QRectF(at, 0, self._side, TOP - 4)
                elided = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, self._side)
                painter.drawText(room, Qt.AlignmentFlag.AlignCenter, elided)


def _indices_between(start: int, end: int) -> range:
    """Return the range of cell indices from one cell to another, in ascending order and including both."""
    return range(min(start, end), max(start, end) + 1)


def columns_that_fit(count: int, width: int, height: int) -> tuple[int, int]:
    """Find the number of columns that makes `count` image cells as large as possible in `width` × `height`.

    Return (columns, cell width). Sizes are in logical pixels.
    """
    best = (1, 0)
    for columns in range(1, count + 1):
        rows = ceil(count / columns)
        across = (width - GAP * (columns - 1)) // columns
        down = (height - GAP * (rows - 1)) // rows - FOOT
        side = min(across, down, MAX_WIDTH)
        if side > best[1]:
            best = (columns, side)
    if best[1] >= MIN_WHOLE_WIDTH:
        return best
    columns = max(1, (width + GAP) // (MIN_WIDTH + GAP))
    return columns, min((width - GAP * (columns - 1)) // columns, MAX_WIDTH)


def cell_side(columns: int, rows: int, size: tuple[int, int], min_side: int = MIN_AXES_SIDE) -> int:
    """Return the largest side of square image cells at which all columns and rows fit into `size` (width, height).

    The side is at least `min_side`, even if the cells then do not fit. Sizes are in logical pixels.
    """
    across = (size[0] - GAP * (columns - 1)) // columns
    down = (size[1] - GAP * (rows - 1)) // rows
    return max(min_side, min(across, down, MAX_WIDTH))
