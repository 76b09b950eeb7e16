"""Tiles of images in progress, which the galleries show before all other images."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QPixmap

from gdm_studio.ui.theme.imaging import create_thumbnail_quickly

if TYPE_CHECKING:
    from gdm_studio.request.generation_events import Run, View

ShowTiles = Callable[[tuple["InProgressImage", ...]], object]

# Maximum number of tiles.
MOST = 16
# Longer side of a tile's picture in device pixels, enough for a cell.
SIDE = 256


@dataclass(frozen=True)
class InProgressImage:
    """Preview of an image that is being generated: image number `image` of the queue item with the id `item`.

    `share` is the finished fraction of its steps.
    """

    item: str
    image: int
    picture: QPixmap
    share: float

    @property
    def place(self) -> tuple[str, int]:
        """Identity of the image that is being generated: the pair (queue item id, image number), which is the same for
        all of its steps.
        """
        return self.item, self.image


class InProgressTiles:
    """Publisher of the previews of images in progress, which the grids show until the finished images are saved."""

    def __init__(self) -> None:
        self._grids: list[ShowTiles] = []
        # {(queue item id, image number): (preview that is shown, tile)}
        self._tiles: dict[tuple[str, int], tuple[View, InProgressImage]] = {}

    def add_grid(self, grid: ShowTiles) -> None:
        """Register a callback for the previews of images in progress. It is called now if there are any, and after each
        change.
        """
        self._grids.append(grid)
        if self._tiles:
            grid(self._all_tiles())

    def show(self, runs: Mapping[str, Run]) -> None:
        """Show the newest preview of each image in the given runs that is not saved yet. The keys of `runs` are queue
        item ids.
        """
        newest = {
            (item, image): views[-1]
            for item, run in runs.items()
            for image, views in enumerate(run.views)
            if views and image not in run.kept
        }
        before = self._tiles
        published = self._all_tiles()
        self._tiles = {}
        for place, view in list(newest.items())[:MOST]:
            previous = before.get(place)
            if previous is not None and previous[0] is view:
                self._tiles[place] = previous
            else:
                self._tiles[place] = (view, _create_tile(*place, view))
        if (current := self._all_tiles()) != published:
            for grid in self._grids:
                grid(current)

    def _all_tiles(self) -> tuple[InProgressImage, ...]:
        return tuple(tile for _, tile in self._tiles.values())


def _create_tile(item: str, image: int, view: View) -> InProgressImage:
    return InProgressImage(item, image, create_thumbnail_quickly(view.predicted, SIDE), view.index / view.of)
