"""Overlay that shows the numbers of a step: noise levels, array sizes, formula and code."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from gdm_studio.learning.step_numbers import Quantity, StepNumbers
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import number_text, translate, with_decimal_point
from gdm_studio.ui.widgets import ActionButton, label, mark, scrolled, wrapped
from gdm_studio.ui.widgets.layouts import clear_layout, in_grid, in_row, side_by_side, stacked
from gdm_studio.ui.widgets.overlay import Overlay, centred_rect
from gdm_studio.ui.window_actions import with_keys

SIZE = (860, 740)


class StepNumbersView(Overlay):
    """Dialog that shows the numbers, the formula and the code of one denoising step, with a button that copies the
    code.

    Signal: `guidance_asked()` when the button that measures guidance is clicked.
    """

    guidance_asked = Signal()

    def __init__(self, theme: Theme, numbers: StepNumbers, *, can_measure: bool, parent: QWidget) -> None:
        """Create the dialog for the numbers of a step. If `can_measure` is True, it has a button that measures guidance
        by evaluating the network.
        """
        super().__init__(theme, parent)
        self._numbers = numbers
        self._close = mark(theme, "x", with_keys(self.tr("Close"), "Esc"), size=14)
        self._close.clicked.connect(self.close_up)
        self.measure = ActionButton(
            theme, self.tr("Measure guidance"), tooltip=self.tr("Evaluate the network with and without the prompt")
        )
        self.measure.clicked.connect(self._measure)
        self.copy = ActionButton(theme, self.tr("Copy"), tooltip=self.tr("Copy the code of this step"), name="copy")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._numbers.code))
        self.code = self._create_code_field(self.tr("Code of this step"))
        self._title = label("", "title")
        self._content = QWidget()
        self._column = stacked(on=self._content, margins=(0, 0, SPACE.edge, 0), spacing=SPACE.medium)
        self._scroll = scrolled(self._content, self.tr("This step, in numbers"))
        self.set_panel(self._create_panel())
        self.measure.setVisible(can_measure)
        self.set_numbers(numbers)

    def set_numbers(self, numbers: StepNumbers) -> None:
        """Show the numbers, the formula and the code of a denoising step."""
        self._numbers = numbers
        title = self.tr("Step {step} of {steps}, in numbers").format(step=numbers.index, steps=numbers.of)
        self._title.setText(f"{title} · {translate('Setting', numbers.sampler)}")
        clear_layout(self._column)
        for part in self._create_parts(numbers):
            self._column.addWidget(part)
        self._column.addStretch()
        self.code.setPlainText(numbers.code)

    def numbers(self) -> StepNumbers:
        return self._numbers

    def place(self, room: QRect) -> QRect:
        return centred_rect(room, *SIZE)

    def open_up(self) -> None:
        super().open_up()
        self.copy.setFocus(Qt.FocusReason.PopupFocusReason)

    def _measure(self) -> None:
        self.measure.setEnabled(False)
        self.measure.setText(self.tr("Measuring…"))
        self.guidance_asked.emit()

    def _create_parts(self, numbers: StepNumbers) -> list[QWidget]:
        parts: list[QWidget] = [
            side_by_side(
                _create_quantity_list(self.tr("Noise levels"), numbers.levels),
                _create_quantity_list(self.tr("Root mean squares"), numbers.sizes),
            )
        ]
        if numbers.formula:
            parts.append(self._create_formula(self.tr("Formula"), numbers.formula))
        if numbers.filled:
            parts.append(self._create_formula(self.tr("With its numbers"), numbers.filled))
        if numbers.coefficients:
            parts.append(self._create_formula(self.tr("As a sum"), numbers.coefficients))
        if numbers.symbols:
            parts.append(_create_symbol_list(numbers.symbols))
        if numbers.evaluations > 1:
            count = self.tr("Evaluations of the denoiser in this step: {count}").format(count=numbers.evaluations)
            parts.append(wrapped(count))
        elif not numbers.evaluations:
            hint = self.tr("The coefficients of this step depend on its data. The code runs the sampler itself.")
            parts.append(wrapped(hint))
        return parts

    def _create_formula(self, title: str, lines: Sequence[str]) -> QWidget:
        part = QWidget()
        # Lines of a formula break between terms if the window is narrow.
        breakable_lines = [
            label(title, "strong"),
            *(wrapped(with_decimal_point(line), "value", selectable=True) for line in lines),
        ]
        for line in breakable_lines[1:]:
            line.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            line.setAccessibleName(title)
        stacked(*breakable_lines, on=part, spacing=SPACE.hair)
        return part

    def _create_code_field(self, name: str) -> QPlainTextEdit:
        field = QPlainTextEdit()
        field.setReadOnly(True)
        field.setTabChangesFocus(True)
        field.setAccessibleName(name)
        field.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        # A style sheet sets the size of all text fields, so the font is set by one as well.
        family = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
        field.setStyleSheet(f'QPlainTextEdit {{ font-family: "{family}"; font-size: 12px; }}')
        field.setMinimumHeight(6 * 16)
        return field

    def _create_panel(self) -> QWidget:
        panel = QFrame()
        panel.setProperty("role", "palette")
        head = in_row((self._title, 1), self._close)
        bar = in_row(label(self.tr("Code"), "strong"), ..., self.measure, self.copy, spacing=SPACE.small)
        stacked(
            head,
            (self._scroll, 3),
            bar,
            (self.code, 2),
            on=panel,
            margins=(SPACE.large, SPACE.edge, SPACE.edge, SPACE.edge),
            spacing=SPACE.medium,
        )
        return panel


def _create_symbol_list(symbols: Sequence[tuple[str, str]]) -> QWidget:
    part = QWidget()
    grid = in_grid(on=part, across=SPACE.edge, down=SPACE.hair)
    grid.setColumnMinimumWidth(0, 56)
    grid.setColumnStretch(1, 1)
    for row, (symbol, meaning) in enumerate(symbols):
        grid.addWidget(label(symbol, "value"), row, 0)
        grid.addWidget(wrapped(translate("StepNumbers", meaning)), row, 1)
    return part


def _create_quantity_list(title: str, quantities: Sequence[Quantity]) -> QWidget:
    part = QWidget()
    grid = in_grid(on=part, across=SPACE.edge, down=SPACE.hair)
    grid.addWidget(label(title, "strong"), 0, 0, 1, 3)
    grid.setColumnMinimumWidth(0, 56)
    grid.setColumnMinimumWidth(1, 80)
    grid.setColumnStretch(2, 1)
    for row, each in enumerate(quantities, 1):
        grid.addWidget(label(each.symbol, "value"), row, 0)
        grid.addWidget(label(number_text(each.value), "value", selectable=True), row, 1)
        grid.addWidget(wrapped(translate("StepNumbers", each.meaning)), row, 2)
    return part
