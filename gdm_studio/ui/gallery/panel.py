"""Gallery panel of the Create page: search, thumbnails, and details and actions of the selected image."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QFrame, QWidget

from gdm_studio.ui.gallery.grid import Grid
from gdm_studio.ui.gallery.list_model import PictureLike, PictureModel
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets import ActionButton, horizontal_rule, wrapped
from gdm_studio.ui.widgets.keys import accept_letters
from gdm_studio.ui.widgets.layouts import in_row, put_in_tab_order, stacked
from gdm_studio.ui.widgets.search_field import SearchField

if TYPE_CHECKING:
    from gdm_studio.ui.gallery.details import Details

CELL = 72
EDGE = 14


class GalleryPanel(QFrame):
    """Panel of the Create page with a search field, the thumbnails of matching images, and the selected image's
    details.
    """

    # A picture or None.
    selected = Signal(object)
    # A picture on which the user pressed Enter or double-clicked, or which was clicked while it was selected already.
    activated = Signal(object)

    def __init__(self, theme: Theme, model: PictureModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setMinimumWidth(SPACE.gallery_width)
        self.search = SearchField(theme)
        self.grid = Grid(theme, model, cell=CELL)
        self.signals = self.grid.signals
        self._theme = theme
        # True if `details` was created.
        self._has_details = False
        self.hidden_note = QWidget()
        self.hidden_note.hide()
        self._show_hidden = ActionButton(
            theme, self.tr("Show it"), tooltip=self.tr("Clear the search and show the new picture"), role="small"
        )
        # Id of the picture on the canvas while the search does not list it, or "".
        self._unlisted_id: object = ""
        self._pictures = model
        self._rule = horizontal_rule()
        self._lay_out()
        accept_letters(self)
        self.search.hide()
        self._show_search()
        self._show_hidden.clicked.connect(self.search.empty)
        self.search.searched.connect(self._search)
        self.search.left_down.connect(self.grid.setFocus)
        self.search.searched.connect(self.hidden_note.hide)
        for listed in (model.found, model.modelReset, model.rowsInserted, model.layoutChanged):
            listed.connect(self._select_unlisted)
        model.left_out.connect(self._on_left_out)
        for changed in (model.layoutChanged, model.modelReset, model.rowsInserted, model.rowsRemoved):
            changed.connect(self._show_search)
        self.grid.current_changed.connect(self._on_current)
        self.grid.activated_picture.connect(self.activated)
        self.grid.clicked_again.connect(self.activated)
        model.dataChanged.connect(self._on_data)
        self._on_current(None)

    @cached_property
    def details(self) -> Details:
        """Details of the selected image, created when they are first needed."""
        from gdm_studio.ui.gallery.details import Details

        details = Details(self._theme, self.signals)
        self._has_details = True
        self._column.addLayout(stacked(details, margins=(0, 0, EDGE, 0)))
        put_in_tab_order(details, after=self.grid)
        return details

    def mark(self, picture_id: str) -> None:
        """Select the image shown on the Create page's canvas, without emitting `selected`.

        An id of "" clears the selection. An image that the search does not list is selected as soon as it is listed.
        """
        # If the image is current already, several pictures may be selected, and they stay selected.
        if (current := self.grid.current()) is None or current.id != picture_id:
            with QSignalBlocker(self):
                self.grid.select(picture_id)
            self._set_unlisted("" if self._pictures.row_of(picture_id) >= 0 else picture_id)

    def restore_selection(self, moments: Sequence[int]) -> None:
        """Select the images with the given creation timestamps, as far as they are listed, without emitting
        `selected`.
        """
        with QSignalBlocker(self):
            self.grid.select_moments(moments)

    def _search(self, text: str) -> None:
        # Imported late because it imports numpy, which the first paint must not wait for.
        from gdm_studio.gallery.search_terms import with_english_fields

        self._pictures.set_query(with_english_fields(text, translate))

    def _set_unlisted(self, picture_id: object) -> None:
        self._unlisted_id = picture_id
        self.hidden_note.hide()

    def _select_unlisted(self) -> None:
        """Select the image on the canvas if the search has just begun to list it."""
        if self._unlisted_id and self._pictures.row_of(self._unlisted_id) >= 0:
            with QSignalBlocker(self):
                self.grid.select(self._unlisted_id)

    def _on_left_out(self, picture_id: object) -> None:
        """Inform the user if the search hides the new image that is on the canvas."""
        if picture_id == self._unlisted_id:
            self.hidden_note.show()

    def _show_search(self) -> None:
        """Show the search field as soon as there is something to search. A search in progress stays."""
        if self.search.isHidden():
            self.search.setVisible(self._pictures.rowCount() > 0)

    def focus_search(self) -> None:
        self.search.show()
        self.search.setFocus()
        self.search.selectAll()

    def _on_current(self, picture: PictureLike | None) -> None:
        if picture is not None or self._has_details:
            self.details.show_picture(picture)
        self._rule.setVisible(picture is not None)
        if picture is not None:
            self._set_unlisted("")
        self.selected.emit(picture)

    def _on_data(self) -> None:
        if (picture := self.grid.current()) is not None or self._has_details:
            self.details.show_picture(picture)

    def _lay_out(self) -> None:
        note = wrapped(self.tr("The search hides the new picture."), "hint")
        in_row((note, 1), self._show_hidden, on=self.hidden_note, spacing=SPACE.small)
        self._column = column = stacked(on=self, margins=(EDGE, EDGE, 0, EDGE), spacing=SPACE.medium)
        for part in (self.search, self.hidden_note, self.grid, self._rule):
            box = stacked(part, margins=(0, 0, 0 if part is self.grid else EDGE, 0))
            column.addLayout(box, 1 if part is self.grid else 0)
