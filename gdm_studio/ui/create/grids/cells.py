"""Cells of one size in rows and columns, as large as the room lets all of them be, under the labels of their axes."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QMargins, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from gdm_studio.ui.create.grids.cell import FOOT, WAYS, Cell
from gdm_studio.ui.look.plain import plain
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets.scroll_bar import OverlayScrollBar

EDGE, GAP = 16, 10
LEAST, MOST = 112, 360  # of a cell's width where cells follow each other; smaller ones are scrolled through instead
LEAST_OF_AXES = 84  # of one in its row and column
TOP, LEFT = 34, 104  # of the axes' labels


class Cells(QScrollArea):
    """Setter: `set_cells(cells, across=(), down=(), columns=0)`, in reading order, which is also that of Tab.

    `across` and `down` are the labels of columns and rows; without them cells stand in so many `columns`, or else
    follow each other, with words of their own below.
    """

    def __init__(self, theme: Theme, *, least: int = LEAST_OF_AXES, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._least = least
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._bar = OverlayScrollBar(self)
        self.page = QWidget()
        self.setWidget(self.page)
        self._cells: list[Cell] = []
        self._columns = 0  # 0 where cells follow each other
        self._margins = (0, 0)  # at the left and at the top, of the labels
        self._across, self._down = _Labels(theme, self, upright=False), _Labels(theme, self, upright=True)
        self.horizontalScrollBar().valueChanged.connect(self._across.update)
        self.verticalScrollBar().valueChanged.connect(self._down.update)

    def set_cells(
        self, cells: Sequence[Cell], across: Sequence[str] = (), down: Sequence[str] = (), *, columns: int = 0
    ) -> None:
        if any(old.hasFocus() for old in self._cells):
            self.setFocus()  # else it goes to the next page's button; an arrow key leads from here to the cells
        for old in self._cells:
            old.hide()
            old.deleteLater()
        self._cells, self._columns = list(cells), columns or len(across)
        self._margins = (LEFT, TOP) if across else (0, 0)
        self._across.set_labels(across)
        self._down.set_labels(down)
        for before, after in zip(cells, cells[1:], strict=False):
            QWidget.setTabOrder(before, after)
        for place, cell in enumerate(cells):
            cell.show()
            cell.moved.connect(lambda x, y, place=place: self._focus_beside(place, x, y))
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        first = next((cell for cell in self._cells if cell.isEnabled()), None)
        if Qt.Key(event.key()) in WAYS and first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)

    def _focus_beside(self, place: int, across: int, down: int) -> None:
        """Moves the focus by the arrow keys, past cells that are not made yet."""
        columns = self._columns or max(1, self._row_length())
        step = across + down * columns
        while 0 <= place + step < len(self._cells) and (down or (place + step) // columns == place // columns):
            place += step
            if self._cells[place].isEnabled():
                self._cells[place].setFocus(Qt.FocusReason.TabFocusReason)
                self.ensureWidgetVisible(self._cells[place], EDGE, EDGE)
                return

    def _row_length(self) -> int:
        top = self._cells[0].y()
        return sum(cell.y() == top for cell in self._cells)

    def _place(self) -> None:
        left, top = self._margins
        margins = QMargins(left, top, 0, 0)
        if self.viewportMargins() != margins:
            self.setViewportMargins(margins)
        room = QSize(self.width() - left, self.height() - top)
        self._across.setGeometry(left, 0, room.width(), top)
        self._down.setGeometry(0, top, left, room.height())
        if self._cells:
            (self._place_axes if self._columns else self._place_flow)(room)

    def _place_flow(self, room: QSize) -> None:
        columns, width = fitting(len(self._cells), room.width() - 2 * EDGE, room.height() - EDGE)
        rows = ceil(len(self._cells) / columns)
        left = (room.width() - columns * (width + GAP) + GAP) // 2
        self.page.resize(room.width(), max(rows * (width + FOOT + GAP) - GAP + EDGE, room.height()))
        for place, cell in enumerate(self._cells):
            row, column = divmod(place, columns)
            cell.setGeometry(left + column * (width + GAP), row * (width + FOOT + GAP), width, width + FOOT)

    def _place_axes(self, room: QSize) -> None:
        columns, rows = self._columns, ceil(len(self._cells) / self._columns)
        side = side_of_axes(columns, rows, (room.width() - EDGE, room.height() - EDGE), self._least)
        width, height = columns * (side + GAP) - GAP, rows * (side + GAP) - GAP
        self.page.resize(max(width + EDGE, room.width()), height + EDGE)
        left = 0 if self._margins[0] else max((room.width() - width) // 2, 0)
        for place, cell in enumerate(self._cells):
            row, column = divmod(place, columns)
            cell.setGeometry(left + column * (side + GAP), row * (side + GAP), side, side)
        self._across.set_pitch(side, side + GAP)
        self._down.set_pitch(side, side + GAP)


class _Labels(QWidget):
    """The labels of an axis, in line with its cells wherever they are scrolled to."""

    def __init__(self, theme: Theme, area: QScrollArea, *, upright: bool) -> None:
        super().__init__(area)
        self._theme, self._area, self._upright = theme, area, upright
        self._labels: list[str] = []
        self._side = self._pitch = 1
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.changed.connect(self.update)

    def set_labels(self, labels: Sequence[str]) -> None:
        self._labels = list(map(plain, labels))
        self.update()

    def set_pitch(self, side: int, pitch: int) -> None:
        """How large the cells are, and how far from one to the next."""
        self._side, self._pitch = side, pitch
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = self._theme.font(12, 500)
        painter.setFont(font)
        painter.setPen(self._theme.colour("text"))
        bar = self._area.verticalScrollBar() if self._upright else self._area.horizontalScrollBar()
        for place, text in enumerate(self._labels):
            at = place * self._pitch - bar.value()
            if self._upright:
                room = QRectF(EDGE, at, LEFT - EDGE - 10, self._side)
                flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(room, flags, text)
            else:
                room = QRectF(at, 0, self._side, TOP - 4)
                shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, self._side)
                painter.drawText(room, Qt.AlignmentFlag.AlignCenter, shown)


def fitting(count: int, width: int, height: int) -> tuple[int, int]:
    """How many columns, and how wide their cells, so that `count` cells are as large as they can be in the room."""
    best = (1, 0)
    for columns in range(1, count + 1):
        rows = ceil(count / columns)
        across = (width - GAP * (columns - 1)) // columns
        down = (height - GAP * (rows - 1)) // rows - FOOT
        side = min(across, down, MOST)
        if side > best[1]:
            best = (columns, side)
    if best[1] >= LEAST:
        return best
    columns = max(1, (width + GAP) // (LEAST + GAP))
    return columns, min((width - GAP * (columns - 1)) // columns, MOST)


def side_of_axes(columns: int, rows: int, room: tuple[int, int], least: int = LEAST_OF_AXES) -> int:
    """How large cells in fixed rows and columns are: all are seen, unless they would become smaller than `least`."""
    across = (room[0] - GAP * (columns - 1)) // columns
    down = (room[1] - GAP * (rows - 1)) // rows
    return max(least, min(across, down, MOST))
