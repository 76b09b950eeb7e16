"""What a grid is to go over: its two axes, how many pictures that is, and the button that makes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from gdm_studio.engine.grids import Kind
from gdm_studio.errors import BadRequest
from gdm_studio.ui.create.grids.axis_edit import AxisEdit
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import ActionButton, Choice, ElidedLabel
from gdm_studio.ui.widgets.layouts import in_row, scrolled, stacked
from gdm_studio.ui.widgets.scroll_bar import OverlayScrollBar

Written = tuple[str, str]  # the name of a setting, and its values as people write them
Judge = Callable[[Written, Written], str]  # what the grid of these axes is, in words; raises BadRequest


class Setup(QFrame):
    """Signal: `made(tuple x, tuple y)`, each `Written`, y with no name where there is but one axis.

    Parts: `across`, `down` (AxisEdit), `make`. Setters: `set_kinds(kinds, choices)`, `set_axes(x, y)`.
    """

    made = Signal(object, object)

    def __init__(self, theme: Theme, judge: Judge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._judge = judge
        self.across = AxisEdit(theme, "Across", optional=False)
        self.down = AxisEdit(theme, "Down", optional=True)
        self._words = ElidedLabel("", "muted")
        self.make = ActionButton(theme, "Make the grid", tooltip="One picture for each", keys="Return", role="primary")
        page = QWidget()
        both = in_row(
            (self.across, 1, Qt.AlignmentFlag.AlignTop), (self.down, 1, Qt.AlignmentFlag.AlignTop), spacing=16
        )
        stacked(both, self.across.chips, self.down.chips, ..., on=page, margins=(16, 6, 16, 8), spacing=16)
        scroll = scrolled(page)
        self._bar = OverlayScrollBar(scroll)
        foot = in_row((self._words, 1), self.make, margins=(16, 8, 16, 14), spacing=12)
        stacked((scroll, 1), foot, on=self)
        for edit in (self.across, self.down):
            edit.changed.connect(self._show)
            edit.submitted.connect(self.make.click)
        self.make.clicked.connect(lambda: self.made.emit(*self._written()))

    def set_kinds(self, kinds: Mapping[str, Kind], choices: Mapping[str, Sequence[Choice]]) -> None:
        """The settings that axes can go over, and what there is to tick of those that are ticked."""
        self.across.set_kinds(kinds, choices)
        self.down.set_kinds(kinds, choices)
        self._show()

    def set_axes(self, x: Written, y: Written) -> None:
        """What the axes go over now."""
        self.across.set_axis(*x)
        self.down.set_axis(*y)
        self._show()

    def _written(self) -> tuple[Written, Written]:
        return (self.across.kind(), self.across.text()), (self.down.kind(), self.down.text())

    def _show(self) -> None:
        """How many pictures it is, or why it is none; said while it is typed."""
        try:
            self._words.setText(self._judge(*self._written()))
            self.make.setEnabled(True)
        except BadRequest as error:
            self._words.setText(str(error))
            self.make.setEnabled(False)
