"""Binding: a widget shows a field of the draft, and what people set in the widget becomes the field's value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QAbstractButton

from gdm_studio.request import SETTINGS
from gdm_studio.studio.draft import Draft
from gdm_studio.ui.create.panel.knob_rows import KnobRows
from gdm_studio.ui.widgets import Combo, PromptBox


class Valued(Protocol):
    """A widget that has a value, and says when people change it."""

    @property
    def changed(self) -> SignalInstance: ...
    def value(self) -> Any: ...
    def set_value(self, value: Any) -> object: ...


def bind(draft: Draft, name: str, widget: Valued | Combo | PromptBox | KnobRows | QAbstractButton) -> None:
    """The widget shows `draft[name]` from now on, whoever changes it, and nothing else keeps that value."""
    read, show, changed = _ends(widget)
    kind = SETTINGS[name].kind if name in SETTINGS and SETTINGS[name].is_number else _as_it_is

    def follow(value: Any) -> None:
        if read() != value:  # what people are typing stays as they type it
            show(value)

    draft.listen(name, follow)
    follow(draft[name])
    changed.connect(lambda *_: draft.change(**{name: kind(read())}))


def _ends(widget: Any) -> tuple[Callable[[], Any], Callable[[Any], object], SignalInstance]:
    """How a widget is read, how it is set, and what it says once people have changed it."""
    if isinstance(widget, QAbstractButton):
        return widget.isChecked, widget.setChecked, widget.clicked
    if isinstance(widget, Combo):
        return widget.choice, widget.set_choice, widget.chosen
    if isinstance(widget, PromptBox):
        return widget.text, widget.set_text, widget.changed
    if isinstance(widget, KnobRows):
        return widget.values, widget.set_values, widget.changed
    return widget.value, widget.set_value, widget.changed


def _as_it_is(value: Any) -> Any:
    return value
