"""The page of models: what there is, by whom, how large, and what one may do with its pictures."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gdm_studio.models.card import ModelCard
from gdm_studio.ui.model_card_view import ModelCardView
from gdm_studio.ui.plain import plain, tip
from gdm_studio.ui.theme import SPACE, Theme
from gdm_studio.ui.widgets import ActionButton, column_rule, label

COLUMNS = ("Name", "Date", "Parameters", "Author", "Licence", "On disk")
SORT = Qt.ItemDataRole.UserRole
CURRENT = Qt.ItemDataRole.UserRole + 1
RIGHT = {2, 5}
REFUSED = 3  # sentences about files that cannot be used
Index = QModelIndex | QPersistentModelIndex


class ModelsPage(QFrame):
    """Signals: `use_model(str)`, `open_folder()`; by people. Setters: `set_cards(cards)`, `set_current(name)`,
    `set_refused(reasons)`.
    """

    use_model = Signal(str)
    open_folder = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._cards = _Cards()
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self._cards)
        self._sorted.setSortRole(SORT)
        self.table = _Table(theme, self._sorted)
        self.view = ModelCardView(theme)
        self._count = label("", "muted")
        self._refused = label("", "muted")
        self._refused.setWordWrap(True)
        self._refused.hide()
        self._folder = ActionButton(
            theme,
            "Open models folder",
            tooltip="Put models of your own here",
            name="folder-open",
            role="card",
        )
        self._lay_out()
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.table.horizontalHeader().sortIndicatorChanged.connect(self._cards.sort_shown)
        self.table.chosen.connect(self._use_current)
        self.view.use_model.connect(self.use_model)
        self._folder.clicked.connect(self.open_folder)
        self.setTabOrder(self.table, self._folder)  # the models first: there the focus is when the page opens

    def set_cards(self, cards: list[ModelCard]) -> None:
        """The models, shown newest first until sorted otherwise."""
        self._cards.show_cards(cards)
        self.table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
        self._count.setText("1 model" if len(cards) == 1 else f"{len(cards)} models")
        if cards:
            self.table.selectRow(0)
        else:
            self.view.show_card(None)

    def set_refused(self, reasons: list[str]) -> None:
        """Says below the models which files beside them cannot be used: a sentence each, of the first few."""
        more = [f"… and {len(reasons) - REFUSED} more"] if len(reasons) > REFUSED else []
        self._refused.setText("\n".join([*reasons[:REFUSED], *more]))
        self._refused.setVisible(bool(reasons))

    def set_current(self, name: str) -> None:
        """Marks the model that pictures are made with, and shows its card."""
        self._cards.mark(name)
        self.view.set_current(name)
        for row in range(self._sorted.rowCount()):
            if self._card(self._sorted.index(row, 0)).name == name:
                self.table.selectRow(row)

    def _card(self, index: Index) -> ModelCard:
        return self._cards.cards[self._sorted.mapToSource(index).row()]

    def _on_row(self, current: QModelIndex) -> None:
        self.view.show_card(self._card(current) if current.isValid() else None)

    def _use_current(self) -> None:
        index = self.table.currentIndex()
        if index.isValid():
            self.use_model.emit(self._card(index).name)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 0, 0, 0)
        head.setSpacing(10)
        head.addWidget(label("Models", "title"))
        head.addWidget(self._count)
        head.addStretch()
        head.addWidget(self._folder)
        left = QVBoxLayout()
        left.setContentsMargins(SPACE.medium, SPACE.edge, SPACE.medium, SPACE.edge)
        left.setSpacing(SPACE.medium)
        left.addLayout(head)
        left.addWidget(self.table, 1)
        left.addWidget(self._refused)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(column_rule())
        row.addWidget(self.view)


class _Cards(QAbstractTableModel):
    def __init__(self) -> None:
        super().__init__()
        self.cards: list[ModelCard] = []
        self._current = ""
        self.sorted_by = (1, False)  # column, whether rising

    def sort_shown(self, column: int, order: Qt.SortOrder) -> None:
        """Marks the column that the table is sorted by."""
        self.sorted_by = (column, order == Qt.SortOrder.AscendingOrder)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    def show_cards(self, cards: list[ModelCard]) -> None:
        self.beginResetModel()
        self.cards = list(cards)
        self.endResetModel()

    def mark(self, name: str) -> None:
        self._current = name
        if self.cards:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.cards) - 1, len(COLUMNS) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.cards)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            mark = "" if section != self.sorted_by[0] else " ↑" if self.sorted_by[1] else " ↓"
            return COLUMNS[section] + mark
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in RIGHT else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        card, column = self.cards[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _texts(card)[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(card.summary if column == 0 else _texts(card)[column])
        if role == SORT:
            return (
                card.title or card.name,
                card.date,
                card.parameters,
                card.author,
                card.licence,
                card.file_bytes,
            )[column]
        if role == CURRENT:
            return card.name == self._current
        return None


class _Table(QTableView):
    chosen = Signal()

    def __init__(self, theme: Theme, model: QSortFilterProxyModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(_Row(theme, self))
        self.setSortingEnabled(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setAccessibleName("Models")
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(44)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(84)
        self.doubleClicked.connect(self.chosen)
        self.activated.connect(self.chosen)


class _Row(QStyledItemDelegate):
    """A cell of a row that looks like one raised strip when it is selected."""

    def __init__(self, theme: Theme, table: QTableView) -> None:
        super().__init__(table)
        self._theme, self._table = theme, table

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        wide = QFontMetrics(self._theme.font(13, 500)).horizontalAdvance(index.data())
        return QSize(wide + 28, 44)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens, rect = self._theme.tokens, option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            self._paint_strip(painter, option, index.column())
        first, current = index.column() == 0, index.data(CURRENT)
        painter.setPen(QColor(tokens.text if first else tokens.muted))
        painter.setFont(self._theme.font(13, 600 if first and current else 500 if first else 400))
        side = Qt.AlignmentFlag.AlignRight if index.column() in RIGHT else Qt.AlignmentFlag.AlignLeft
        room = rect.adjusted(12, 0, -12, 0)
        text = painter.fontMetrics().elidedText(index.data(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, text)
        if first and current:
            after = room.left() + painter.fontMetrics().horizontalAdvance(text) + 10
            painter.setFont(self._theme.font(11, 500))
            painter.setPen(QColor(tokens.accent))
            painter.drawText(room.adjusted(after - room.left(), 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, "in use")
        painter.restore()

    def _paint_strip(self, painter: QPainter, option: QStyleOptionViewItem, column: int) -> None:
        strip = option.rect.toRectF().adjusted(0, 2, 0, -2)
        whole = strip.adjusted(-40 if column else 0, 0, 40 if column < len(COLUMNS) - 1 else 0, 0)
        painter.setClipRect(option.rect)
        painter.fillRect(option.rect, QColor(self._theme.tokens.background))  # over the style's own selection
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.tokens.card))
        painter.drawRoundedRect(whole, SPACE.radius, SPACE.radius)


def _texts(card: ModelCard) -> tuple[str, ...]:
    return (
        plain(card.title or card.name),
        plain(date_words(card.date)),
        number_words(card.parameters),
        plain(card.author),
        plain(card.licence),
        bytes_words(card.file_bytes),
    )


def date_words(iso: str) -> str:
    """An ISO 8601 date as people write it; other text as it is."""
    try:
        return date.fromisoformat(iso[:10]).strftime("%d %b %Y").lstrip("0")
    except ValueError:
        return iso


def number_words(number: int) -> str:
    """9_800_000 as "9.8 M"."""
    for size, unit in ((10**9, " B"), (10**6, " M"), (10**3, " k")):
        if number >= size:
            return f"{number / size:.1f}{unit}"
    return str(number) if number else "–"


def bytes_words(size: int) -> str:
    """A number of bytes in the unit that suits it."""
    for limit, unit in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if size >= limit:
            return f"{size / limit:.1f} {unit}"
    return f"{size} bytes" if size else "–"
