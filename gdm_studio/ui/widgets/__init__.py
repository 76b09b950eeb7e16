"""Reusable widgets, which take plain data, emit signals for user input, and do not depend on the engine."""

from gdm_studio.ui.widgets.collapsible import Collapsible
from gdm_studio.ui.widgets.combo import Choice, Combo
from gdm_studio.ui.widgets.fields import SeedField, Stepper
from gdm_studio.ui.widgets.icon_button import (
    ActionButton,
    IconButton,
    button_of,
    create_tool_button,
    mark,
    mark_of,
    refresh_buttons,
)
from gdm_studio.ui.widgets.labels import ElidedLabel, Labelled, elided_label, label, wrapped
from gdm_studio.ui.widgets.layouts import horizontal_rule, in_columns, scrolled, side_by_side
from gdm_studio.ui.widgets.notices import Notice, Notices
from gdm_studio.ui.widgets.segmented import FramedSegmented, Segmented

__all__ = [
    "ActionButton",
    "Choice",
    "Combo",
    "ElidedLabel",
    "Collapsible",
    "FramedSegmented",
    "IconButton",
    "Labelled",
    "Notice",
    "Notices",
    "SeedField",
    "Segmented",
    "Stepper",
    "button_of",
    "in_columns",
    "elided_label",
    "label",
    "mark",
    "mark_of",
    "refresh_buttons",
    "horizontal_rule",
    "scrolled",
    "side_by_side",
    "create_tool_button",
    "wrapped",
]
