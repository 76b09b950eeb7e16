"""Context menus built from actions."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from gdm_studio.ui.theme.icons import icon
from gdm_studio.ui.theme.safe_text import tip
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets.shapes import MENU_RADIUS, RoundCorners
from gdm_studio.ui.window_actions import DELETE, Action


def empty_menu(parent: QWidget) -> QMenu:
    """Create an empty context menu with rounded corners that is deleted when it closes."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
    RoundCorners(menu, MENU_RADIUS)
    return menu


def menu_of(parent: QWidget, theme: Theme, actions: Sequence[Action], *, at: QPoint, title: str = "") -> QMenu:
    """Open a context menu of actions at a screen position, with an optional title.

    A separator precedes the Delete action.
    """
    menu = empty_menu(parent)
    menu.setToolTipsVisible(True)
    if title:
        menu.setAccessibleName(title)
        menu.addAction(title).setEnabled(False)
        menu.addSeparator()
    for action in actions:
        if action.label == DELETE.label:
            menu.addSeparator()
            entry = menu.addAction(icon(theme, action.icon, "danger", active="danger"), action.title)
        else:
            entry = menu.addAction(icon(theme, action.icon), action.title)
        entry.setShortcut(QKeySequence(action.keys))
        entry.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        entry.setEnabled(action.when())
        if not entry.isEnabled() and (reason := action.disabled_reason()):
            entry.setToolTip(tip(reason))
        entry.triggered.connect(lambda _=False, act=action.act: act())
    menu.popup(at)
    return menu
