"""A place in a list or a table, as Qt hands it to models and to what paints entries; lists of items, one a row."""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex
T = TypeVar("T")


class ItemsModel(QAbstractListModel, Generic[T]):
    """`items` in their order; `told` says what there is of one, by role."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[T] = []

    def told(self, row: int) -> Mapping[int, Any]:
        raise NotImplementedError

    def set_items(self, items: Sequence[T]) -> None:
        """Others, drawn anew."""
        self.beginResetModel()
        self.items = list(items)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        return self.told(index.row()).get(role) if index.isValid() else None

    def say_changed(self, row: int) -> None:
        self.dataChanged.emit(self.index(row), self.index(row))
