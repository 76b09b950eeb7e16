"""Tools, other than the brush, that change an inpainting mask, and the button that opens their menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QLineEdit, QMenu, QWidgetAction

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.ui.theme.safe_text import plain
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets import IconButton

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

BRUSH, RECTANGLE, LASSO, AREA, COLOUR = "brush", "rectangle", "lasso", "area", "colour"
TOOLS = {
    BRUSH: QT_TRANSLATE_NOOP("MaskTools", "Brush"),
    RECTANGLE: QT_TRANSLATE_NOOP("MaskTools", "Rectangle"),
    LASSO: QT_TRANSLATE_NOOP("MaskTools", "Lasso"),
    AREA: QT_TRANSLATE_NOOP("MaskTools", "Area at a click"),
    COLOUR: QT_TRANSLATE_NOOP("MaskTools", "Colour at a click"),
}
# The tools with which the user draws an outline.
OUTLINES = (RECTANGLE, LASSO)
INVERT, GROW, SOFTEN, CLEAR = "invert", "grow", "soften", "clear"
EDITS = {
    INVERT: QT_TRANSLATE_NOOP("MaskTools", "Invert"),
    GROW: QT_TRANSLATE_NOOP("MaskTools", "Grow"),
    SOFTEN: QT_TRANSLATE_NOOP("MaskTools", "Soften the edges"),
    CLEAR: QT_TRANSLATE_NOOP("MaskTools", "Clear"),
}
# By so many pixels of a picture of 1024 pixels a side, a mask grows and its edges become soft.
_REACH = 8
# Maximum length of a word by which to select.
MAX_WORD = 80
# Distance in logical pixels between the button and its menu.
_GAP = 6


class MaskToolButton(IconButton):
    """Button that opens a menu of the tools and edits of the inpainting mask.

    `tool_chosen(str)` contains one of TOOLS, `edit_asked(str)` one of EDITS, and `word_asked(str)` the word that
    describes what to select.
    """

    tool_chosen = Signal(str)
    edit_asked = Signal(str)
    word_asked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        tooltip = translate(
            "MaskTools", "Select by a rectangle, a lasso, a click or a word; invert, grow or soften the mask"
        )
        super().__init__(theme, "ellipsis", tooltip=tooltip, size=16)
        self.setProperty("role", "mark")
        self.setFixedSize(28, 28)
        self.tool = BRUSH
        # Words that the menu offers for selecting what they describe.
        self.words: Sequence[str] = ()
        self.clicked.connect(self.open_menu)

    def open_menu(self) -> QMenu:
        """Open the menu above the button with the current tool checked, and return it."""
        from gdm_studio.ui.widgets.menu import empty_menu

        menu = empty_menu(self)
        menu.setAccessibleName(translate("MaskTools", "Tools of the mask"))
        group = QActionGroup(menu)
        for name, title in TOOLS.items():
            entry = menu.addAction(translate("MaskTools", title))
            entry.setCheckable(True)
            entry.setChecked(name == self.tool)
            entry.triggered.connect(lambda _=False, name=name: self.choose(name))
            group.addAction(entry)
        menu.addSeparator()
        self._add_words(menu)
        menu.addSeparator()
        for name, title in EDITS.items():
            entry = menu.addAction(translate("MaskTools", title))
            entry.triggered.connect(lambda _=False, name=name: self.edit_asked.emit(name))
        menu.popup(self.mapToGlobal(QPoint(0, -menu.sizeHint().height() - _GAP)))
        return menu

    def _add_words(self, menu: QMenu) -> None:
        """Add a menu of the words, with a field for another one."""
        words = menu.addMenu(translate("MaskTools", "Select by word"))
        for word in self.words:
            entry = words.addAction(plain(word).replace("&", "&&"))
            entry.triggered.connect(lambda _=False, word=word: self.word_asked.emit(word))
        field = QLineEdit(words)
        field.setPlaceholderText(translate("MaskTools", "Another word"))
        field.setAccessibleName(translate("MaskTools", "Another word to select by"))
        field.setMaxLength(MAX_WORD)

        def choose() -> None:
            if text := field.text().strip():
                menu.close()
                self.word_asked.emit(text)

        field.returnPressed.connect(choose)
        action = QWidgetAction(words)
        action.setDefaultWidget(field)
        words.addAction(action)

    def choose(self, tool: str) -> None:
        """Select the mask tool `tool`, one of TOOLS."""
        self.tool = tool
        self.tool_chosen.emit(tool)


def outline_of(tool: str, points: list[QPointF]) -> list[QPointF]:
    """Return the corners of the area that the pointer has outlined with a tool, one of OUTLINES."""
    if tool != RECTANGLE:
        return points
    first, last = points[0], points[-1]
    return [first, QPointF(last.x(), first.y()), last, QPointF(first.x(), last.y())]


def selected_at(tool: str, picture: np.ndarray, position: QPointF) -> np.ndarray:
    """Return the mask, uint8 (H, W), of the area or the colour at a click on a picture (H, W, 4)."""
    from gdm_studio.engine.colour_selection import select_colour

    return select_colour(picture, (position.x(), position.y()), is_coherent=tool == AREA)


def edited(edit: str, mask: np.ndarray) -> np.ndarray:
    """Return a mask, uint8 (H, W), after one of EDITS."""
    from gdm_studio.engine import colour_selection

    if edit == INVERT:
        return 255 - mask
    if edit == CLEAR:
        return mask * 0
    pixels = max(1, round(max(mask.shape) * _REACH / 1024))
    return (colour_selection.grow if edit == GROW else colour_selection.feather)(mask, pixels)
