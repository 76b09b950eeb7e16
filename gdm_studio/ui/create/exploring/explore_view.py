"""The sheet of variations: the picture in the middle, eight near it around, and the way one has come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gdm_studio.ui.actions import FAVOUR, OTHERS, Action
from gdm_studio.ui.create.grids.board_view import BoardView
from gdm_studio.ui.create.grids.cell import Cell
from gdm_studio.ui.create.grids.cells import Cells
from gdm_studio.ui.create.grids.head import Head
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import SliderRow, tool
from gdm_studio.ui.widgets.layouts import empty, in_row, stacked

if TYPE_CHECKING:
    import numpy as np

PLACES, MIDDLE = 9, 4
DISTANCES = (0.02, 0.6)
DISTANCE = 0.2
CRUMB, CRUMBS = 40, 9  # side of a picture of the way; as many as are shown, the latest
SETTLE_MS = 250  # after the slider, before pictures are made


class ExploreView(BoardView):
    """Signals: `walked(int)` to a neighbour, `compared(int)`, `between_asked(int)`, with places 0 … 8 of which 4 is the
    middle; `distance_changed(float)` once the slider rests, `again_clicked()`, `fast_toggled(bool)`, `went_back(int)`
    to a place of the way.

    Setters: `begin(titles)`, `focus_middle()`, `set_way(pictures)`, `set_fast(offered, on)`. Parts: `distance`, `fast`,
    `again`, `crumbs`.
    """

    walked = Signal(int)
    compared = Signal(int)
    between_asked = Signal(int)
    distance_changed = Signal(float)
    again_clicked = Signal()
    fast_toggled = Signal(bool)
    went_back = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, Cells(theme), parent)
        self.crumbs: list[Cell] = []
        self.distance = SliderRow(
            theme, title="Distance", low=DISTANCES[0], high=DISTANCES[1], default=DISTANCE, decimals=2, step=0.01,
            ends=("near", "far"),
            tooltip="How far the noise of the eight lies from that of the middle: 0 the same, 1 another altogether",
        )  # fmt: skip
        self._make_buttons(theme)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(lambda: self.distance_changed.emit(self.distance.value()))
        self.distance.changed.connect(lambda _: self._settle.start())
        self._way = QHBoxLayout()
        self._lay_out()

    def begin(self, titles: Sequence[str]) -> None:
        """Nine empty cells."""
        self._make_cells(titles, self._on_click)
        self.cells[MIDDLE].set_ringed(True)
        self._area.set_cells(self.cells, columns=3)

    def focus_middle(self) -> None:
        """Where the focus was on a cell that is gone, it is on the middle."""
        if self._area.hasFocus() and self.cells[MIDDLE].isEnabled():
            self.cells[MIDDLE].setFocus(Qt.FocusReason.TabFocusReason)

    def set_way(self, pictures: Sequence[np.ndarray | None]) -> None:
        """The pictures that were in the middle, from the first to the present one."""
        for old in self.crumbs:
            old.hide()
            old.deleteLater()
        empty(self._way)
        self.crumbs = []
        hidden = max(0, len(pictures) - CRUMBS)
        for place, rgba in enumerate(pictures):
            if place >= hidden:
                self._way.addWidget(self._crumb(place, rgba, last=place == len(pictures) - 1))
        self._way.addStretch()

    def set_fast(self, *, offered: bool, on: bool) -> None:
        """Whether the model has a quick version, and whether it makes them."""
        self.fast.setVisible(offered)
        self.fast.setChecked(on)
        self._head.fit()

    def _entries(self, place: int) -> dict[str, SignalInstance]:
        entries = super()._entries(place)
        if place != MIDDLE:
            entries = {"Walk there": self.walked, **entries}
            entries |= {"Compare with the middle": self.compared, "Pictures between them": self.between_asked}
        return entries

    def _on_click(self, place: int) -> None:
        (self.taken if place == MIDDLE else self.walked).emit(place)

    def _on_favour(self) -> None:
        """Of what the focus is on, else the middle."""
        self.favoured.emit(next((place for place, cell in enumerate(self.cells) if cell.hasFocus()), MIDDLE))

    def _crumb(self, place: int, rgba: np.ndarray | None, *, last: bool) -> Cell:
        title = "Where you are" if last else "The beginning" if place == 0 else f"Step {place} of the way"
        crumb = Cell(self._theme, title, worded=False, parent=self)
        crumb.setFixedSize(CRUMB, CRUMB)
        crumb.set_progress(1)
        crumb.setToolTip(title if last else f"Back to {title[0].lower()}{title[1:]}")
        crumb.set_ringed(last)
        if rgba is not None:
            crumb.set_picture(rgba)
        crumb.clicked.connect(lambda: self.went_back.emit(place))
        self.crumbs.append(crumb)
        return crumb

    def _make_buttons(self, theme: Theme) -> None:
        fast = Action("Fast", "Sketch them with the quick version of the model", icon="zap")
        self.fast = tool(theme, fast, checkable=True)
        self.again = tool(theme, OTHERS.does(self.again_clicked.emit))
        self.favour = tool(theme, FAVOUR.does(self._on_favour))
        self._head = Head(theme, "Variations", (self.fast, self.again, self.favour))
        self.fast.clicked.connect(self.fast_toggled)
        self._head.leave.clicked.connect(self.closed)

    def _lay_out(self) -> None:
        self._way.setSpacing(4)
        self.distance.setMaximumWidth(230)
        foot = in_row((self._way, 1), (self.distance, 1), margins=(16, 4, 16, 12), spacing=16)
        stacked(self._head, self._words_beside(26), (self._area, 1), foot, on=self, spacing=4)
