"""What can be done with a picture of a grid, as a menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from gdm_studio.ui import icons
from gdm_studio.ui.theme import Theme

if TYPE_CHECKING:
    from gdm_studio.ui.gallery_grid import Grid


def picture_menu(grid: Grid, theme: Theme) -> QMenu:
    """Of the current picture of `grid` and those selected with it; empty where there is none."""
    menu, picture = QMenu(grid), grid.current()
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
    if picture is None:
        return menu
    favourite = "Not a favourite any more" if picture.favourite else "Favourite"
    for icon, text, act in (
        ("sliders-horizontal", "Use settings", lambda: grid.use_settings.emit(picture)),
        ("star", favourite, lambda: grid.toggle_favourite()),
        ("folder-open", "Open folder", lambda: grid.open_folder.emit(picture)),
        ("download", "Export…", lambda: grid.with_selected(grid.export.emit)),
        ("info", "Copy credit", lambda: grid.copy_credit.emit(picture)),
    ):
        menu.addAction(icons.icon(theme, icon), text).triggered.connect(act)
    menu.addSeparator()
    delete = menu.addAction(icons.icon(theme, "trash-2", "danger", active="danger"), "Delete")
    delete.setShortcut(Qt.Key.Key_Delete)
    delete.triggered.connect(lambda: grid.with_ids(grid.delete.emit))
    return menu
