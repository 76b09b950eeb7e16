"""Widgets that edit generation settings, and the binding of widgets to the draft of the next request."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QAbstractButton, QWidget

from gdm_studio.request.generation_request import SETTINGS, Setting
from gdm_studio.studio.request_draft import RequestDraft
from gdm_studio.ui.create.prompt.prompt_box import PromptBox
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets import Choice, Combo, Stepper

if TYPE_CHECKING:
    from gdm_studio.ui.create.panel.param_rows import ParamRows
    from gdm_studio.ui.widgets.slider_row import SliderRow

# Property of a widget with the name of the setting that it edits.
SETTING = "setting"


def settings_in(section: QWidget) -> set[str]:
    """Return the names of the settings that the widgets in a section of the panel edit."""
    return {name for widget in section.findChildren(QWidget) if (name := widget.property(SETTING))}


def slider_of(theme: Theme, setting: Setting) -> SliderRow:
    """Create a slider with a number field for a numeric generation setting."""
    from gdm_studio.ui.widgets.slider_row import SliderRow

    least, most = setting.ends
    return SliderRow(
        theme,
        title=translate("Setting", setting.title),
        low=setting.low,
        high=setting.high,
        default=setting.default,
        decimals=setting.decimals,
        step=5 * 10.0**-setting.decimals if setting.decimals else 1,
        ends=(translate("Setting", least), translate("Setting", most)),
        curve=setting.curve,
        tooltip=translate("Setting", setting.summary),
    )


def stepper_of(theme: Theme, setting: Setting, *, least: str = "") -> Stepper:
    """Create a number field with plus and minus buttons for an integer setting. If given, `least` is shown instead of
    the lowest number.
    """
    return Stepper(
        theme,
        name=translate("Setting", setting.title),
        low=round(setting.low),
        high=round(setting.high),
        least=least,
        tooltip=translate("Setting", setting.summary),
    )


def combo_of(theme: Theme, setting: Setting) -> Combo:
    """Create a combo box for a generation setting with fixed choices.

    The caller adds choices that depend on the model.
    """
    combo = Combo(theme, name=translate("Setting", setting.title), tooltip=translate("Setting", setting.summary))
    combo.set_choices([Choice(name, translate("Setting", setting.text(name))) for name in setting.choices])
    return combo


class ValueWidget(Protocol):
    """Protocol of an input widget that has a value and emits a signal when the user changes it."""

    @property
    def changed(self) -> SignalInstance: ...
    def value(self) -> Any: ...
    def set_value(self, value: Any) -> object: ...


def bind(
    request_draft: RequestDraft, name: str, widget: ValueWidget | Combo | PromptBox | ParamRows | QAbstractButton
) -> None:
    """Connect an input widget to the setting `name` of the draft request, so that each follows changes of the other.

    The widget shows every change of the setting, and the user's changes are written to the draft, which alone stores
    the value.
    """
    read, show, changed = _accessors(widget)
    kind = SETTINGS[name].kind if name in SETTINGS and SETTINGS[name].is_number else _identity

    def follow(value: Any) -> None:
        # Setting an equal value would disturb the user's typing.
        if read() != value:
            show(value)

    widget.setProperty(SETTING, name)  # type: ignore[union-attr]
    request_draft.listen(name, follow)
    follow(request_draft[name])
    changed.connect(lambda *_: request_draft.change(**{name: kind(read())}))


def _accessors(widget: Any) -> tuple[Callable[[], Any], Callable[[Any], object], SignalInstance]:
    """Return the getter and the setter of an input widget's value, and the signal for changes by the user, according to
    its type.
    """
    if isinstance(widget, QAbstractButton):
        return widget.isChecked, widget.setChecked, widget.clicked
    if isinstance(widget, Combo):
        return widget.choice, widget.set_choice, widget.chosen
    if isinstance(widget, PromptBox):
        return widget.text, widget.set_text, widget.changed
    # The rows of several parameters. The first paint does not need their module.
    if hasattr(widget, "set_values"):
        return widget.values, widget.set_values, widget.changed
    return widget.value, widget.set_value, widget.changed


def _identity(value: Any) -> Any:
    return value
