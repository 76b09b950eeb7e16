"""Details and actions of the image selected in the Create page's gallery panel."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdm_studio.ui.gallery.attribution import SimilarImageLabel
from gdm_studio.ui.gallery.image_details import Caption, FactRows, OriginLink, facts_of
from gdm_studio.ui.gallery.image_signals import ImageSignals
from gdm_studio.ui.gallery.list_model import PictureLike
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets import button_of, refresh_buttons
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.menu import menu_of
from gdm_studio.ui.window_actions import DELETE, EXPORT, FAVOURITE, MENU_BESIDE, UNFAVOURITE, USE, Action


class Details(QWidget):
    """Details of the image selected in the Create page's gallery panel. Its buttons emit the signals of the
    ImageSignals object `signals`.
    """

    # A different picture, or None.
    shown = Signal(object)

    def __init__(self, theme: Theme, signals: ImageSignals, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: PictureLike | None = None
        self._titles: Mapping[str, str] = {}
        self._caption = Caption()
        self._facts = FactRows()
        self._origin_link = OriginLink(theme)
        self._origin_link.clicked.connect(lambda: signals.parent_of.emit(self._picture))
        self.similar_label = SimilarImageLabel(theme)
        self.similar_label.less_asked.connect(lambda: signals.less_like.emit(self._picture))
        self._make_buttons(theme, signals.of(self.picture))
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
        self._origin_link.show_picture(picture)
        refresh_buttons(self._actions)
        self._star.set_icon("star", "star" if picture.favourite else "text", filled=picture.favourite)
        self._star.setToolTip((UNFAVOURITE if picture.favourite else FAVOURITE).tooltip)

    def _make_buttons(self, theme: Theme, offered: Mapping[Action, Action]) -> None:
        self._use_button = button_of(theme, offered[USE].keyless)
        self._star = button_of(theme, offered[FAVOURITE], text="", icon=True)
        more = Action(self.tr("More actions"), icon="ellipsis").bind(partial(self._open_menu, theme, offered))
        self._more_button = button_of(theme, more, text="", icon=True)
        self._delete_button = button_of(theme, offered[DELETE], text="", icon=True, hover="danger")
        self._export_button = button_of(theme, offered[EXPORT], icon=True)
        # The button whose action depends on the picture.
        self._actions = {self._use_button: offered[USE].keyless}

    def _open_menu(self, theme: Theme, offered: Mapping[Action, Action]) -> None:
        """Open the menu of the selected image below its button."""
        place = self._more_button.mapToGlobal(QPoint(0, self._more_button.height() + 2))
        menu_of(self, theme, [offered[action].keyless for action in MENU_BESIDE], at=place)

    def _lay_out(self) -> None:
        buttons = in_row((self._use_button, 1), spacing=4)
        for button in (self._star, self._more_button, self._delete_button):
            button.setFixedWidth(31)
            if button is self._delete_button:
                # Space that keeps a slip of the mouse from hitting Delete.
                buttons.addSpacing(4)
            buttons.addWidget(button)
        for button in (self._use_button, self._export_button):
            # A long title may use the margins of the button, and is shortened if that is not enough.
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        parts = (self._caption, self._facts, self._origin_link, self.similar_label, 3, buttons, self._export_button)
        stacked(*parts, on=self, spacing=9)
