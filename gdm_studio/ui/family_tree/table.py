"""The systems side by side: what each starts with, what is learned, what a step does."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, QRect, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QHeaderView, QStyle, QStyleOptionViewItem, QWidget

from gdm_studio.systems.family import Member
from gdm_studio.ui.look.index import EntryPainter, Index, RowTable
from gdm_studio.ui.look.plain import tip
from gdm_studio.ui.look.theme import Theme

COLUMNS = ("System", "Starts with", "Is learned", "A step")
NAMES = 140  # width of the first column
ASIDE, ABOVE = 12, 9  # air in a cell
WRAPPED = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class SideBySide(RowTable):
    """Signal: `chosen(str)`, by people. Setters: `set_members(members)`, `choose(name)`."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(_Cell(theme, self))
        self._names: list[str] = []
        self._items = QStandardItemModel(0, len(COLUMNS), self)
        self._items.setHorizontalHeaderLabels(COLUMNS)
        self.setModel(self._items)
        self.setAccessibleName("The systems side by side")
        self.setWordWrap(True)
        self.setVerticalScrollMode(RowTable.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(0, NAMES)
        self._fitting = QTimer(self, singleShot=True, interval=0)  # once the widths of all columns are known
        self._fitting.timeout.connect(self.resizeRowsToContents)
        header.sectionResized.connect(self._fitting.start)
        self.selectionModel().currentRowChanged.connect(self._on_row)

    def set_members(self, members: Mapping[str, Member]) -> None:
        """By year."""
        self._names = sorted(members, key=lambda name: members[name].system.year)
        self._items.setRowCount(0)
        for name in self._names:
            system = members[name].system
            texts = (f"{system.title} ({system.year})", system.starts, system.learned, system.step)
            self._items.appendRow([_item(text) for text in texts])
        self._fitting.start()

    def choose(self, name: str) -> None:
        """Marks its line."""
        if name in self._names and self.currentIndex().row() != self._names.index(name):
            with QSignalBlocker(self.selectionModel()):
                self.selectRow(self._names.index(name))
            self.viewport().update()

    def _on_row(self, current: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(self._names[current.row()])


class _Cell(EntryPainter[RowTable]):
    """A text of some lines with air around it, a hair of a line below."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        wide = self.view.columnWidth(index.column()) - 2 * ASIDE
        needed = QFontMetrics(self._font(index)).boundingRect(QRect(0, 0, wide, 10_000), WRAPPED, index.data())
        return QSize(wide, needed.height() + 2 * ABOVE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, self.theme.colour("hover"))
        painter.setPen(self.theme.colour("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setPen(self.theme.colour("text"))
        painter.setFont(self._font(index))
        painter.drawText(rect.adjusted(ASIDE, ABOVE, -ASIDE, -ABOVE), WRAPPED, index.data())
        painter.restore()

    def _font(self, index: Index) -> QFont:
        return self.theme.font(12, 500 if index.column() == 0 else 400)


def _item(text: str) -> QStandardItem:
    item = QStandardItem(text)
    item.setToolTip(tip(text))
    return item
