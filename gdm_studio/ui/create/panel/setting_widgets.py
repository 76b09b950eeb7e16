"""Widgets for settings, as the table of settings describes them."""

from __future__ import annotations

from gdm_studio.request import Setting
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import Choice, Combo, SliderRow, Stepper


def slider_of(theme: Theme, setting: Setting) -> SliderRow:
    """For a number that is found by trying."""
    return SliderRow(
        theme, title=setting.title, low=setting.low, high=setting.high, default=setting.default,
        decimals=setting.decimals, step=5 * 10.0**-setting.decimals if setting.decimals else 1, ends=setting.ends,
        curve=setting.curve, tooltip=setting.summary,
    )  # fmt: skip


def stepper_of(theme: Theme, setting: Setting, *, least: str = "", unit: tuple[str, str] | None = None) -> Stepper:
    """For a small whole number, the lowest perhaps shown as a word; `unit` is what it counts, one and several."""
    low, high = round(setting.low), round(setting.high)
    made = Stepper(theme, name=setting.title, low=low, high=high, least=least, tooltip=setting.summary)
    if unit is not None:
        made.set_unit(*unit)
    return made


def combo_of(theme: Theme, setting: Setting) -> Combo:
    """For a choice; where it depends on more than the setting itself, its entries come later."""
    combo = Combo(theme, name=setting.title, tooltip=setting.summary)
    combo.set_choices([Choice(name, setting.said(name)) for name in setting.choices])
    return combo
