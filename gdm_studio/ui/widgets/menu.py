"""Menus of actions, opened where they were asked for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from gdm_studio.ui.actions import DELETE, Action
from gdm_studio.ui.look.icons import icon
from gdm_studio.ui.look.theme import Theme


def empty_menu(parent: QWidget) -> QMenu:
    """One with round corners, which goes when it closes."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
    return menu


def menu_of(parent: QWidget, theme: Theme, actions: Sequence[Action], *, at: QPoint, title: str = "") -> QMenu:
    """Opens the actions at a place of the screen, under a title that cannot be chosen; Delete stands apart."""
    menu = empty_menu(parent)
    if title:
        menu.setAccessibleName(title)
        menu.addAction(title).setEnabled(False)
        menu.addSeparator()
    for action in actions:
        colour, active = ("danger", "danger") if action.label == DELETE.label else ("muted", "text")
        if colour == "danger":
            menu.addSeparator()
        entry = menu.addAction(icon(theme, action.icon, colour, active=active), action.label)
        entry.setShortcut(QKeySequence(action.keys))
        entry.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        entry.setEnabled(action.when())
        entry.triggered.connect(lambda _=False, act=action.act: act())
    menu.popup(at)
    return menu
