"""View of a grid of generated images: a header with tools, and one cell per image."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.ui.create.board.board_view import WAIT, BoardHeader, BoardView
from gdm_studio.ui.create.board.cell_scroll_area import CellArea
from gdm_studio.ui.create.board.grid_axis_editor import GridSetup
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets import ActionButton, Choice, Segmented, create_tool_button
from gdm_studio.ui.widgets.icon_button import refuse
from gdm_studio.ui.widgets.layouts import stacked
from gdm_studio.ui.window_actions import AXES, COMPARE, SAVE_SHEET

# Modes of comparing schedulers: name of the axis setting, title, and explanation.
SCHEDULER_MODES = [
    (
        "sampler",
        QT_TRANSLATE_NOOP("GridView", "Same settings"),
        QT_TRANSLATE_NOOP("GridView", "Every scheduler with the steps and the spacing that are set"),
    ),
    (
        "sampler_own",
        QT_TRANSLATE_NOOP("GridView", "Each at its best"),
        QT_TRANSLATE_NOOP("GridView", "Every scheduler with its own default steps and spacing"),
    ),
]


class GridView(BoardView):
    """View of a grid of generated images: a header with tools, and one cell per image.

    The header's button `axes` shows the editor `setup` instead of the images. Signals: `scheduler_mode_chosen(str)`
    with a name from SCHEDULER_MODES, `stop_clicked()`, `compare_clicked()`, `save_clicked()`, and
    `compare_requested(int)` with a cell's index from its context menu.
    """

    scheduler_mode_chosen = Signal(str)
    stop_clicked = Signal()
    compare_clicked = Signal()
    save_clicked = Signal()
    compare_requested = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, CellArea(theme), parent)
        self.setup = GridSetup(theme)
        modes = [
            Choice(name, translate("GridView", title), translate("GridView", tip))
            for name, title, tip in SCHEDULER_MODES
        ]
        self.scheduler_mode = Segmented(theme, modes, name=self.tr("Settings of the schedulers"))
        self.axes = create_tool_button(theme, AXES, checkable=True)
        self.compare = create_tool_button(theme, COMPARE.keyless.bind(self.compare_clicked.emit))
        self.stop = ActionButton(theme, self.tr("Stop"), tooltip="", role="small")
        self.cluster = self._cluster_button()
        self.save = create_tool_button(theme, SAVE_SHEET.bind(self.save_clicked.emit))
        self._header = BoardHeader(theme, "", (self.scheduler_mode, self.axes, self.compare, self.save))
        self._lay_out()
        self.area.set_tab_order_after(self._header)
        self.axes.toggled.connect(self._on_axes)
        self.scheduler_mode.chosen.connect(self.scheduler_mode_chosen)
        self.stop.clicked.connect(self.stop_clicked)
        self._header.leave.clicked.connect(self.closed)
        self.set_state(running=False, savable=False)

    def begin(self, titles: Sequence[str], across: Sequence[str] = (), down: Sequence[str] = ()) -> None:
        """Create an empty cell for each image of the grid. With labels, the cells form rows and columns; without, they
        are in reading order.
        """
        self._make_cells(titles, across, down, with_text=not across)

    def set_title(self, title: str) -> None:
        """Set the title in the header of the grid view."""
        self._header.set_title(title)

    def set_scheduler_mode(self, mode: str) -> None:
        """Select a mode of comparing schedulers, one of SCHEDULER_MODES, in the menu of modes. "" hides the menu."""
        self.scheduler_mode.setVisible(bool(mode))
        if mode:
            self.scheduler_mode.set_choice(mode)
        self._header.fit()

    def set_state(
        self, *, running: bool, savable: bool, missing: bool = False, cluster: bool = False, connecting: bool = False
    ) -> None:
        """Show, hide and enable the grid's buttons according to its state.

        `missing` is True if some images were not generated. `cluster` offers to run the grid on a cluster, and
        `connecting` is True while the window connects to it.
        """
        self.cluster.setVisible(cluster)
        self.cluster.setEnabled(not connecting)
        self.stop.setVisible(running or missing)
        self.stop.setText(self.tr("Stop") if running else self.tr("Continue"))
        self.stop.setAccessibleName(self.stop.text())
        self.stop.setToolTip(self.tr("Skip the missing pictures") if running else self.tr("Make the missing pictures"))
        reason = "" if savable else translate("BoardView", WAIT)
        refuse(self.save, reason, SAVE_SHEET.tooltip)
        refuse(self.compare, reason, COMPARE.keyless.tooltip)

    def submit(self) -> bool:
        if self.setup.isHidden():
            return False
        self.setup.make.click()
        return True

    def _entries(self, index: int) -> dict[str, Callable[[int], object]]:
        entries = super()._entries(index)
        return {**entries, COMPARE.label: self.compare_requested.emit} if entries else {}

    def _on_axes(self, on: bool) -> None:
        self.area.setVisible(not on)
        if not on and self.setup.isAncestorOf(self.focusWidget()):
            self.area.setFocus()
        self.setup.setVisible(on)

    def _lay_out(self) -> None:
        stacked(
            self._header,
            self._row_with_words(30, self.cluster, self.stop),
            (self.area, 1),
            (self.setup, 1),
            on=self,
            spacing=4,
        )
        self.setup.hide()
