"""The facts of one picture, and what can be done with it, in the narrow column beside the canvas."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gdm_studio.ui.actions import COPY_CREDIT, DELETE, EXPORT, FAVOURITE, OPEN_FOLDER, UNFAVOURITE, USE, Action
from gdm_studio.ui.gallery.asks import Asks
from gdm_studio.ui.gallery.close_to import CloseTo
from gdm_studio.ui.gallery.facts import Caption, FactRows, facts_of
from gdm_studio.ui.gallery.list_model import PictureLike
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import button_of
from gdm_studio.ui.widgets.layouts import in_row, stacked


class Details(QWidget):
    """What can be done goes through `asks`. Signal: `shown(object picture | None)`, another than before.

    Part: `close_to`.
    Setters: `show_picture(picture | None)`, `set_model_titles(titles)`. Reader: `picture()`.
    """

    shown = Signal(object)

    def __init__(self, theme: Theme, asks: Asks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: PictureLike | None = None
        self._titles: Mapping[str, str] = {}
        self._caption, self._facts = Caption(), FactRows()
        self.close_to = CloseTo(theme)
        self.close_to.less_asked.connect(lambda: asks.less_like.emit(self._picture))
        self._make_buttons(theme, asks.of(self.picture))
        self._lay_out()
        self.show_picture(None)

    def picture(self) -> PictureLike | None:
        return self._picture

    def set_model_titles(self, titles: Mapping[str, str]) -> None:
        """What people call the models, by name."""
        self._titles = titles
        self.show_picture(self._picture)

    def show_picture(self, picture: PictureLike | None) -> None:
        """The facts of a picture; with None nothing is shown."""
        is_other = picture is None or self._picture is None or picture.id != self._picture.id
        self._picture = picture
        self.setVisible(picture is not None)
        if is_other:
            self.close_to.show_origin(None)
            self.shown.emit(picture)
        if picture is None:
            return
        self._caption.show_picture(picture)
        self._facts.show_facts(facts_of(picture, self._titles))
        self._star.set_icon("star", "star" if picture.favourite else "text", filled=picture.favourite)
        self._star.setToolTip((UNFAVOURITE if picture.favourite else FAVOURITE).tooltip)

    def _make_buttons(self, theme: Theme, offered: Mapping[Action, Action]) -> None:
        self._use, self._credit = button_of(theme, offered[USE].keyless), button_of(theme, offered[COPY_CREDIT])
        self._star = button_of(theme, offered[FAVOURITE], text="", icon=True)
        self._folder = button_of(theme, offered[OPEN_FOLDER], text="", icon=True)
        self._bin = button_of(theme, offered[DELETE], text="", icon=True, hover="danger")
        self._export = button_of(theme, offered[EXPORT], icon=True)

    def _lay_out(self) -> None:
        buttons = in_row((self._use, 1), spacing=6)
        for button in (self._star, self._folder, self._bin):
            button.setFixedWidth(36)
            if button is self._bin:
                buttons.addSpacing(8)  # not to be hit by a slip
            buttons.addWidget(button)
        outward = in_row((self._export, 1), (self._credit, 1), spacing=6)
        stacked(self._caption, self._facts, self.close_to, 3, buttons, outward, on=self, spacing=9)
