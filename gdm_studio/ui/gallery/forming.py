"""The pictures that are being made, as the galleries show them before all others: each as its newest step stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QPixmap

from gdm_studio.ui.imaging import qimage

if TYPE_CHECKING:
    from gdm_studio.run import Run, View

Tell = Callable[[tuple["Forming", ...]], object]

MOST = 16  # of them


@dataclass(frozen=True)
class Forming:
    """One picture: how it looks by now, and the share of its steps that is made."""

    picture: QPixmap
    share: float


class FormingTiles:
    """Tells grids what is being made, until it is in the gallery."""

    def __init__(self) -> None:
        self._grids: list[Tell] = []
        self._tiles: dict[tuple[int, int], tuple[View, Forming]] = {}  # by run and picture

    def serve(self, grid: Tell) -> None:
        """This one is told too, at once where something is being made."""
        self._grids.append(grid)
        if self._tiles:
            grid(self._now())

    def show(self, runs: Sequence[Run]) -> None:
        """What of these is begun and not kept yet; without any, nothing is being made."""
        newest = {
            (id(run), image): views[-1]
            for run in runs
            for image, views in enumerate(run.views)
            if views and image not in run.kept
        }
        before, self._tiles = self._tiles, {}
        for place, view in list(newest.items())[:MOST]:
            known = before.get(place)
            self._tiles[place] = known if known is not None and known[0] is view else (view, _forming(view))
        if self._tiles or before:
            for grid in self._grids:
                grid(self._now())

    def _now(self) -> tuple[Forming, ...]:
        return tuple(tile for _, tile in self._tiles.values())


def _forming(view: View) -> Forming:
    return Forming(QPixmap.fromImage(qimage(view.predicted)), view.index / view.of)
