"""Button that chooses the colour behind transparent images on the canvas."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QActionGroup, QColor
from PySide6.QtWidgets import QColorDialog, QMenu

from gdm_studio.preferences import CANVASES
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets import IconButton
from gdm_studio.ui.window_actions import CANVAS_COLOUR

# Distance in logical pixels between the button and the menu above it.
GAP = 4


class CanvasColourButton(IconButton):
    """Button that opens a menu of colours for the background of the canvas.

    It emits `chosen(str)` with a value of the preference `canvas`.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, CANVAS_COLOUR.icon, tooltip=CANVAS_COLOUR.tooltip, size=14)
        self.setAccessibleName(CANVAS_COLOUR.title)
        self.setFixedHeight(28)
        self.clicked.connect(self.open_menu)

    def open_menu(self) -> QMenu:
        """Open the menu of canvas colours above the button with the current colour checked, and return it."""
        from gdm_studio.ui.widgets.menu import empty_menu

        menu = empty_menu(self)
        menu.setAccessibleName(CANVAS_COLOUR.title)
        group = QActionGroup(menu)
        for value, title in CANVASES.items():
            entry = menu.addAction(translate("Setting", title))
            entry.setCheckable(True)
            entry.setChecked(value == self._theme.canvas)
            entry.triggered.connect(lambda _=False, value=value: self.chosen.emit(value))
            group.addAction(entry)
        menu.addSeparator()
        custom = menu.addAction(self.tr("Custom colour…"))
        custom.setCheckable(True)
        custom.setChecked(self._theme.canvas not in CANVASES)
        custom.triggered.connect(self.open_dialog)
        group.addAction(custom)
        menu.popup(self.mapToGlobal(QPoint(0, -menu.sizeHint().height() - GAP)))
        return menu

    def open_dialog(self) -> QColorDialog:
        """Open a dialog for choosing a custom canvas colour, and return it."""
        current = self._theme.canvas
        dialog = QColorDialog(self.window())
        dialog.setWindowTitle(CANVAS_COLOUR.title.rstrip("…"))
        if current not in CANVASES:
            dialog.setCurrentColor(QColor(current))
        dialog.colorSelected.connect(lambda colour: self.chosen.emit(colour.name()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog
