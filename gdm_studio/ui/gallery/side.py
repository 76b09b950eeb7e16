"""The selected picture beside the grid: itself, its kept steps, what made it, what people say of it, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from gdm_studio.ui import actions
from gdm_studio.ui.gallery.asks import Asks
from gdm_studio.ui.gallery.close_to import CloseTo
from gdm_studio.ui.gallery.facts import OURS, Caption, FactRows, facts_of
from gdm_studio.ui.gallery.kept_steps import KeptSteps
from gdm_studio.ui.gallery.list_model import PictureLike
from gdm_studio.ui.gallery.preview import Preview
from gdm_studio.ui.gallery.words_on import NoteField, Tags
from gdm_studio.ui.look.plain import entry, plain, tip
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import ActionButton, button_of, label, wrapped
from gdm_studio.ui.widgets.layouts import in_grid, in_row, scrolled, stacked
from gdm_studio.ui.widgets.scroll_bar import OverlayScrollBar

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.run import View

WIDTH, EDGE = 272, 14
OFFERED = (actions.USE, actions.VARY, actions.COMPARE, actions.EXPORT, actions.OPEN_FOLDER, actions.COPY_CREDIT)


class Side(QFrame):
    """What can be done goes through `asks`. Parts: `steps`, `tags`, `note`, `close_to`. Signals: `large_asked()`,
    `opened(object)`, `tag_asked(QPoint)` at a place of the screen, `untagged(str)`, `noted(object picture, str)`.
    Setters: `show_picture(picture | None, rough)`, `show_pixels(id, rgba)`, `show_reproduces(id, words, colour)`,
    `show_reasons(id, sentences)`, `show_origin(id, words)`, `set_model_titles(titles)`. Reader: `picture()`.
    """

    large_asked = Signal()
    opened = Signal(object)
    tag_asked = Signal(QPoint)
    untagged = Signal(str)
    noted = Signal(object, str)

    def __init__(self, theme: Theme, asks: Asks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setFixedWidth(WIDTH)
        self._picture: PictureLike | None = None
        self._titles: Mapping[str, str] = {}
        self._rgba: np.ndarray | None = None
        self.preview = Preview(theme, WIDTH - 2 * EDGE)
        self._hint = wrapped("Select a picture to see how it was made.", align=Qt.AlignmentFlag.AlignHCenter)
        self.steps = KeptSteps(theme)
        offered = asks.of(self.picture)
        self._star = button_of(theme, offered[actions.FAVOURITE], text="", icon=True, role="mark")
        self._caption, self._facts = Caption(self._star), FactRows()
        self._origin = _Link(theme, "Branch of", "Show the picture that it leaves")
        self._again = _Link(theme, "Reproducibility", actions.REPRODUCE.tip)
        self._file = _Link(theme, "Its file", actions.REPORT.tip)
        self._reasons = wrapped("", "hint")
        self.close_to = CloseTo(theme)
        self.tags, self.note = Tags(theme), NoteField()
        self._buttons = [button_of(theme, offered[each], role="small") for each in OFFERED]
        self._buttons.append(button_of(theme, offered[actions.DELETE], role="flat-danger"))
        self._connect(asks)
        self._lay_out()
        self.show_picture(None)

    def picture(self) -> PictureLike | None:
        return self._picture

    def set_model_titles(self, titles: Mapping[str, str]) -> None:
        """What people call the models, by name."""
        self._titles = titles
        self._show_facts()

    def show_picture(self, picture: PictureLike | None, rough: QPixmap | None = None) -> None:
        """The facts of a picture, and its thumbnail until `show_pixels`; the same one again keeps what was shown."""
        other = picture is None or self._picture is None or picture.id != self._picture.id
        if other:
            self.note.flush()
            self._rgba = None
            self.preview.show_rough(rough)
            self.steps.show_none()
            self._again.show_words("check", "accent")
            self._origin.hide()
            self._reasons.hide()
            self.close_to.show_origin(None)
        self._picture = picture
        self._body.setVisible(picture is not None)
        self.preview.setVisible(picture is not None)
        self._hint.setVisible(picture is None)
        self._show_facts()

    def show_pixels(self, picture_id: Any, rgba: np.ndarray) -> None:
        """The picture itself, where it is still the selected one."""
        if self._is(picture_id):
            self._rgba = rgba
            self.preview.show_picture(rgba)

    def show_reproduces(self, picture_id: Any, words: str, colour: str, tooltip: str = "") -> None:
        """What came of making it again, in a token's colour."""
        if self._is(picture_id):
            self._again.show_words(words, colour, tooltip)

    def show_reasons(self, picture_id: Any, reasons: Sequence[str]) -> None:
        """Why it does not come out the same."""
        if self._is(picture_id):
            self._reasons.setText(" ".join(reasons))
            self._reasons.setVisible(bool(reasons))

    def show_origin(self, picture_id: Any, words: str) -> None:
        """The picture that it is a branch of."""
        if self._is(picture_id):
            self._origin.show_words(words, "accent")
            self._origin.show()

    def _is(self, picture_id: Any) -> bool:
        return self._picture is not None and self._picture.id == picture_id

    def _show_facts(self) -> None:
        picture = self._picture
        if picture is None:
            return
        self._caption.show_picture(picture)
        self._star.set_icon("star", "star" if picture.favourite else "muted", filled=picture.favourite)
        self._star.setToolTip((actions.UNFAVOURITE if picture.favourite else actions.FAVOURITE).tooltip)
        self._facts.show_facts(facts_of(picture, self._titles))
        elsewhere = getattr(picture, "tool", OURS) not in ("", OURS)
        self._file.setVisible(elsewhere)
        self._file.show_words("what was read", "accent")
        self._again.setVisible(not elsewhere)
        self.tags.show_tags(getattr(picture, "tags", ()))
        self.note.show_note(getattr(picture, "note", ""))

    def _look_at(self, view: View | None) -> None:
        """A step of it in its place, or itself again."""
        self.preview.show_picture(view.predicted if view is not None else self._rgba)

    def _connect(self, asks: Asks) -> None:
        self.preview.clicked.connect(self.large_asked)
        self.steps.looked_at.connect(self._look_at)
        self.steps.opened.connect(lambda: self.opened.emit(self._picture))
        self._origin.clicked.connect(lambda: asks.parent_of.emit(self._picture))
        self._again.clicked.connect(lambda: asks.reproduce.emit(self._picture))
        self.close_to.less_asked.connect(lambda: asks.less_like.emit(self._picture))
        self._file.clicked.connect(lambda: asks.report.emit(self._picture))
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
            across = 2 if number == len(self._buttons) - 1 and number % 2 == 0 else 1
            buttons.addWidget(button, number // 2, number % 2, 1, across)
        self._body = QWidget()
        self._body.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        rows = stacked(self._facts, self._origin, self._again, self._reasons, self._file, spacing=6)
        # what is known a moment later comes last: no button moves under the mouse
        parts = (self.steps, self._caption, rows, self.tags, self.note, buttons, self.close_to)
        stacked(*parts, on=self._body, spacing=8)
        inside = QWidget()
        stacked(self.preview, self._hint, self._body, ..., on=inside, margins=EDGE, spacing=10)
        area = scrolled(inside)
        self._bar = OverlayScrollBar(area)
        stacked(area, on=self)


class _Link(QWidget):
    """A row like a fact whose value can be clicked. Signal: `clicked()`. Setter: `show_words(words, colour)`."""

    clicked = Signal()

    def __init__(self, theme: Theme, name: str, tooltip: str) -> None:
        super().__init__()
        self._theme, self._name, self._tooltip, self._colour = theme, name, tooltip, "accent"
        self._button = ActionButton(theme, "", tooltip=tooltip, role="inline")
        self._button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._button.clicked.connect(self.clicked)
        theme.changed.connect(self._recolour)
        in_row(label(name, "muted"), ..., self._button, on=self)

    def show_words(self, words: str, colour: str, tooltip: str = "") -> None:
        self._button.setText(entry(words))
        self._button.setAccessibleName(plain(f"{self._name}: {words}"))
        self._button.setToolTip(tip(tooltip or self._tooltip))
        self._colour = colour
        self._recolour()

    def _recolour(self) -> None:
        self._button.setStyleSheet(f"color: {self._theme.colour(self._colour).name()}")
