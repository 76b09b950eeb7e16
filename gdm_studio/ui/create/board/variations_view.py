"""View of variations: an image in the middle, eight variations around it, and thumbnails of earlier middle images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gdm_studio.ui.create.board.board_cell import Cell
from gdm_studio.ui.create.board.board_view import BoardHeader, BoardView
from gdm_studio.ui.create.board.cell_scroll_area import CellArea
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets import create_tool_button
from gdm_studio.ui.widgets.layouts import clear_layout, in_row, stacked
from gdm_studio.ui.widgets.slider_row import SliderRow
from gdm_studio.ui.window_actions import FAVOUR, OTHERS, Action

if TYPE_CHECKING:
    import numpy as np

# Number of cells, and index of the middle cell.
CELLS = 9
MIDDLE = 4
# Range and default of the distance slider.
DISTANCES = (0.02, 0.6)
DISTANCE = 0.2
# Side of a path thumbnail in logical pixels, and maximum number of thumbnails.
CRUMB_SIDE = 40
MAX_CRUMBS = 9
# Milliseconds between the last movement of the slider and the generation of images.
SETTLE_MS = 250


class VariationsView(BoardView):
    """View of an image and its eight variations in a square, with thumbnails of earlier middle images below.

    `crumbs` are the thumbnails, and the slider `distance` sets how different the variations are.
    `distance_changed(float)` is emitted SETTLE_MS after the slider stops. Signals with a cell index:
    `move_requested(int)`, `compare_requested(int)` and `interpolation_requested(int)`. Others: `back_requested(int)`
    with an index in the path, `again_clicked()` and `fast_toggled(bool)`.
    """

    move_requested = Signal(int)
    compare_requested = Signal(int)
    interpolation_requested = Signal(int)
    distance_changed = Signal(float)
    again_clicked = Signal()
    fast_toggled = Signal(bool)
    back_requested = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, CellArea(theme), parent)
        self.crumbs: list[Cell] = []
        self.distance = SliderRow(
            theme,
            title=self.tr("Distance"),
            low=DISTANCES[0],
            high=DISTANCES[1],
            default=DISTANCE,
            decimals=2,
            step=0.01,
            ends=(self.tr("near"), self.tr("far")),
            tooltip=self.tr("Distance from the centre's noise: 0 is the same noise, 1 is entirely different noise"),
        )
        self._make_buttons(theme)
        self._settle_timer = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle_timer.timeout.connect(lambda: self.distance_changed.emit(self.distance.value()))
        self.distance.changed.connect(lambda _: self._settle_timer.start())
        self._path = QHBoxLayout()
        self._lay_out()
        self.area.set_tab_order_after(self._header)

    def begin(self, titles: Sequence[str]) -> None:
        """Create nine empty image cells with the given titles, and outline the middle one."""
        self._make_cells(titles, columns=3)
        self.cells[MIDDLE].set_highlighted(True)

    def focus_middle(self) -> None:
        """Move the keyboard focus to the middle image if the cell that had the focus was replaced."""
        if self.area.hasFocus() and self.cells[MIDDLE].isEnabled():
            self.cells[MIDDLE].setFocus(Qt.FocusReason.TabFocusReason)

    def set_path(self, pictures: Sequence[np.ndarray | None]) -> None:
        """Show thumbnails of all images that have been in the middle, from the first to the current one."""
        for old in self.crumbs:
            old.hide()
            old.deleteLater()
        clear_layout(self._path)
        self.crumbs = []
        hidden = max(0, len(pictures) - MAX_CRUMBS)
        for index, rgba in enumerate(pictures):
            if index >= hidden:
                self._path.addWidget(self._create_crumb(index, rgba, last=index == len(pictures) - 1))
        self._path.addStretch()

    def set_fast(self, *, offered: bool, on: bool) -> None:
        """Show the Fast button if the model has a fast version, and check the button if that version is in use."""
        self.fast.setVisible(offered)
        self.fast.setChecked(on)
        self._header.fit()

    def _entries(self, index: int) -> dict[str, Callable[[int], object]]:
        entries = super()._entries(index)
        if entries and index != MIDDLE:
            entries = {self.tr("Explore from it"): self.move_requested.emit, **entries}
            entries |= {
                self.tr("Compare with the centre"): self.compare_requested.emit,
                self.tr("Pictures between them"): self.interpolation_requested.emit,
            }
        return entries

    def _on_click(self, index: int) -> None:
        (self.use_requested if index == MIDDLE else self.move_requested).emit(index)

    def _on_favour(self) -> None:
        """Mark the focused cell's image as a favourite, or the middle image if no cell has the focus."""
        self.favourite_requested.emit(next((index for index, cell in enumerate(self.cells) if cell.hasFocus()), MIDDLE))

    def _create_crumb(self, index: int, rgba: np.ndarray | None, *, last: bool) -> Cell:
        if last:
            title = tooltip = self.tr("Current centre")
        elif index == 0:
            title = self.tr("Start")
            tooltip = self.tr("Back to the start")
        else:
            title = self.tr("Step {number} of the path").format(number=index)
            tooltip = self.tr("Back to step {number} of the path").format(number=index)
        crumb = Cell(self._theme, title, with_text=False, parent=self)
        crumb.setFixedSize(CRUMB_SIDE, CRUMB_SIDE)
        crumb.set_progress(1)
        crumb.setToolTip(tooltip)
        crumb.set_highlighted(last)
        if rgba is not None:
            crumb.set_picture(rgba)
        crumb.clicked.connect(lambda: self.back_requested.emit(index))
        self.crumbs.append(crumb)
        return crumb

    def _make_buttons(self, theme: Theme) -> None:
        fast = Action(self.tr("Fast"), self.tr("Use the fast variant of the model"), icon="zap")
        self.fast = create_tool_button(theme, fast, checkable=True)
        self.again = create_tool_button(theme, OTHERS.bind(self.again_clicked.emit))
        self.favour = create_tool_button(theme, FAVOUR.bind(self._on_favour))
        self._header = BoardHeader(theme, self.tr("Variations"), (self.fast, self.again, self.favour))
        self.fast.clicked.connect(self.fast_toggled)
        self._header.leave.clicked.connect(self.closed)

    def _lay_out(self) -> None:
        self._path.setSpacing(4)
        self.distance.setMaximumWidth(230)
        foot = in_row((self._path, 1), (self.distance, 1), margins=(16, 4, 16, 12), spacing=16)
        stacked(self._header, self._row_with_words(26), (self.area, 1), foot, on=self, spacing=4)
