"""Accessibility of widgets that Qt does not describe well: their roles, states and values, and announcements."""

from __future__ import annotations

import re

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent, QAccessibleInterface
from PySide6.QtWidgets import QAbstractButton, QAccessibleWidget, QLabel, QPushButton, QWidget

Role = QAccessible.Role
# Roles by the name of a class of widgets that paint themselves.
ROLES = {
    "Canvas": Role.Graphic,
    "LargePicture": Role.Dialog,
    # Qt's scroll area has no role, although it can have a name and the focus.
    "QScrollArea": Role.Grouping,
    "QSplitterHandle": Role.Separator,
    "_Caption": Role.StaticText,
    "_ShortcutRow": Role.StaticText,
}
# Properties of a widget. TAB is True for a button that opens a page. READING is the number that a slider shows, if it
# differs from the slider's position.
TAB = "tab"
READING = "reading"
# Value of the property "role" of a heading that unfolds its section.
FOLD = "fold"


def install() -> None:
    """Register the accessibility interfaces of this module, so that screen readers recognise custom widgets.

    Call this once per application.
    """
    QAccessible.installFactory(_create_interface)


def announce(widget: QWidget, text: str) -> None:
    """Let screen readers speak a text in the language of the window, wherever the focus is."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


def set_reading(slider: QWidget, text: str) -> None:
    """Set the number that screen readers speak for a slider whose integer position is not the number it shows.

    Call it for the first time before the slider has a name, at which Qt asks for its interface.
    """
    if text != slider.property(READING):
        slider.setProperty(READING, text)
        QAccessible.updateAccessibility(QAccessibleEvent(slider, QAccessible.Event.NameChanged))


class _Button(QAccessibleWidget):
    """Button, which may be on or off: a page tab, an option of several, a heading that unfolds its section, or a check
    box.

    Its action clicks the button. Qt's own action of a check box toggles it, which does not do what a click does.
    """

    def _button(self) -> QAbstractButton:
        button = self.object()
        assert isinstance(button, QAbstractButton)
        return button

    def role(self) -> QAccessible.Role:
        button = self._button()
        group = button.group()
        if button.property(TAB):
            return Role.PageTab
        if not button.isCheckable() or button.property("role") == FOLD:
            return Role.Button
        is_option = button.autoExclusive() or (group is not None and group.exclusive())
        return Role.RadioButton if is_option else Role.CheckBox

    def state(self) -> QAccessible.State:
        state = super().state()
        button, role = self._button(), self.role()
        is_on = button.isChecked()
        state.pressed = button.isDown()
        state.defaultButton = isinstance(button, QPushButton) and button.isDefault()
        if role is Role.PageTab:
            state.selectable = True
            state.selected = is_on
        elif role is not Role.Button:
            state.checkable = True
            state.checked = is_on
        elif button.isCheckable():
            state.expandable = True
            state.expanded = is_on
            state.collapsed = not is_on
        return state

    def text(self, kind: QAccessible.Text) -> str:
        text = super().text(kind)
        if kind is QAccessible.Text.Name and not text:
            # Two of them are one that is shown, and a single one underlines a letter.
            return re.sub("&(&?)", r"\1", self._button().text())
        return text

    def actionNames(self) -> list[str]:
        act = self.toggleAction() if self.role() is Role.CheckBox else self.pressAction()
        return [act, self.setFocusAction()]

    def doAction(self, name: str) -> None:
        if name in (self.toggleAction(), self.pressAction()):
            self._button().click()
        else:
            super().doAction(name)


class _ReadSlider(QAccessibleWidget):
    """Slider that is read as the number it shows, since Qt would read the integer of its position.

    PySide cannot provide a value interface, so the number follows the name.
    """

    def text(self, kind: QAccessible.Text) -> str:
        reading = str(self.object().property(READING))
        if kind is QAccessible.Text.Name:
            return f"{super().text(kind)}: {reading}"
        return reading if kind is QAccessible.Text.Value else super().text(kind)


class _Overlay(QAccessibleWidget):
    """Dialog over the dimmed window, named by its title unless it has a name."""

    def state(self) -> QAccessible.State:
        state = super().state()
        state.modal = True
        return state

    def text(self, kind: QAccessible.Text) -> str:
        text = super().text(kind)
        if kind is not QAccessible.Text.Name or text:
            return text
        titles = (label.text() for label in self.object().findChildren(QLabel) if label.property("role") == "title")
        return next(titles, "")


class _PlainWidget(QAccessibleWidget):
    """Widget of no class that Qt knows. With a name, it is a group of other widgets, or a picture."""

    def role(self) -> QAccessible.Role:
        widget = self.object()
        assert isinstance(widget, QWidget)
        if widget.isWindow() or not self.text(QAccessible.Text.Name):
            return super().role()
        return Role.Grouping if self.childCount() else Role.Graphic


def _create_interface(kind: str, qobject: QObject) -> QAccessibleInterface | None:
    """Return a widget's accessibility interface, or None if Qt's is suitable.

    Qt asks for each class of the widget, from the most special one to QObject. `kind` is the name of the class.
    """
    if not isinstance(qobject, QWidget):
        return None
    if kind in ROLES:
        return QAccessibleWidget(qobject, ROLES[kind])
    if isinstance(qobject, QAbstractButton):
        return _Button(qobject)
    if qobject.property(READING) is not None:
        return _ReadSlider(qobject, Role.Slider)
    if kind == "Overlay":
        return _Overlay(qobject, Role.Dialog)
    return _PlainWidget(qobject) if kind == "QWidget" else None
