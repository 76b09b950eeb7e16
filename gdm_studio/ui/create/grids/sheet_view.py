"""The sheet on the stage: a head that says what the pictures go over, and a cell for each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QWidget

from gdm_studio.ui.actions import AXES, COMPARE, FAVOURITE, SAVE_SHEET, USE
from gdm_studio.ui.create.grids.board_view import BoardView
from gdm_studio.ui.create.grids.cells import Cells
from gdm_studio.ui.create.grids.head import Head
from gdm_studio.ui.create.grids.setup import Setup
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import ActionButton, Choice, Segmented, tool
from gdm_studio.ui.widgets.layouts import stacked

PACES = [
    Choice("sampler", "Same settings", "Every scheduler with the steps and the spacing that are set"),
    Choice("sampler_own", "Each at its best", "Every scheduler with its own usual steps and spacing"),
]


class SheetView(BoardView):
    """Signals: `pace_chosen(str)`, an id of PACES; `stop_clicked()`, `compare_clicked()`, `save_clicked()`, and from
    the menu of a cell `compared(int)`. Setters: `begin(titles, across, down)`, `set_title(title)`, `set_pace(id)`,
    `set_state(running, savable, missing)`. Parts: `pace`, `axes` (which shows `setup` in place of the cells),
    `compare`, `save`, `stop`.
    """

    pace_chosen = Signal(str)
    stop_clicked = Signal()
    compare_clicked = Signal()
    save_clicked = Signal()
    compared = Signal(int)

    def __init__(self, theme: Theme, setup: Setup, parent: QWidget | None = None) -> None:
        super().__init__(theme, Cells(theme), parent)
        self._setup = setup
        self.pace = Segmented(theme, PACES, name="Settings of the schedulers")
        self.axes = tool(theme, AXES, checkable=True)
        self.compare = tool(theme, COMPARE.keyless.does(self.compare_clicked.emit))
        self.stop = ActionButton(theme, "Stop", tooltip="", role="small")
        self.save = tool(theme, SAVE_SHEET.does(self.save_clicked.emit))
        self._head = Head(theme, "", (self.pace, self.axes, self.compare, self.save))
        self._lay_out()
        self.axes.toggled.connect(self._on_axes)
        self.pace.chosen.connect(self.pace_chosen)
        self.stop.clicked.connect(self.stop_clicked)
        self._head.leave.clicked.connect(self.closed)
        self.set_state(running=False, savable=False)

    def begin(self, titles: Sequence[str], across: Sequence[str] = (), down: Sequence[str] = ()) -> None:
        """Empty cells of these titles; with labels they stand in rows and columns, else they follow each other."""
        self._make_cells(titles, self.taken.emit, worded=not across)
        self._area.set_cells(self.cells, across, down)

    def set_title(self, title: str) -> None:
        """What it goes over."""
        self._head.set_title(title)

    def set_pace(self, pace: str) -> None:
        """How the schedulers of an axis are set; "" where none goes over them."""
        self.pace.setVisible(bool(pace))
        if pace:
            self.pace.set_choice(pace)
        self._head.fit()

    def set_state(self, *, running: bool, savable: bool, missing: bool = False) -> None:
        """What can be done; `missing` where it was stopped before all were made."""
        self.stop.setVisible(running or missing)
        self.stop.setText("Stop" if running else "Go on")
        self.stop.setAccessibleName(self.stop.text())
        self.stop.setToolTip("Leave out what is not made yet" if running else "Make what is missing")
        self.save.setEnabled(savable)
        self.compare.setEnabled(savable)

    def _entries(self, place: int) -> dict[str, SignalInstance]:
        return {USE.label: self.taken, COMPARE.label: self.compared, FAVOURITE.label: self.favoured}

    def _on_axes(self, on: bool) -> None:
        self._area.setVisible(not on)
        if not on and self._setup.isAncestorOf(self.focusWidget()):
            self._area.setFocus()
        self._setup.setVisible(on)

    def _lay_out(self) -> None:
        stacked(self._head, self._words_beside(30, self.stop), (self._area, 1), (self._setup, 1), on=self, spacing=4)
        self._setup.hide()
