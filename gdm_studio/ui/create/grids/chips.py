"""Several of a list: one chip each, in the groups of its menu."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import Choice, IconButton, label
from gdm_studio.ui.widgets.layouts import in_grid, stacked

CHIP = 200  # logical pixels a chip has at least


class Chips(QWidget):
    """Signals: `changed()`, by people. Setter: `set_choices(choices, chosen)`. Reader: `names()` of those ticked, in
    the order of the list. Part: `chips` by name."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.chips: dict[str, IconButton] = {}
        self._grids: list[tuple[QGridLayout, list[IconButton]]] = []
        self._columns = 3
        self._column = stacked(on=self, spacing=0)
        self._page: QWidget | None = None

    def set_choices(self, choices: Sequence[Choice], chosen: Sequence[str]) -> None:
        """All of a list in their groups, those `chosen` so far marked; refused ones cannot be."""
        if self._page is not None:
            self._page.hide()
            self._page.deleteLater()
        self._page = QWidget(self)
        column = stacked(on=self._page, spacing=6)
        self.chips, self._grids = {}, []
        for group in dict.fromkeys(choice.group for choice in choices):
            if group:
                column.addWidget(label(group))
            grid = in_grid(margins=(0, 0, 0, 6), across=6, down=6)
            chips = [self._chip(choice, on=choice.id in chosen) for choice in choices if choice.group == group]
            self._grids.append((grid, chips))
            column.addLayout(grid)
        self._column.addWidget(self._page)
        self._arrange()
        self._page.show()

    def names(self) -> list[str]:
        return [name for name, chip in self.chips.items() if chip.isChecked()]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        columns = max(2, self.width() // CHIP)
        if columns != self._columns:
            self._columns = columns
            self._arrange()

    def _arrange(self) -> None:
        for grid, chips in self._grids:
            for across in range(grid.columnCount()):
                grid.setColumnStretch(across, 0)
            for place, chip in enumerate(chips):
                grid.addWidget(chip, place // self._columns, place % self._columns)
            for across in range(self._columns):
                grid.setColumnStretch(across, 1)

    def _chip(self, choice: Choice, *, on: bool) -> IconButton:
        tooltip = choice.refused or choice.summary or choice.title
        chip = IconButton(self._theme, "plus", tooltip=tooltip, text=choice.title, checkable=True, size=12, parent=self)
        chip.setProperty("role", "chip")
        chip.setFont(self._theme.font(12, 500))
        chip.setFixedHeight(32)
        chip.setMinimumWidth(1)
        chip.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        chip.setEnabled(not choice.refused)
        chip.toggled.connect(lambda on: chip.set_icon("check" if on else "plus", "accent" if on else "muted"))
        chip.setChecked(on and not choice.refused)
        chip.clicked.connect(self.changed)
        self.chips[choice.id] = chip
        return chip
