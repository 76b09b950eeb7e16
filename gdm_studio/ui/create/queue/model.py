"""The queue as a list model: rows that are dragged, and what is seen of those that are being made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QByteArray, QMimeData, QModelIndex, Qt, Signal
from PySide6.QtGui import QPixmap

from gdm_studio.queueing import Item, ItemState
from gdm_studio.ui.look.index import Index, ItemsModel
from gdm_studio.ui.look.plain import plain, tip

ITEM = Qt.ItemDataRole.UserRole
PROGRESS = Qt.ItemDataRole.UserRole + 1
MIME = "application/x-gdm-studio-queue"


@dataclass(frozen=True)
class Progress:
    """Of the item that is being made: a share of its steps, words for it, and what there is to see."""

    share: float = 0.0
    text: str = ""
    picture: QPixmap | None = None


class QueueModel(ItemsModel[Item]):
    """Signals: `moved(str id, str before)`, by dragging; `before` is "" for the end."""

    moved = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self._progress: dict[str, Progress] = {}

    def show_items(self, items: Sequence[Item]) -> None:
        """The queue as it is now; where the same items stand in the same places, only what changed is drawn anew."""
        before = self.items
        if [item.id for item in before] != [item.id for item in items]:
            self.set_items(items)
            return
        self.items = list(items)
        for row, (old, new) in enumerate(zip(before, items, strict=True)):
            if old != new:
                self.say_changed(row)

    def show_progress(self, progress: Mapping[str, Progress]) -> None:
        """How far the items under way are, by their ids."""
        before, self._progress = self._progress, dict(progress)
        for row, item in enumerate(self.items):
            if item.id in progress or item.id in before:
                self.say_changed(row)

    def row_of(self, item_id: str) -> int:
        """Where the item stands; -1 where it is gone."""
        return next((row for row, item in enumerate(self.items) if item.id == item_id), -1)

    def told(self, row: int) -> Mapping[int, Any]:
        item, title = self.items[row], title_of(self.items[row])
        progress = self._progress.get(item.id)
        return {
            Qt.ItemDataRole.DisplayRole: title,
            Qt.ItemDataRole.AccessibleTextRole: ", ".join((title, facts_of(item), state_of(item, progress))),
            Qt.ItemDataRole.ToolTipRole: tip(item.error or title),
            ITEM: item,
            PROGRESS: progress,
        }

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled  # between rows, not onto one
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        data.setData(MIME, QByteArray(self.items[indexes[0].row()].id.encode()))
        return data

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        """Says where the row is wanted; it is moved once the queue has been."""
        if not data.hasFormat(MIME):
            return False
        dragged = bytes(data.data(MIME).data()).decode()
        place = row if row >= 0 else parent.row() if parent.isValid() else len(self.items)
        before = self.items[place].id if place < len(self.items) else ""
        if before != dragged:
            self.moved.emit(dragged, before)
        return False  # else the view would take the row out


def title_of(item: Item) -> str:
    return plain(item.request.title)


def facts_of(item: Item) -> str:
    """Size, steps and number: "128 × 128 · 20 steps · 4 pictures"."""
    request = item.request
    size = "{} × {}".format(*request.size) if request.size else ""
    number = f"{request.count} pictures" if request.count > 1 else ""
    if item.endless:
        number = f"until stopped · {item.pictures} made" if item.pictures else "until stopped"
    return " · ".join(filter(None, (size, f"{request.steps} steps", number)))


def state_of(item: Item, progress: Progress | None) -> str:
    """How it stands, in a word or two."""
    if progress is not None:
        return progress.text
    words = {ItemState.RUNNING: "Elsewhere", ItemState.PAUSED: "Paused", ItemState.FAILED: "Failed"}
    made = f"{len(item.made)} of {item.request.count} made" if item.made else "Waits"
    return words.get(item.state, made)
