"""Details panel of the gallery page, with preview, saved steps, settings, tags and note of the selected image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from gdm_studio.ui import window_actions
from gdm_studio.ui.denoising_steps.saved_step_strip import SavedStepsStrip
from gdm_studio.ui.gallery.attribution import SimilarImageLabel
from gdm_studio.ui.gallery.image_details import OURS, Caption, FactRows, Link, OriginLink, facts_of
from gdm_studio.ui.gallery.image_signals import ImageSignals
from gdm_studio.ui.gallery.list_model import PictureLike, has_settings
from gdm_studio.ui.gallery.preview import Preview
from gdm_studio.ui.gallery.tags_and_note import NoteField, Tags
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import joined_sentences
from gdm_studio.ui.widgets import button_of, refresh_buttons, wrapped
from gdm_studio.ui.widgets.layouts import OverlayScrollBar, in_grid, scrolled, stacked

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.request.generation_events import View

WIDTH = 272
EDGE = 14
OFFERED = (
    window_actions.USE,
    window_actions.VARY,
    window_actions.COMPARE,
    window_actions.EXPORT,
    window_actions.OPEN_FOLDER,
    window_actions.COPY_CREDIT,
)


class DetailsPanel(QFrame):
    """Side panel of the Gallery page with the selected image's details. Its buttons emit the signals of the
    ImageSignals object `signals`.

    Setters that take an image id do nothing if another image is shown by then.
    """

    large_asked = Signal()
    # The picture whose steps are opened on the Create page.
    opened = Signal(object)
    # Screen position for the tag field.
    tag_asked = Signal(QPoint)
    untagged = Signal(str)
    # A picture and its note.
    noted = Signal(object, str)

    def __init__(self, theme: Theme, signals: ImageSignals, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setFixedWidth(WIDTH)
        self._picture: PictureLike | None = None
        self._titles: Mapping[str, str] = {}
        self._rgba: np.ndarray | None = None
        self.preview = Preview(theme, WIDTH - 2 * EDGE)
        self._hint = wrapped(self.tr("Select a picture to see how it was made."), align=Qt.AlignmentFlag.AlignHCenter)
        self.steps = SavedStepsStrip(theme)
        offered = signals.of(self.picture)
        self._star = button_of(theme, offered[window_actions.FAVOURITE], text="", icon=True, role="mark")
        self._caption = Caption(self._star)
        self._facts = FactRows()
        self._origin_link = OriginLink(theme)
        self._original = Link(theme, self.tr("Edited from"), self.tr("Show the picture as it was generated"))
        self._reproducibility = Link(theme, self.tr("Reproducibility"), window_actions.REPRODUCE.description)
        self._file = Link(theme, self.tr("Its file"), window_actions.REPORT.description)
        self._reasons = wrapped("", "hint")
        self.similar_label = SimilarImageLabel(theme)
        self.tags = Tags(theme)
        self.note = NoteField()
        self._buttons = [button_of(theme, offered[each], role="small") for each in OFFERED]
        self._actions = dict(zip(self._buttons, (offered[each] for each in OFFERED), strict=True))
        self._buttons.append(button_of(theme, offered[window_actions.DELETE], role="flat-danger"))
        self._connect(signals)
        self._lay_out()
        self.show_picture(None)

    def picture(self) -> PictureLike | None:
        return self._picture

    def set_model_titles(self, titles: Mapping[str, str]) -> None:
        """Set the titles of models and styles that the panel shows in place of their internal names.

        Keys are model names, and "model:style" for styles.
        """
        self._titles = titles
        self._show_facts()

    def show_picture(self, picture: PictureLike | None, rough: QPixmap | None = None) -> None:
        """Show an image's details, with the thumbnail `rough` until `show_pixels()` supplies the image in full size.

        If the same image is already shown, its loaded details are retained.
        """
        other = picture is None or self._picture is None or picture.id != self._picture.id
        if other:
            self.note.flush()
            self._rgba = None
            self.preview.show_thumbnail(rough)
            self.steps.show_none()
            self._reproducibility.show_words(self.tr("check"), "accent")
            self._original.hide()
            self._reasons.hide()
            self.similar_label.show_origin(None)
        self._picture = picture
        self._body.setVisible(picture is not None)
        self._footer.setVisible(picture is not None)
        self.preview.setVisible(picture is not None)
        self._hint.setVisible(picture is None)
        self._show_facts()

    def set_acts(self, acts: bool) -> None:
        """Show or hide the buttons that act on the image. They are hidden while several images are selected, since the
        selection bar acts on all of them.
        """
        for button in self._buttons:
            button.setVisible(acts)

    def show_pixels(self, picture_id: Any, rgba: np.ndarray) -> None:
        """Show an image's full-size pixels (uint8 RGBA) in the preview, if this image is still selected."""
        if self._shows(picture_id):
            self._rgba = rgba
            self.preview.show_picture(rgba)

    def show_reproduces(self, picture_id: Any, words: str, colour: str, tooltip: str = "") -> None:
        """Show whether generating the image again gave the same pixels, in the theme colour named `colour`."""
        if self._shows(picture_id):
            self._reproducibility.show_words(words, colour, tooltip)

    def show_reasons(self, picture_id: Any, reasons: Sequence[str]) -> None:
        """Show sentences that explain why generating the image again did not reproduce it exactly."""
        if self._shows(picture_id):
            self._reasons.setText(joined_sentences(reasons))
            self._reasons.setVisible(bool(reasons))

    def show_original(self, picture_id: Any, name: str) -> None:
        """Show a link to the generated image from which this image was made by editing it in another program."""
        if self._shows(picture_id):
            self._original.show_words(name, "accent")
            self._original.show()

    def _shows(self, picture_id: Any) -> bool:
        return self._picture is not None and self._picture.id == picture_id

    def _show_facts(self) -> None:
        picture = self._picture
        if picture is None:
            return
        self._caption.show_picture(picture)
        self._star.set_icon("star", "star" if picture.favourite else "muted", filled=picture.favourite)
        self._star.setToolTip((window_actions.UNFAVOURITE if picture.favourite else window_actions.FAVOURITE).tooltip)
        self._facts.show_facts(facts_of(picture, self._titles))
        self._origin_link.show_picture(picture)
        refresh_buttons(self._actions)
        elsewhere = getattr(picture, "tool", OURS) not in ("", OURS)
        self._file.setVisible(elsewhere)
        self._file.show_words(self.tr("details"), "accent")
        self._reproducibility.setVisible(not elsewhere and has_settings(picture))
        self.tags.show_tags(getattr(picture, "tags", ()))
        self.note.show_note(getattr(picture, "note", ""))

    def _preview_step(self, view: View | None) -> None:
        """Show one of the image's saved denoising steps in the preview, or the finished image if `view` is None."""
        self.preview.show_picture(view.predicted if view is not None else self._rgba)

    def _connect(self, signals: ImageSignals) -> None:
        self.preview.clicked.connect(self.large_asked)
        self.steps.looked_at.connect(self._preview_step)
        self.steps.opened.connect(lambda: self.opened.emit(self._picture))
        self._origin_link.clicked.connect(lambda: signals.parent_of.emit(self._picture))
        self._original.clicked.connect(lambda: signals.original_of.emit(self._picture))
        self._reproducibility.clicked.connect(lambda: signals.reproduce.emit(self._picture))
        self.similar_label.less_asked.connect(lambda: signals.less_like.emit(self._picture))
        self._file.clicked.connect(lambda: signals.report.emit(self._picture))
        self.tags.add_asked.connect(self.tag_asked)
        self.tags.removed.connect(self.untagged)
        self.note.written.connect(self._on_note)

    def _on_note(self, text: str) -> None:
        if self._picture is not None:
            self.noted.emit(self._picture, text)

    def _lay_out(self) -> None:
        self._star.setFixedSize(24, 24)
        buttons = in_grid(across=6, down=6)
        for number, button in enumerate(self._buttons):
            # Long titles are shortened. They must not make the panel wider than its scroll area.
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            across = 2 if number == len(self._buttons) - 1 and number % 2 == 0 else 1
            buttons.addWidget(button, number // 2, number % 2, 1, across)
        for column in (0, 1):
            buttons.setColumnStretch(column, 1)
        self._body = QWidget()
        links = (self._origin_link, self._original, self._reproducibility, self._reasons, self._file)
        rows = stacked(self._facts, *links, spacing=6)
        parts = (self.steps, self._caption, rows, self.similar_label, self.tags, self.note)
        stacked(*parts, on=self._body, spacing=8)
        inside = QWidget()
        stacked(self.preview, self._hint, self._body, ..., on=inside, margins=EDGE, spacing=10)
        area = scrolled(inside)
        self._scroll_bar = OverlayScrollBar(area)
        # The similar drawing is found a little later. The buttons do not scroll, so that none moves under the mouse.
        self._footer = QWidget()
        stacked(buttons, on=self._footer, margins=(EDGE, 8, EDGE, EDGE))
        stacked((area, 1), self._footer, on=self, spacing=0)
