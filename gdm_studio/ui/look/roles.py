"""What the widgets we paint ourselves are to a screen reader: Qt knows the roles of its own alone."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget

ROLES = {
    "Canvas": QAccessible.Role.Graphic,
    "Strip": QAccessible.Role.Slider,  # the steps of a run, one of which is looked at
    "KeptRow": QAccessible.Role.Slider,
}


def install() -> None:
    """Tells Qt, once for the application; their names are their `accessibleName`s."""
    QAccessible.installFactory(_interface)


def _interface(kind: str, thing: QObject) -> QAccessibleInterface | None:
    """What stands for `thing`, whose class is called `kind`; None leaves it to Qt."""
    role = ROLES.get(kind)
    return QAccessibleWidget(thing, role) if role is not None and isinstance(thing, QWidget) else None
