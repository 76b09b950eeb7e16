"""A slider for each of several knobs, as their descriptions say."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gdm_studio.maths.knobs import Knob
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import SliderRow
from gdm_studio.ui.widgets.layouts import stacked

OFF_AT_LOWEST = ("guidance_rescale", "dynamic_threshold", "clip")
FINE = ("dynamic_threshold",)  # means something near its end alone


class KnobRows(QWidget):
    """Signals: `changed()`, by people only. Setters: `set_knobs(knobs)`, `set_values(values)`, `show_only(names)`.
    Readers: `values()` and `titles()` of all, `changes()` of those that are shown and differ from their default,
    `words()` of these.
    """

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._knobs: tuple[Knob, ...] = ()
        self.rows: dict[str, SliderRow] = {}
        self._column = stacked(on=self, spacing=6)
        self.hide()

    def set_knobs(self, knobs: tuple[Knob, ...]) -> None:
        """Other knobs, at their defaults; the same ones stay as they are."""
        if knobs == self._knobs:
            return
        for row in self.rows.values():
            row.hide()
            row.deleteLater()
        self._knobs = knobs
        self.rows = {knob.name: _row(self._theme, knob) for knob in knobs}
        for row in self.rows.values():
            row.changed.connect(self.changed)
            self._column.addWidget(row)
        self.show_only(self.rows)

    def set_values(self, values: Mapping[str, float]) -> None:
        """These values, and the default where there is none; names that are not offered are passed over."""
        for knob in self._knobs:
            self.rows[knob.name].set_value(values.get(knob.name, knob.default))

    def show_only(self, names: Collection[str]) -> None:
        """The others mean nothing now."""
        for name, row in self.rows.items():
            row.setVisible(name in names)
        self.setVisible(any(name in names for name in self.rows))

    def values(self) -> dict[str, float]:
        return {name: row.value() for name, row in self.rows.items()}

    def changes(self) -> dict[str, float]:
        shown = [knob for knob in self._knobs if not self.rows[knob.name].isHidden()]
        values = {knob.name: self.rows[knob.name].value() for knob in shown}
        return {knob.name: values[knob.name] for knob in shown if values[knob.name] != knob.default}

    def titles(self) -> list[str]:
        return [knob.title for knob in self._knobs]

    def words(self) -> list[str]:
        """The changes, as people say them."""
        titles = {knob.name: knob.title.lower() for knob in self._knobs}
        return [f"{titles[name]} {value:g}" for name, value in self.changes().items()]


def _row(theme: Theme, knob: Knob) -> SliderRow:
    """As fine as the knob's range is narrow and its default needs, bent where the low end would be lost."""
    span = knob.high - knob.low
    whole = all(number == int(number) for number in (knob.low, knob.high, knob.default))
    if whole and (knob.low >= 1 or span >= 20):
        decimals, step = 0, 1.0
    else:
        written = len(f"{knob.default:f}".rstrip("0").partition(".")[2])
        decimals = 3 if knob.name in FINE else max(written, 2 if span <= 4 else 1)
        step = 5 * 10.0**-decimals
    return SliderRow(
        theme, title=knob.title, low=knob.low, high=knob.high, default=knob.default, decimals=decimals, step=step,
        least="Off" if knob.name in OFF_AT_LOWEST else "",
        curve=3.0 if span > 10 or 0 < 1000 * knob.low < knob.high else 1.0, tooltip=knob.summary,
    )  # fmt: skip
