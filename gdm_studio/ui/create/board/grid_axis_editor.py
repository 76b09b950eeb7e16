"""Editor in which the user chooses the settings and values that a grid of images varies."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QSizePolicy, QWidget

from gdm_studio.engine.grids import PROMPT, AxisSetting
from gdm_studio.request.generation_request import SETTINGS
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import labelled, translate, within_text
from gdm_studio.ui.widgets import ActionButton, Choice, Combo, ElidedLabel, IconButton, label, wrapped
from gdm_studio.ui.widgets.fields import TextLine
from gdm_studio.ui.widgets.layouts import OverlayScrollBar, in_grid, in_row, scrolled, stacked

# Name of a setting, and its values as typed by the user.
Written = tuple[str, str]
# Number of values that are ticked by default.
DEFAULT_TICKS = 3
# The minimum width of a chip in logical pixels.
MIN_CHIP_WIDTH = 200
# A decimal comma: the only comma in digits without spaces, unlike the commas of "4,8,20".
_DECIMAL = re.compile(r"(?<!\d)(?<!\d,)(\d+),(\d+)(?!,?\d)")


class GridSetup(QFrame):
    """Editor of the two axes of a grid of images, with the button that generates the grid.

    `across` edits the columns (x), and `down` edits the rows (y). Signals: `edited(x, y)` when an axis has changed, and
    `submitted(x, y)` when the button `make` is clicked. Each axis is a pair (setting name, typed values). The name of y
    is "" if the grid has only one axis.
    """

    edited = Signal(object, object)
    submitted = Signal(object, object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self.across = AxisEdit(theme, self.tr("Across"), optional=False)
        self.down = AxisEdit(theme, self.tr("Down"), optional=True)
        self._words = wrapped()
        self.make = ActionButton(
            theme, self.tr("Make the grid"), tooltip=self.tr("One picture for each"), keys="Return", role="primary"
        )
        page = QWidget()
        both = in_row(
            (self.across, 1, Qt.AlignmentFlag.AlignTop), (self.down, 1, Qt.AlignmentFlag.AlignTop), spacing=16
        )
        stacked(both, self.across.chips, self.down.chips, ..., on=page, margins=(16, 6, 16, 8), spacing=16)
        scroll = scrolled(page)
        self._scroll_bar = OverlayScrollBar(scroll)
        foot = in_row((self._words, 1), self.make, margins=(16, 8, 16, 14), spacing=12)
        stacked((scroll, 1), foot, on=self)
        for edit in (self.across, self.down):
            edit.changed.connect(self._on_edited)
            edit.submitted.connect(self.make.click)
        self.make.clicked.connect(lambda: self.submitted.emit(*self._typed_axes()))

    def set_kinds(self, kinds: Mapping[str, AxisSetting], choices: Mapping[str, Sequence[Choice]]) -> None:
        """Offer the settings `kinds` for both axes of the grid.

        `choices` lists the values of settings that are ticked instead of typed.
        """
        self.across.set_kinds(kinds, choices)
        self.down.set_kinds(kinds, choices)
        self._on_edited()

    def set_axes(self, x: Written, y: Written) -> None:
        """Set both axes of the grid, each as a pair (setting name, typed values)."""
        self.across.set_axis(*x)
        self.down.set_axis(*y)
        self._on_edited()

    def set_summary(self, text: str, *, is_valid: bool) -> None:
        """Show the number of images in the grid, or why its axes are invalid.

        `is_valid` enables the button that generates the grid.
        """
        self._words.setText(text)
        self.make.setEnabled(is_valid)

    def _typed_axes(self) -> tuple[Written, Written]:
        return (self.across.kind(), self.across.text()), (self.down.kind(), self.down.text())

    def _on_edited(self) -> None:
        self.edited.emit(*self._typed_axes())


class AxisEdit(QWidget):
    """Editor of one axis of a grid: `box` selects the setting, and its values are typed in `line` or ticked in `chips`.

    The parent lays out `chips`, which need the full width of the page. Signals: `changed()` when the user edits the
    axis, and `submitted()` on Enter.
    """

    changed = Signal()
    submitted = Signal()

    def __init__(self, theme: Theme, title: str, *, optional: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._optional = optional
        self._kinds: Mapping[str, AxisSetting] = {}
        self._choices: Mapping[str, Sequence[Choice]] = {}
        # Values last typed for each setting.
        self._texts: dict[str, str] = {}
        direction = within_text(title)
        self.box = Combo(
            theme,
            name=self.tr("Setting {direction}").format(direction=direction),
            tooltip=self.tr("The setting that the grid varies {direction}").format(direction=direction),
        )
        self.line = TextLine(self.tr("Values {direction}").format(direction=direction), role="card")
        self._hint = ElidedLabel("", "hint")
        self.chips = ChipList(theme)
        stacked(label(title), self.box, self.line, self._hint, on=self, spacing=6)
        self.box.chosen.connect(self._on_kind)
        self.line.textEdited.connect(self.changed)
        self.line.returnPressed.connect(self.submitted)
        self.chips.changed.connect(self.changed)

    def set_kinds(self, kinds: Mapping[str, AxisSetting], choices: Mapping[str, Sequence[Choice]]) -> None:
        """Offer the settings `kinds` for this axis of the grid.

        `choices` lists the values of settings that are ticked instead of typed.
        """
        before = self.kind()
        self._kinds = kinds
        self._choices = choices
        none = [Choice("", self.tr("None"))] if self._optional else []
        self.box.set_choices([*none, *(Choice(kind.name, translate("Setting", kind.title)) for kind in kinds.values())])
        self.set_axis(before if before in kinds else "", None)

    def set_axis(self, name: str, text: str | None) -> None:
        """Select the setting that this grid axis varies, and its values.

        If `text` is None, restore the values last used with this setting.
        """
        if name not in self._kinds and not self._optional:
            name = next(iter(self._kinds))
        self.box.set_choice(name)
        if text is not None:
            self._texts[name] = text
        self._show()

    def kind(self) -> str:
        """Return the name of the setting that this grid axis varies, or "" if the axis is unused."""
        return self.box.choice()

    def text(self) -> str:
        """Return the typed or ticked values of this grid axis as comma-separated text."""
        if self.kind() in self._choices:
            return ", ".join(self.chips.names())
        typed = self.line.text()
        if self.kind() == PROMPT:
            return typed
        if not self._is_whole() and (";" in typed or QLocale().decimalPoint() == ","):
            # Semicolons leave the comma to decimals, as in "0,5; 1". A comma before a space separates values, too.
            typed = _DECIMAL.sub(r"\1.\2", typed)
        return ", ".join(value.strip() for value in typed.split(";"))

    def _is_whole(self) -> bool:
        """Return True if the varied setting has whole numbers, whose commas always separate values."""
        setting = SETTINGS.get(self.kind())
        return setting is not None and setting.kind is int

    def _default_text(self, kind: AxisSetting) -> str:
        """Return the values that the editor suggests for a setting: ids of choices separated by commas, or values in
        the notation of the hint. Returns "" for the prompt, which has no suggested values.
        """
        offered = [choice.id for choice in self._choices.get(kind.name, ()) if not choice.refused]
        if offered or kind.name == PROMPT:
            return ", ".join(offered[:DEFAULT_TICKS])
        return _localise(kind, kind.suggested) or _shortest_example(kind)

    def _on_kind(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        kind = self._kinds.get(self.kind())
        ticked = kind is not None and kind.name in self._choices
        self.line.setVisible(kind is not None and not ticked)
        self.chips.setVisible(ticked)
        self._hint.setVisible(kind is not None)
        if kind is None:
            return
        # The suggested values are not remembered, because they depend on the model.
        text = self._texts.get(kind.name, self._default_text(kind))
        if ticked:
            chosen = [part.strip() for part in text.split(",")] if text else []
            self.chips.set_choices(self._choices[kind.name], chosen)
            self._hint.set_texts(self.tr("Tick the values to compare"))
        else:
            self.line.setText(text)
            shown = _localise(kind, kind.example)
            self.line.setPlaceholderText(shown)
            self.line.setToolTip(labelled(translate("Setting", kind.title), shown))
            such = self.tr("Such as {example}")
            example = such.format(example=shown)
            short = such.format(example=_shortest_example(kind))
            if kind.name == PROMPT:
                explanation = self.tr("{example}; the others replace the first, which is in the prompt")
                self._hint.set_texts(explanation.format(example=example), example, short)
            else:
                self._hint.set_texts(example, short)


def _shortest_example(kind: AxisSetting) -> str:
    """Return the first example of a setting's values in the window's language, such as "2; 4; 6" in German."""
    return _localise(kind, kind.example.partition(" or ")[0])


def _localise(kind: AxisSetting, example: str) -> str:
    """Return an example of a setting's values in the window's language, such as "2; 4; 6 oder 1-7 (+1,5)" in German."""
    text = translate("Setting", example)
    if kind.name == PROMPT or QLocale().decimalPoint() != ",":
        return text
    return text.replace(", ", "; ").replace(".", ",")


class ChipList(QWidget):
    """Group of checkable buttons (chips), one per choice. `chips` maps choice ids to chips.

    Signal: `changed()` when the user checks or unchecks a chip.
    """

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
        """Show one chip per choice, grouped under headings, and check the ids in `chosen`.

        A choice with a reason for refusal cannot be checked.
        """
        if self._page is not None:
            self._page.hide()
            self._page.deleteLater()
        self._page = QWidget(self)
        column = stacked(on=self._page, spacing=6)
        self.chips = {}
        self._grids = []
        for group in dict.fromkeys(choice.group for choice in choices):
            if group:
                column.addWidget(label(group))
            grid = in_grid(margins=(0, 0, 0, 6), across=6, down=6)
            chips = [self._create_chip(choice, on=choice.id in chosen) for choice in choices if choice.group == group]
            self._grids.append((grid, chips))
            column.addLayout(grid)
        self._column.addWidget(self._page)
        self._arrange()
        self._page.show()

    def names(self) -> list[str]:
        """Return the ids of the checked choices in display order."""
        return [name for name, chip in self.chips.items() if chip.isChecked()]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        columns = max(2, self.width() // MIN_CHIP_WIDTH)
        if columns != self._columns:
            self._columns = columns
            self._arrange()

    def _arrange(self) -> None:
        for grid, chips in self._grids:
            for across in range(grid.columnCount()):
                grid.setColumnStretch(across, 0)
            for index, chip in enumerate(chips):
                grid.addWidget(chip, index // self._columns, index % self._columns)
            for across in range(self._columns):
                grid.setColumnStretch(across, 1)

    def _create_chip(self, choice: Choice, *, on: bool) -> IconButton:
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
