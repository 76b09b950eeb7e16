"""Qt list model of the generation queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QByteArray, QMimeData, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QPixmap

from gdm_studio.jobs.queue import Item, ItemState
from gdm_studio.ui.theme.safe_text import plain, tip
from gdm_studio.ui.translation import count_of_pictures, translate
from gdm_studio.ui.widgets.item_models import Index, ItemsModel

ITEM = Qt.ItemDataRole.UserRole
PROGRESS = Qt.ItemDataRole.UserRole + 1
# Data role of the phrase for the item's state.
STATE = Qt.ItemDataRole.UserRole + 2
MIME = "application/x-gdm-studio-queue"


@dataclass(frozen=True)
class Progress:
    """Progress of a queue item that is being generated.

    `share` is the completed fraction from 0 to 1, and `picture` the preview image.
    """

    share: float = 0.0
    text: str = ""
    picture: QPixmap | None = None


class QueueModel(ItemsModel[Item]):
    """Qt list model of the generation queue, whose items the user can reorder by dragging.

    Emits `moved(id, before)` after a drop, where `before` is the id of the following item, or "" at the end.
    """

    moved = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._progress: dict[str, Progress] = {}
        self._wait_reasons: dict[str, str] = {}

    def show_items(self, items: Sequence[Item]) -> None:
        """Show the given queue items, repainting only the changed rows if no items were added, removed or moved."""
        before = self.items
        if [item.id for item in before] != [item.id for item in items]:
            self.set_items(items)
            return
        self.items = list(items)
        for row, (old, new) in enumerate(zip(before, items, strict=True)):
            if old != new:
                self.emit_changed(row)

    def show_progress(self, progress: Mapping[str, Progress]) -> None:
        """Set the progress of the running queue items, keyed by item id, and repaint their rows."""
        before = self._progress
        self._progress = dict(progress)
        for row, item in enumerate(self.items):
            if item.id in progress or item.id in before:
                self.emit_changed(row)

    def show_waits(self, waits: Mapping[str, str]) -> None:
        """Set the reasons why queue items are waiting, keyed by item id, and repaint the changed rows."""
        before = self._wait_reasons
        self._wait_reasons = dict(waits)
        for row, item in enumerate(self.items):
            if waits.get(item.id) != before.get(item.id):
                self.emit_changed(row)

    def row_of(self, item_id: str) -> int:
        """Return the row of the queue item with this id, or -1 if it is not in the list."""
        return next((row for row, item in enumerate(self.items) if item.id == item_id), -1)

    def row_data(self, row: int) -> Mapping[int, Any]:
        item = self.items[row]
        title = title_of(item)
        progress = self._progress.get(item.id)
        waits = self._wait_reasons.get(item.id, "")
        state = state_of(item, progress, waits)
        return {
            Qt.ItemDataRole.DisplayRole: title,
            Qt.ItemDataRole.AccessibleTextRole: ", ".join((title, facts_of(item), state)),
            Qt.ItemDataRole.ToolTipRole: tip("\n".join(filter(None, (title, item.error or waits)))),
            ITEM: item,
            PROGRESS: progress,
            STATE: state,
        }

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            # Items can be dropped between rows, but not onto a row.
            return Qt.ItemFlag.ItemIsDropEnabled
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
        """Emit `moved` when the user drops a queue item at a new position. The row itself moves once the queue has
        changed.
        """
        if not data.hasFormat(MIME):
            return False
        dragged = bytes(data.data(MIME).data()).decode()
        place = row if row >= 0 else parent.row() if parent.isValid() else len(self.items)
        before = self.items[place].id if place < len(self.items) else ""
        if before != dragged:
            self.moved.emit(dragged, before)
        # If this returned True, the view would remove the dragged row.
        return False


def title_of(item: Item) -> str:
    """Return a queue item's title, usually its prompt, as a single line without control characters."""
    return plain(item.request.title)


def facts_of(item: Item) -> str:
    """Return a queue item's size, steps and number of images, such as "128 × 128 · 20 steps · 4 pictures".

    If a program requested the images, its name follows.
    """
    request = item.request
    size = "{} × {}".format(*request.size) if request.size else ""
    steps = translate("QueueModel", "%n step(s)", "", request.steps)
    number = count_of_pictures(request.count) if request.count > 1 else ""
    if item.endless:
        number = translate("QueueModel", "until stopped")
        if item.pictures:
            number += translate("QueueModel", " · {count} made").format(count=item.pictures)
    return " · ".join(filter(None, (size, steps, number, plain(item.asked_by))))


def state_of(item: Item, progress: Progress | None, waits: str = "") -> str:
    """Return a phrase for a queue item's state, such as "Paused". `waits` is the reason why a waiting item has to
    wait.
    """
    if progress is not None:
        return progress.text
    if item.state is ItemState.RUNNING:
        return translate("QueueModel", "Running in another window")
    if item.state is ItemState.PAUSED:
        return translate("QueueModel", "Paused")
    if item.state is ItemState.FAILED:
        return translate("QueueModel", "Failed")
    made = translate("QueueModel", "{done} of {count} made").format(done=len(item.made), count=item.request.count)
    if not item.made:
        return waits or translate("QueueModel", "Waiting")
    return f"{made} · {waits}" if waits else made
