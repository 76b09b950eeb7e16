"""View that shows all images of a job side by side."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gdm_studio.request.generation_events import View
from gdm_studio.ui.create.board.board_cell import Cell
from gdm_studio.ui.create.board.cell_scroll_area import CellArea
from gdm_studio.ui.denoising_steps import view_modes
from gdm_studio.ui.theme.theme import Theme

if TYPE_CHECKING:
    import numpy as np

# Maximum number of images shown side by side. Larger jobs show one image at a time.
MAX_PICTURES = 36


class PicturesSheet(CellArea):
    """View that shows all images of a job side by side, each in a cell.

    Signal: `chosen(int)` with the index of a clicked image.
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent=parent)
        self._theme = theme
        self.cells: list[Cell] = []
        # Arrays that the cells show, to detect changes.
        self._shown_arrays: list[view_modes.Sources] = []
        self.setAccessibleName(self.tr("Pictures of the run"))
        self.hide()

    def begin(self, count: int) -> None:
        """Create an empty cell for each of the `count` images of a job."""
        self.cells = [
            Cell(self._theme, self.tr("Picture {number}").format(number=number), with_text=False, parent=self.page)
            for number in range(1, count + 1)
        ]
        self._shown_arrays = [()] * count
        for place, cell in enumerate(self.cells):
            cell.clicked.connect(lambda _=False, place=place: self.chosen.emit(place))
        self.set_cells(self.cells, columns=ceil(sqrt(count)))

    def show_picture(self, image: int, rgba: np.ndarray) -> None:
        """Show the pixels (uint8 RGBA) of an image of the job that has no denoising steps."""
        self.cells[image].set_picture(rgba)

    def mark(self, image: int) -> None:
        """Outline the cell of the image with this index, whose denoising steps the filmstrip shows."""
        for place, cell in enumerate(self.cells):
            cell.set_highlighted(place == image)

    def fill(self, views: Sequence[Sequence[View]], mode: str) -> None:
        """Show the newest denoising step of each image of the job in a view mode, redrawing only changed cells."""
        for place, (cell, steps) in enumerate(zip(self.cells, views, strict=True)):
            sources = view_modes.sources(steps, len(steps), mode) if steps else ()
            if not sources:
                continue
            before = self._shown_arrays[place]
            if not view_modes.is_same(sources, before):
                self._shown_arrays[place] = sources
                cell.set_picture(view_modes.picture(sources, cell.width()))
            cell.set_progress(steps[-1].index / steps[-1].of)
            # An image can be opened while it is being generated.
            cell.setEnabled(True)
            cell.setToolTip(self.tr("Show only picture {number}").format(number=place + 1))
