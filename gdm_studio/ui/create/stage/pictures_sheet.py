"""The pictures of one run side by side, each as far as it is made: a sheet that fills."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gdm_studio.run import View
from gdm_studio.ui import looks
from gdm_studio.ui.create.grids.cell import Cell
from gdm_studio.ui.create.grids.cells import Cells
from gdm_studio.ui.look.theme import Theme

MOST = 36  # pictures that are seen at a glance; of more, one after another is shown large


class PicturesSheet(Cells):
    """Signal: `chosen(int)`, a picture that is to be seen large. Setters: `begin(count)`, `fill(views, look)`,
    `mark(image)`."""

    chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent=parent)
        self._theme = theme
        self.cells: list[Cell] = []
        self._seen: list[looks.Sources] = []  # what the cells show
        self.setAccessibleName("Pictures of the run")
        self.hide()

    def begin(self, count: int) -> None:
        """Empty cells of so many pictures."""
        self.cells = [
            Cell(self._theme, f"Picture {number}", worded=False, parent=self.page) for number in range(1, count + 1)
        ]
        self._seen = [()] * count
        for place, cell in enumerate(self.cells):
            cell.clicked.connect(lambda _=False, place=place: self.chosen.emit(place))
        self.set_cells(self.cells, columns=ceil(sqrt(count)))

    def mark(self, image: int) -> None:
        """Rings the picture whose steps are shown below."""
        for place, cell in enumerate(self.cells):
            cell.set_ringed(place == image)

    def fill(self, views: Sequence[Sequence[View]], look: str) -> None:
        """The newest step of each picture, in one of the LOOKS; only what is another than before is drawn."""
        for place, (cell, steps) in enumerate(zip(self.cells, views, strict=True)):
            found = looks.sources(steps, len(steps), look) if steps else ()
            if not found:
                continue
            before = self._seen[place]
            if len(found) != len(before) or any(one is not other for one, other in zip(found, before, strict=True)):
                self._seen[place] = found
                cell.set_picture(looks.picture(found, cell.width()))
            cell.set_progress(steps[-1].index / steps[-1].of)
            cell.setEnabled(True)  # to be looked at while it is made
            cell.setToolTip(f"Look at picture {place + 1} alone")
