"""Table of published diffusion systems with the initial state, the learned function and the sampling step of each."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, QRect, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QHeaderView, QStyle, QStyleOptionViewItem, QWidget

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.papers.family_tree import FamilyMember
from gdm_studio.ui.paper_family_tree.subscripts import with_subscript_characters
from gdm_studio.ui.theme.safe_text import tip
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets.item_models import EntryPainter, Index, RowTable

COLUMNS = (
    QT_TRANSLATE_NOOP("SideBySide", "System"),
    QT_TRANSLATE_NOOP("SideBySide", "Starts with"),
    QT_TRANSLATE_NOOP("SideBySide", "Is learned"),
    QT_TRANSLATE_NOOP("SideBySide", "A step"),
)
# Width of the first column.
NAMES = 140
# Horizontal and vertical padding of a cell.
ASIDE = 12
ABOVE = 9
WRAPPED = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class SideBySide(RowTable):
    """Table that compares published diffusion systems: their initial state, learned function and sampling step. One row
    is selected.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(_Cell(theme, self))
        self._names: list[str] = []
        self._items = QStandardItemModel(0, len(COLUMNS), self)
        self._items.setHorizontalHeaderLabels([self.tr(title) for title in COLUMNS])
        self.setModel(self._items)
        self.setAccessibleName(self.tr("The systems side by side"))
        self.setWordWrap(True)
        self.setVerticalScrollMode(RowTable.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(0, NAMES)
        # Rows are resized once the widths of all columns are set.
        self._fit_timer = QTimer(self, singleShot=True, interval=0)
        self._fit_timer.timeout.connect(self.resizeRowsToContents)
        header.sectionResized.connect(self._fit_timer.start)
        self.selectionModel().currentRowChanged.connect(self._on_row)

    def set_members(self, members: Mapping[str, FamilyMember]) -> None:
        """Set the published systems that the table shows, as a mapping from name to system. The rows are sorted by
        year.
        """
        self._names = sorted(members, key=lambda name: members[name].system.year)
        self._items.setRowCount(0)
        for name in self._names:
            system = members[name].system
            sentences = (translate("System", text) for text in (system.starts, system.learned, system.step))
            texts = (f"{system.title} ({system.year})", *sentences)
            self._items.appendRow([_create_item(with_subscript_characters(text)) for text in texts])
        self._fit_timer.start()

    def choose(self, name: str) -> None:
        """Select the table row of a published system without emitting `chosen`."""
        if name in self._names and self.currentIndex().row() != self._names.index(name):
            with QSignalBlocker(self.selectionModel()):
                self.selectRow(self._names.index(name))
            self.viewport().update()

    def _on_row(self, current: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(self._names[current.row()])


class _Cell(EntryPainter[RowTable]):
    """Item delegate that paints a cell of the table of published systems, with wrapped text and a line below it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        wide = self.view.columnWidth(index.column()) - 2 * ASIDE
        needed = QFontMetrics(self._font_for(index)).boundingRect(QRect(0, 0, wide, 10_000), WRAPPED, index.data())
        return QSize(wide, needed.height() + 2 * ABOVE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, self.theme.colour("hover"))
        painter.setPen(self.theme.colour("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setPen(self.theme.colour("text"))
        painter.setFont(self._font_for(index))
        painter.drawText(rect.adjusted(ASIDE, ABOVE, -ASIDE, -ABOVE), WRAPPED, index.data())
        painter.restore()

    def _font_for(self, index: Index) -> QFont:
        return self.theme.font(12, 500 if index.column() == 0 else 400)


def _create_item(text: str) -> QStandardItem:
    item = QStandardItem(text)
    item.setToolTip(tip(text))
    return item
