"""The pictures that are being made, as the galleries show them before all others: each as its newest step stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QPixmap

from gdm_studio.ui.look.imaging import glance

if TYPE_CHECKING:
    from gdm_studio.run import Run, View

Tell = Callable[[tuple["Forming", ...]], object]

MOST = 16  # of them
SIDE = 256  # device pixels of the longer side: a cell's


@dataclass(frozen=True)
class Forming:
    """One picture: the item of the queue that it is of and its number there, its looks by now, the share of its steps.
    """

    item: str
    image: int
    picture: QPixmap
    share: float

    @property
    def place(self) -> tuple[str, int]:
        """What stays the same from step to step."""
        return self.item, self.image


class FormingTiles:
    """Tells grids what is being made, until it is in the gallery."""

    def __init__(self) -> None:
        self._grids: list[Tell] = []
        self._tiles: dict[tuple[str, int], tuple[View, Forming]] = {}  # by place

    def serve(self, grid: Tell) -> None:
        """This one is told too, at once where something is being made."""
        self._grids.append(grid)
        if self._tiles:
            grid(self._now())

    def show(self, runs: Mapping[str, Run]) -> None:
        """What of these, by their items, is begun and not kept yet; without any, nothing is being made."""
        newest = {
            (item, image): views[-1]
            for item, run in runs.items()
            for image, views in enumerate(run.views)
            if views and image not in run.kept
        }
        before, told = self._tiles, self._now()
        self._tiles = {}
        for place, view in list(newest.items())[:MOST]:
            known = before.get(place)
            self._tiles[place] = known if known is not None and known[0] is view else (view, _forming(*place, view))
        if (now := self._now()) != told:
            for grid in self._grids:
                grid(now)

    def _now(self) -> tuple[Forming, ...]:
        return tuple(tile for _, tile in self._tiles.values())


def _forming(item: str, image: int, view: View) -> Forming:
    return Forming(item, image, glance(view.predicted, SIDE), view.index / view.of)
