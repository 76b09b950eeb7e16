"""Base classes of list models, tables and item delegates."""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QStandardItem
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QTableView, QWidget

from gdm_studio.ui.theme.theme import Theme

Index = QModelIndex | QPersistentModelIndex
T = TypeVar("T")
View = TypeVar("View", bound=QWidget)


class RowTable(QTableView):
    """Read-only table in which the user selects whole rows, one at a time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)


class ItemsModel(QAbstractListModel, Generic[T]):
    """Base class of Qt list models with a Python object per row.

    Subclasses implement `row_data(row)`, which returns a row's data by role.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.items: list[T] = []

    def row_data(self, row: int) -> Mapping[int, Any]:
        raise NotImplementedError

    def set_items(self, items: Sequence[T]) -> None:
        """Replace the list model's objects, which updates all rows of the view."""
        self.beginResetModel()
        self.items = list(items)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        return self.row_data(index.row()).get(role) if index.isValid() else None

    def emit_changed(self, row: int) -> None:
        self.dataChanged.emit(self.index(row), self.index(row))


def heading_item(title: str) -> QStandardItem:
    """Return an unselectable list item that serves as the heading of a group."""
    item = QStandardItem(title)
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    return item


class EntryPainter(QStyledItemDelegate, Generic[View]):
    """Base class of item delegates that paint the items of `view` in the theme's colours."""

    def __init__(self, theme: Theme, view: View) -> None:
        super().__init__(view)
        self.theme = theme
        self.view = view
