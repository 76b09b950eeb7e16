"""Gallery panel of the Create page: search, thumbnails, and details and actions of the selected image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from gdm_studio.ui.actions import COPY_CREDIT, DELETE, EXPORT, FAVOURITE, OPEN_FOLDER, UNFAVOURITE, USE, Action
from gdm_studio.ui.gallery.attribution import SimilarImageLabel
from gdm_studio.ui.gallery.grid import Grid
from gdm_studio.ui.gallery.image_details import Caption, FactRows, facts_of
from gdm_studio.ui.gallery.image_signals import ImageSignals
from gdm_studio.ui.gallery.list_model import PictureLike, PictureModel
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets import ActionButton, button_of, horizontal_rule, wrapped
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.search_field import SearchField

CELL = 72
EDGE = 14


class GalleryPanel(QFrame):
    """Panel of the Create page with a search field, the thumbnails of matching images, and the selected image's
    details.
    """

    # A picture or None.
    selected = Signal(object)
    # A picture.
    activated = Signal(object)

    def __init__(self, theme: Theme, model: PictureModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setMinimumWidth(SPACE.gallery_width)
        self.search = SearchField(theme)
        self.grid = Grid(theme, model, cell=CELL)
        self.signals = self.grid.signals
        self.details = Details(theme, self.signals)
        self.hidden_note = QWidget()
        self.hidden_note.hide()
        self._show_hidden = ActionButton(
            theme, self.tr("Show it"), tooltip=self.tr("Clear the search and show the new picture"), role="small"
        )
        # Id of the picture on the canvas while the search does not list it, or "".
        self._unlisted: object = ""
        self._pictures = model
        self._rule = horizontal_rule()
        self._lay_out()
        self._show_hidden.clicked.connect(self.search.empty)
        self.search.searched.connect(self._search)
        self.search.left_down.connect(self.grid.setFocus)
        self.search.searched.connect(self.hidden_note.hide)
        model.found.connect(self._select_unlisted)
        model.left_out.connect(self._on_left_out)
        self.grid.current_changed.connect(self._on_current)
        self.grid.activated_picture.connect(self.activated)
        model.dataChanged.connect(self._on_data)
        self._on_current(None)

    def mark(self, picture_id: str) -> None:
        """Select the image shown on the Create page's canvas, without emitting `selected`.

        An id of "" clears the selection. An image that the search does not list is selected as soon as it is listed.
        """
        # If the image is current already, several pictures may be selected, and they stay selected.
        if (current := self.grid.current()) is None or current.id != picture_id:
            with QSignalBlocker(self):
                self.grid.select(picture_id)
            is_listed = not self._pictures.query() or self._pictures.row_of(picture_id) >= 0
            self._set_unlisted("" if is_listed else picture_id)

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
        self._unlisted = picture_id
        self.hidden_note.hide()

    def _select_unlisted(self) -> None:
        """Select the image on the canvas if the search has just begun to list it."""
        if self._unlisted and self._pictures.row_of(self._unlisted) >= 0:
            with QSignalBlocker(self):
                self.grid.select(self._unlisted)

    def _on_left_out(self, picture_id: object) -> None:
        """Inform the user if the search hides the new image that is on the canvas."""
        if picture_id == self._unlisted:
            self.hidden_note.show()

    def focus_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _on_current(self, picture: PictureLike | None) -> None:
        self.details.show_picture(picture)
        self._rule.setVisible(picture is not None)
        if picture is not None:
            self._set_unlisted("")
        self.selected.emit(picture)

    def _on_data(self) -> None:
        self.details.show_picture(self.grid.current())

    def _lay_out(self) -> None:
        note = wrapped(self.tr("The search hides the new picture."), "hint")
        in_row((note, 1), self._show_hidden, on=self.hidden_note, spacing=SPACE.small)
        column = stacked(on=self, margins=(EDGE, EDGE, 0, EDGE), spacing=SPACE.medium)
        for part in (self.search, self.hidden_note, self.grid, self._rule, self.details):
            box = stacked(part, margins=(0, 0, 0 if part is self.grid else EDGE, 0))
            column.addLayout(box, 1 if part is self.grid else 0)


class Details(QWidget):
    """Details of the image selected in the Create page's gallery panel. Its buttons emit the signals of the
    ImageSignals object `asks`.
    """

    # A different picture, or None.
    shown = Signal(object)

    def __init__(self, theme: Theme, asks: ImageSignals, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: PictureLike | None = None
        self._titles: Mapping[str, str] = {}
        self._caption = Caption()
        self._facts = FactRows()
        self.similar_label = SimilarImageLabel(theme)
        self.similar_label.less_asked.connect(lambda: asks.less_like.emit(self._picture))
        self._make_buttons(theme, asks.of(self.picture))
        self._lay_out()
        self.show_picture(None)

    def picture(self) -> PictureLike | None:
        return self._picture

    def set_model_titles(self, titles: Mapping[str, str]) -> None:
        """Set the titles of models and styles that the details show in place of their internal names.

        Keys are model names, and "model:style" for styles.
        """
        self._titles = titles
        self.show_picture(self._picture)

    def show_picture(self, picture: PictureLike | None) -> None:
        """Show an image's settings and the buttons for it, or hide the widget if `picture` is None."""
        is_other = picture is None or self._picture is None or picture.id != self._picture.id
        self._picture = picture
        self.setVisible(picture is not None)
        if is_other:
            self.similar_label.show_origin(None)
            self.shown.emit(picture)
        if picture is None:
            return
        self._caption.show_picture(picture)
        self._facts.show_facts(facts_of(picture, self._titles))
        self._star.set_icon("star", "star" if picture.favourite else "text", filled=picture.favourite)
        self._star.setToolTip((UNFAVOURITE if picture.favourite else FAVOURITE).tooltip)

    def _make_buttons(self, theme: Theme, offered: Mapping[Action, Action]) -> None:
        self._use = button_of(theme, offered[USE].keyless)
        self._credit = button_of(theme, offered[COPY_CREDIT])
        self._star = button_of(theme, offered[FAVOURITE], text="", icon=True)
        self._folder = button_of(theme, offered[OPEN_FOLDER], text="", icon=True)
        self._bin = button_of(theme, offered[DELETE], text="", icon=True, hover="danger")
        self._export = button_of(theme, offered[EXPORT], icon=True)

    def _lay_out(self) -> None:
        buttons = in_row((self._use, 1), spacing=4)
        for button in (self._star, self._folder, self._bin):
            button.setFixedWidth(31)
            if button is self._bin:
                # Space that keeps a slip of the mouse from hitting Delete.
                buttons.addSpacing(4)
            buttons.addWidget(button)
        for button in (self._use, self._export, self._credit):
            # A long title may use the margins of the button, and is shortened if that is not enough.
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        # The longer title gets more room.
        outward = in_row((self._export, 8), (self._credit, 9), spacing=4)
        stacked(self._caption, self._facts, self.similar_label, 3, buttons, outward, on=self, spacing=9)
