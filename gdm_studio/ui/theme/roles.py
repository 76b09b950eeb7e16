"""Accessibility roles for widgets that paint themselves."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget

ROLES = {
    "Canvas": QAccessible.Role.Graphic,
    # The strip of steps, one of which is shown.
    "LargePicture": QAccessible.Role.Dialog,
    "Presentation": QAccessible.Role.Dialog,
    "Strip": QAccessible.Role.Slider,
    "SavedStepsRow": QAccessible.Role.Slider,
}


def install() -> None:
    """Register accessibility roles for custom-painted widgets, so that screen readers recognise them.

    Call this once per application.
    """
    QAccessible.installFactory(_create_interface)


def _create_interface(kind: str, thing: QObject) -> QAccessibleInterface | None:
    """Return a widget's accessibility interface by its class name `kind`, or None if Qt's default is suitable."""
    role = ROLES.get(kind)
    return QAccessibleWidget(thing, role) if role is not None and isinstance(thing, QWidget) else None
