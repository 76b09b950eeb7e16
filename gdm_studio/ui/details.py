"""The facts of one picture, and what can be done with it, in the narrow column beside the canvas."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from gdm_studio.ui.gallery.close_to import CloseTo
from gdm_studio.ui.gallery.facts import FactRows, exact_words, facts_of, when_words
from gdm_studio.ui.gallery_model import PictureLike, title_of
from gdm_studio.ui.theme import Theme
from gdm_studio.ui.widgets import ActionButton, ElidedLabel, label
from gdm_studio.ui.widgets.layouts import in_row, stacked

MINUTE_MS = 60_000


class Details(QWidget):
    """Signals: `use_settings(object)`, `favourite(list ids, bool)`, `open_folder(object)`, `delete(list ids)`,
    `export(list pictures)`, `copy_credit(object)`, `less_like_asked(object)`. Part: `close_to`.

    Setters: `show_picture(picture | None)`, `set_model_titles(titles)`. Reader: `picture()`.
    """

    use_settings = Signal(object)
    favourite = Signal(list, bool)
    open_folder = Signal(object)
    delete = Signal(list)
    export = Signal(list)
    copy_credit = Signal(object)
    less_like_asked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: PictureLike | None = None
        self._titles: Mapping[str, str] = {}
        self._title = ElidedLabel("", "strong")
        self._when = label("", "muted")
        self._facts = FactRows()
        self._use = ActionButton(theme, "Use settings", tooltip="Set everything as for this picture")
        self._star = ActionButton(theme, "", tooltip="Favourite (F)", name="star")
        self._folder = ActionButton(theme, "", tooltip="Open its folder", name="folder-open")
        self._bin = ActionButton(
            theme, "", tooltip="Delete (Del); Ctrl+Z brings it back", name="trash-2", hover="danger"
        )
        self._export = ActionButton(
            theme, "Export…", tooltip="Larger, as SVG, as icons of every kind (Ctrl+E)", name="download"
        )
        self.close_to = CloseTo(theme)
        self._credit = ActionButton(theme, "Copy credit", tooltip="Whose drawings the model learned from, to name them")
        self._connect()
        self._lay_out()
        self._clock = QTimer(self, interval=MINUTE_MS)
        self._clock.timeout.connect(self._show_when)
        self.show_picture(None)

    def picture(self) -> PictureLike | None:
        return self._picture

    def set_model_titles(self, titles: Mapping[str, str]) -> None:
        """What people call the models, by name."""
        self._titles = titles
        self.show_picture(self._picture)

    def show_picture(self, picture: PictureLike | None) -> None:
        """The facts of a picture; with None nothing is shown."""
        if picture is None or self._picture is None or picture.id != self._picture.id:
            self.close_to.show_origin(None)
        self._picture = picture
        self.setVisible(picture is not None)
        if picture is None:
            self._clock.stop()
            return
        self._title.setText(title_of(picture))
        self._show_when()
        self._clock.start()
        self._facts.show_facts(facts_of(picture, self._titles))
        self._star.set_icon("star", "star" if picture.favourite else "text", filled=picture.favourite)
        self._star.setToolTip("No favourite any more (F)" if picture.favourite else "Favourite (F)")

    def _show_when(self) -> None:
        if self._picture is not None:
            self._when.setText(when_words(self._picture.created))
            self._when.setToolTip(exact_words(self._picture.created))

    def _connect(self) -> None:
        self._use.clicked.connect(lambda: self.use_settings.emit(self._picture))
        self._star.clicked.connect(self._on_star)
        self._folder.clicked.connect(lambda: self.open_folder.emit(self._picture))
        self._bin.clicked.connect(self._on_bin)
        self._export.clicked.connect(lambda: self.export.emit([self._picture]))
        self._credit.clicked.connect(lambda: self.copy_credit.emit(self._picture))
        self.close_to.less_asked.connect(lambda: self.less_like_asked.emit(self._picture))

    def _on_bin(self) -> None:
        if self._picture is not None:
            self.delete.emit([self._picture.id])

    def _on_star(self) -> None:
        if self._picture is not None:
            self.favourite.emit([self._picture.id], not self._picture.favourite)

    def _lay_out(self) -> None:
        head = in_row((self._title, 1), self._when, spacing=8)
        buttons = in_row((self._use, 1), spacing=6)
        for button in (self._star, self._folder, self._bin):
            button.setFixedWidth(36)
            if button is self._bin:
                buttons.addSpacing(8)  # not to be hit by a slip
            buttons.addWidget(button)
        outward = in_row((self._export, 1), (self._credit, 1), spacing=6)
        stacked(head, self._facts, self.close_to, 3, buttons, outward, on=self, spacing=9)
