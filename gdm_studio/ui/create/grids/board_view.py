"""What the sheets over the stage have alike: cells, words above them, and a menu on each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QWidget

from gdm_studio.ui.actions import FAVOURITE, USE
from gdm_studio.ui.create.grids.cell import Cell
from gdm_studio.ui.create.grids.cells import Cells
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import ElidedLabel
from gdm_studio.ui.widgets.layouts import in_row
from gdm_studio.ui.widgets.menu import empty_menu


class BoardView(QFrame):
    """Signals: `taken(int)` and `favoured(int)`, the place of a cell; `closed()`. Setter: `set_words(text, *shorter)`.
    Part: `cells`.
    """

    taken = Signal(int)
    favoured = Signal(int)
    closed = Signal()

    def __init__(self, theme: Theme, area: Cells, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._theme, self._area = theme, area
        self.cells: list[Cell] = []
        self._words = ElidedLabel("", "muted")

    def set_words(self, text: str, *shorter: str) -> None:
        """How far it is, and of what."""
        self._words.set_texts(text, *shorter)

    def show_menu(self, place: int, at: QPoint) -> QMenu | None:
        """What can be done with the picture of a cell."""
        cell = self.cells[place]
        if not cell.isEnabled():
            return None
        menu = empty_menu(self)
        for words, signal in self._entries(place).items():
            menu.addAction(words).triggered.connect(lambda _=False, signal=signal: signal.emit(place))
        menu.popup(cell.mapToGlobal(at))
        return menu

    def _entries(self, place: int) -> dict[str, SignalInstance]:
        """Of the menu of a cell."""
        return {USE.label: self.taken, FAVOURITE.label: self.favoured}

    def _make_cells(self, titles: Sequence[str], click: Callable[[int], object], *, worded: bool = False) -> None:
        """Empty ones."""
        self.cells = [Cell(self._theme, title, worded=worded, parent=self._area.page) for title in titles]
        for place, cell in enumerate(self.cells):
            cell.clicked.connect(lambda _=False, place=place: click(place))
            cell.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            cell.customContextMenuRequested.connect(lambda at, place=place: self.show_menu(place, at))

    def _words_beside(self, height: int, *beside: QWidget) -> QHBoxLayout:
        """The words, as high with and without what is beside them."""
        line = in_row((self._words, 1), *beside, margins=(16, 0, 16, 0))
        line.addStrut(height)
        return line
