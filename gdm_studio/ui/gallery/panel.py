"""The gallery beside the canvas: search, thumbnails, the facts of the selected picture."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QFrame, QWidget

from gdm_studio.ui.gallery.details import Details
from gdm_studio.ui.gallery.grid import Grid
from gdm_studio.ui.gallery.list_model import PictureLike, PictureModel
from gdm_studio.ui.look.theme import SPACE, Theme
from gdm_studio.ui.widgets import rule
from gdm_studio.ui.widgets.layouts import stacked
from gdm_studio.ui.widgets.search_field import SearchField

CELL, EDGE = 72, 14


class GalleryPanel(QFrame):
    """Signals: `selected(object | None)`, `activated(object)` with a picture of the model. Part: `asks`.

    Setters: `ring(id)`, `focus_search()`.
    Searching asks the model for other pages.
    """

    selected = Signal(object)
    activated = Signal(object)

    def __init__(self, theme: Theme, model: PictureModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setFixedWidth(SPACE.gallery_width)
        self.search = SearchField(theme)
        self.grid = Grid(theme, model, cell=CELL)
        self.asks = self.grid.asks
        self.details = Details(theme, self.asks)
        self._rule = rule()
        self._lay_out()
        self.search.searched.connect(model.set_query)
        self.search.left_down.connect(self.grid.setFocus)
        self.grid.current_changed.connect(self._on_current)
        self.grid.activated_picture.connect(self.activated)
        model.dataChanged.connect(self._on_data)
        self._on_current(None)

    def ring(self, picture_id: str) -> None:
        """Selects a picture that is on the canvas already: nobody is told to show it. "" for none."""
        if (current := self.grid.current()) is None or current.id != picture_id:  # else more may be selected
            with QSignalBlocker(self):
                self.grid.select(picture_id)

    def focus_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _on_current(self, picture: PictureLike | None) -> None:
        self.details.show_picture(picture)
        self._rule.setVisible(picture is not None)
        self.selected.emit(picture)

    def _on_data(self) -> None:
        self.details.show_picture(self.grid.current())

    def _lay_out(self) -> None:
        column = stacked(on=self, margins=(EDGE, EDGE, 0, EDGE), spacing=SPACE.medium)
        for part in (self.search, self.grid, self._rule, self.details):
            box = stacked(part, margins=(0, 0, 0 if part is self.grid else EDGE, 0))
            column.addLayout(box, 1 if part is self.grid else 0)
