"""Sliders for numeric parameters of samplers, guidance and conditioning, created from their descriptions."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gdm_studio.maths.numeric_parameters import Param
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import number_text, translate, within_text
from gdm_studio.ui.widgets.layouts import stacked
from gdm_studio.ui.widgets.slider_row import SliderRow

OFF_AT_LOWEST = ("guidance_rescale", "dynamic_threshold", "clip")
# Parameters that need three decimals, because they have an effect only near the end of their range.
FINE = ("dynamic_threshold",)


class ParamRows(QWidget):
    """Column of sliders, one for each numeric parameter of a sampler, guidance or model.

    Signal: `changed()` when the user moves a slider.
    """

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._params: tuple[Param, ...] = ()
        self.rows: dict[str, SliderRow] = {}
        self._column = stacked(on=self, spacing=6)
        self.hide()

    def set_params(self, params: tuple[Param, ...]) -> None:
        """Create a slider for each parameter, set to its default. Does nothing if the parameters have not changed."""
        if params == self._params:
            return
        for row in self.rows.values():
            row.hide()
            row.deleteLater()
        self._params = params
        self.rows = {param.name: _create_row(self._theme, param) for param in params}
        for row in self.rows.values():
            row.changed.connect(self.changed)
            self._column.addWidget(row)
        self.show_only(self.rows)

    def set_values(self, values: Mapping[str, float]) -> None:
        """Set the sliders to values given by parameter name.

        Missing values become the default; unknown names are ignored.
        """
        for param in self._params:
            self.rows[param.name].set_value(values.get(param.name, param.default))

    def show_only(self, names: Collection[str]) -> None:
        """Show only the sliders of the given parameters. The others, which currently have no effect, are hidden."""
        for name, row in self.rows.items():
            row.setVisible(name in names)
        self.setVisible(any(name in names for name in self.rows))

    def values(self) -> dict[str, float]:
        return {name: row.value() for name, row in self.rows.items()}

    def changes(self) -> dict[str, float]:
        """Return the values of visible sliders that differ from their defaults, by parameter name."""
        visible_params = [param for param in self._params if not self.rows[param.name].isHidden()]
        values = {param.name: self.rows[param.name].value() for param in visible_params}
        return {param.name: values[param.name] for param in visible_params if values[param.name] != param.default}

    def titles(self) -> list[str]:
        return [translate("Setting", param.title) for param in self._params]

    def change_texts(self) -> list[str]:
        """Return a phrase such as “clip 0.5” for each visible slider whose value differs from its default."""
        titles = {param.name: within_text(translate("Setting", param.title)) for param in self._params}
        return [f"{titles[name]} {number_text(float(value))}" for name, value in self.changes().items()]


def _create_row(theme: Theme, param: Param) -> SliderRow:
    """Create a numeric parameter's slider, with decimals and a scale that depend on the parameter's range."""
    span = param.high - param.low
    whole = all(number == int(number) for number in (param.low, param.high, param.default))
    if whole and (param.low >= 1 or span >= 20):
        decimals, step = 0, 1.0
    else:
        written = len(f"{param.default:f}".rstrip("0").partition(".")[2])
        decimals = 3 if param.name in FINE else max(written, 2 if span <= 4 else 1)
        step = 5 * 10.0**-decimals
    # On a curved scale, small values of a wide range have enough space.
    is_wide = span > 10 or 0 < 1000 * param.low < param.high
    return SliderRow(
        theme,
        title=translate("Setting", param.title),
        low=param.low,
        high=param.high,
        default=param.default,
        decimals=decimals,
        step=step,
        least=translate("ParamRows", "Off") if param.name in OFF_AT_LOWEST else "",
        curve=3.0 if is_wide else 1.0,
        tooltip=translate("Setting", param.summary),
    )
