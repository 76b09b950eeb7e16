"""The pictures of a set as a list model: what each shows, how it is made, and what there is of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap

from gdm_studio.request import Request
from gdm_studio.run import Result
from gdm_studio.ui.look.imaging import qimage
from gdm_studio.ui.look.index import ItemsModel
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


class SetModel(ItemsModel[Item]):
    """Items in the order of the list they came from."""

    def __init__(self) -> None:
        super().__init__()
        self._pixmaps: dict[int, QPixmap] = {}

    def set_items(self, items: Sequence[Item]) -> None:
        """Another set, finished pictures of it included."""
        finished = ((row, item.result) for row, item in enumerate(items))
        self._pixmaps = {row: QPixmap.fromImage(qimage(result.rgba)) for row, result in finished if result is not None}
        super().set_items(items)

    def show_step(self, row: int, rgba: np.ndarray) -> None:
        """What a picture under way looks like."""
        self._pixmaps[row] = QPixmap.fromImage(qimage(rgba))
        self.say_changed(row)

    def finish(self, row: int, result: Result) -> None:
        self.items[row] = replace(self.items[row], result=result)
        self.show_step(row, result.rgba)

    def begin_anew(self, row: int, request: Request) -> None:
        """The picture is to be made again as `request` says; the old one stays in sight until there is a step."""
        self.items[row] = Item(request)
        self.say_changed(row)

    def remove(self, rows: list[int]) -> None:
        self.set_items([item for row, item in enumerate(self.items) if row not in rows])

    def unfinished(self) -> list[int]:
        """The rows of the pictures still to make."""
        return [row for row, item in enumerate(self.items) if item.result is None]

    def results(self) -> list[Result]:
        """The finished pictures."""
        return [item.result for item in self.items if item.result is not None]

    def told(self, row: int) -> Mapping[int, Any]:
        item = self.items[row]
        is_made = item.result is not None
        return {
            Qt.ItemDataRole.DisplayRole: plain(item.thing),
            Qt.ItemDataRole.AccessibleTextRole: plain(item.thing if is_made else f"{item.thing}, not made yet"),
            Qt.ItemDataRole.ToolTipRole: tip(f"{item.thing} · seed {item.request.seed}"),
            PIXMAP: self._pixmaps.get(row),
            FINISHED: is_made,
        }
