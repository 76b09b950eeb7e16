"""What can be done with the step that is looked at: keep it, branch from it, compare it, copy it, make a film."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from gdm_studio.ui import icons

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gdm_studio.ui.theme import Theme

Entry = tuple[str, str, str, Callable[[], object], bool]  # icon, words, key, act, whether it can be done now


def show_menu(theme: Theme, entries: Sequence[Entry], *, place: QPoint, title: str, parent: QWidget) -> QMenu:
    """Opens the entries at `place` of the screen, under a title that cannot be chosen."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
    menu.setAccessibleName(title)
    menu.addAction(title).setEnabled(False)
    menu.addSeparator()
    for icon, words, key, act, can in entries:
        action = menu.addAction(icons.icon(theme, icon), words)
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.setEnabled(can)
        action.triggered.connect(act)
    menu.popup(place)
    return menu
