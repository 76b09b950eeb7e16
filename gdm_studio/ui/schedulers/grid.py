"""Cells of one size in rows and columns, as large as the room lets all of them be."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

EDGE, GAP = 16, 10
LEAST, MOST = 112, 360  # of a cell's width; smaller ones are scrolled through instead
FOOT = 40  # what a cell is higher than wide


class Grid(QWidget):
    """Setter: `set_cells(cells)`, in reading order, which is also that of Tab."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cells: list[QWidget] = []

    def set_cells(self, cells: list[QWidget]) -> None:
        self._cells = cells
        for before, after in zip(cells, cells[1:], strict=False):
            QWidget.setTabOrder(before, after)
        for cell in cells:
            cell.show()
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()

    def sizeHint(self) -> QSize:
        return QSize(2 * EDGE + LEAST, 2 * EDGE + LEAST + FOOT)

    def _place(self) -> None:
        if not self._cells:
            return
        around = self.parentWidget() or self  # what is seen at once; the grid itself may be higher
        columns, width = fitting(len(self._cells), self.width() - 2 * EDGE, around.height() - EDGE)
        rows = ceil(len(self._cells) / columns)
        self.setMinimumHeight(rows * (width + FOOT + GAP) - GAP + EDGE)
        left = (self.width() - columns * (width + GAP) + GAP) // 2
        for place, cell in enumerate(self._cells):
            row, column = divmod(place, columns)
            cell.setGeometry(left + column * (width + GAP), row * (width + FOOT + GAP), width, width + FOOT)


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
