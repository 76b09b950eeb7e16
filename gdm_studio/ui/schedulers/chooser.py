"""Which schedulers are compared: one chip each, in the groups of the menu."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from gdm_studio.ui.theme import Theme
from gdm_studio.ui.widgets import ActionButton, Choice, IconButton, label

COLUMNS = 3
MOST = 24  # that one sheet compares


class Chooser(QFrame):
    """Signals: `chosen(list)`, names, once people are done. Setters: `set_choices(choices, chosen)`."""

    chosen = Signal(list)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._theme = theme
        self.chips: dict[str, IconButton] = {}
        self._count = label("", "muted")
        self.make = ActionButton(theme, "Compare them", tooltip="Make one picture with each", role="primary")
        self.make.clicked.connect(lambda: self.chosen.emit(self._names()))
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 8, 16, 14)
        foot.addWidget(self._count, 1)
        foot.addWidget(self.make)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._scroll, 1)
        column.addLayout(foot)

    def set_choices(self, choices: list[Choice], chosen: list[str]) -> None:
        """All schedulers in their groups, those `chosen` so far marked; refused ones cannot be."""
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 4, 16, 4)
        column.setSpacing(8)
        self.chips = {}
        for group in dict.fromkeys(choice.group for choice in choices):
            column.addWidget(label(group))
            grid = QGridLayout()
            grid.setSpacing(6)
            grid.setContentsMargins(0, 0, 0, 8)
            for place, choice in enumerate(c for c in choices if c.group == group):
                chip = self._chip(choice, on=choice.id in chosen)
                grid.addWidget(chip, place // COLUMNS, place % COLUMNS)
            for across in range(COLUMNS):
                grid.setColumnStretch(across, 1)
            column.addLayout(grid)
        column.addStretch()
        self._scroll.setWidget(page)
        self._show_count()

    def _chip(self, choice: Choice, *, on: bool) -> IconButton:
        tooltip = choice.refused or choice.summary
        chip = IconButton(self._theme, "plus", tooltip=tooltip, text=choice.title, checkable=True, size=12)
        chip.setProperty("role", "chip")
        chip.setFont(self._theme.font(12, 500))
        chip.setFixedHeight(32)
        chip.setMinimumWidth(1)
        chip.setSizePolicy(chip.sizePolicy().Policy.Ignored, chip.sizePolicy().Policy.Fixed)
        chip.setEnabled(not choice.refused)
        chip.toggled.connect(lambda on: chip.set_icon("check" if on else "plus", "accent" if on else "muted"))
        chip.toggled.connect(self._show_count)
        chip.setChecked(on and not choice.refused)
        self.chips[choice.id] = chip
        return chip

    def _names(self) -> list[str]:
        return [name for name, chip in self.chips.items() if chip.isChecked()]

    def _show_count(self) -> None:
        count = len(self._names())
        self._count.setText(f"{count} chosen" if count <= MOST else f"{count} chosen; at most {MOST} fit on a sheet")
        self.make.setEnabled(2 <= count <= MOST)
        self._count.setAlignment(Qt.AlignmentFlag.AlignVCenter)
