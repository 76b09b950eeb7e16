"""The pictures of a set as a list model: what each shows, how it is made, and what there is of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QPixmap

from gdm_studio.request import Request
from gdm_studio.run import Result
from gdm_studio.ui.look.imaging import qimage
from gdm_studio.ui.look.index import Index
from gdm_studio.ui.look.plain import plain, tip

if TYPE_CHECKING:
    import numpy as np

PIXMAP = Qt.ItemDataRole.UserRole
FINISHED = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True)
class Item:
    """One picture of a set; `result` is None until it is finished."""

    request: Request  # of one picture, with its own seed
    result: Result | None = None

    @property
    def thing(self) -> str:
        return self.request.prompt


class SetModel(QAbstractListModel):
    """Items in the order of the list they came from."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[Item] = []
        self._pixmaps: dict[int, QPixmap] = {}

    def set_items(self, items: list[Item]) -> None:
        """Another set, finished pictures of it included."""
        self.beginResetModel()
        self.items = list(items)
        finished = ((row, item.result) for row, item in enumerate(items))
        self._pixmaps = {row: QPixmap.fromImage(qimage(result.rgba)) for row, result in finished if result is not None}
        self.endResetModel()

    def show_step(self, row: int, rgba: np.ndarray) -> None:
        """What a picture under way looks like."""
        self._pixmaps[row] = QPixmap.fromImage(qimage(rgba))
        self._changed(row)

    def finish(self, row: int, result: Result) -> None:
        self.items[row] = replace(self.items[row], result=result)
        self.show_step(row, result.rgba)

    def begin_anew(self, row: int, request: Request) -> None:
        """The picture is to be made again as `request` says; the old one stays in sight until there is a step."""
        self.items[row] = Item(request)
        self._changed(row)

    def remove(self, rows: list[int]) -> None:
        self.set_items([item for row, item in enumerate(self.items) if row not in rows])

    def unfinished(self) -> list[int]:
        """The rows of the pictures still to make."""
        return [row for row, item in enumerate(self.items) if item.result is None]

    def results(self) -> list[Result]:
        """The finished pictures."""
        return [item.result for item in self.items if item.result is not None]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        item = self.items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return plain(item.thing)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return plain(item.thing if item.result is not None else f"{item.thing}, not made yet")
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(f"{item.thing} · seed {item.request.seed}")
        if role == PIXMAP:
            return self._pixmaps.get(index.row())
        if role == FINISHED:
            return item.result is not None
        return None

    def _changed(self, row: int) -> None:
        self.dataChanged.emit(self.index(row), self.index(row))
